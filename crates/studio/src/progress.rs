//! Reads ffmpeg's progress report.

use crate::control::Control;

/// A line of ffmpeg's progress report is short; anything longer is none.
const LINE_MAX: usize = 256;

/// Reads ffmpeg's `-progress` report and tells the observer, in rising percent.
pub(crate) struct Progress<'a> {
    total: u64,
    control: &'a Control,
    line: Vec<u8>,
    frames: u64,
    told: Option<u8>,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(total: u64, control: &'a Control) -> Self {
        Self { total: total.max(1), control, line: Vec::new(), frames: 0, told: None }
    }

    /// Another run begins; what was told stays told.
    pub(crate) fn restart(&mut self) {
        self.line.clear();
        self.frames = 0;
        self.tell();
    }

    /// Takes a piece of the report and says whether ffmpeg has got any further.
    pub(crate) fn take(&mut self, chunk: &[u8]) -> bool {
        let mut moved = false;
        for byte in chunk {
            match byte {
                b'\n' => {
                    moved |= self.line_ended();
                    self.line.clear();
                }
                _ if self.line.len() < LINE_MAX => self.line.push(*byte),
                _ => {}
            }
        }
        moved
    }

    /// How many frames the present run has encoded.
    pub(crate) fn frames(&self) -> u64 {
        self.frames
    }

    fn line_ended(&mut self) -> bool {
        let line = String::from_utf8_lossy(&self.line);
        let Some((key, value)) = line.split_once('=') else {
            return false;
        };
        match (key.trim(), value.trim().parse::<u64>()) {
            ("frame", Ok(frames)) if frames > self.frames => {
                self.frames = frames;
                self.tell();
                true
            }
            ("progress", _) => value.trim() == "end",
            _ => false,
        }
    }

    /// The last percent is kept for a result that was checked and has its name.
    fn tell(&mut self) {
        let percent = (self.frames.saturating_mul(100) / self.total).min(99) as u8;
        if self.told.is_none_or(|told| percent > told) {
            self.told = Some(percent);
            self.control.see(percent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[test]
    fn percent_rises_whatever_the_pieces() {
        let report = "frame=5\nfps=2\nprogress=continue\nframe=5\nframe=10\nprogress=end\n";
        for size in 1..report.len() {
            let seen = Arc::new(Mutex::new(Vec::new()));
            let sink = Arc::clone(&seen);
            let control = Control::new().on_progress(move |p| sink.lock().unwrap().push(p));
            let mut progress = Progress::new(20, &control);
            progress.restart();
            for chunk in report.as_bytes().chunks(size) {
                progress.take(chunk);
            }
            progress.restart();
            assert_eq!(*seen.lock().unwrap(), [0, 25, 50], "in pieces of {size}");
        }
    }

    #[test]
    fn standing_still_is_no_progress() {
        let control = Control::new();
        let mut progress = Progress::new(10, &control);
        assert!(progress.take(b"frame=3\n"));
        assert!(!progress.take(b"frame=3\nprogress=continue\n"));
        assert!(!progress.take(&[b'x'; 100_000]));
        assert!(!progress.take(b"\nframe=-1\nframe=9999999999999999999999\n\xff\n"));
        assert!(progress.take(b"progress=end\n"));
        assert_eq!(progress.frames(), 3);
    }
}
