//! Reads ffmpeg's progress report.

use crate::control::Control;

/// A line of ffmpeg's progress report is short; anything longer is none.
const LINE_MAX: usize = 256;

/// Reads ffmpeg's `-progress` report and tells the observer, in rising percent of the whole work.
pub(crate) struct Progress<'a> {
    total: u64,
    control: &'a Control,
    line: Vec<u8>,
    frames: u64,
    micros: u64,
    bytes: u64,
    /// From where to where in percent the present run goes.
    share: (u64, u64),
    told: Option<u8>,
}

impl<'a> Progress<'a> {
    /// Nothing has begun yet.
    pub(crate) fn new(control: &'a Control) -> Self {
        let share = (0, 100);
        Self { total: 1, control, line: Vec::new(), frames: 0, micros: 0, bytes: 0, share, told: None }
    }

    /// Another run begins, which goes from one percentage of the whole work to another; what was told stays told.
    /// `total` is how many frames it makes, or how many ms of sound where there are none.
    pub(crate) fn begin(&mut self, total: u64, share: (u64, u64)) {
        (self.total, self.share) = (total.max(1), share);
        self.line.clear();
        (self.frames, self.micros, self.bytes) = (0, 0, 0);
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

    /// How many bytes the present run has written.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How much sound the present run has made, in ms.
    pub(crate) fn sound_ms(&self) -> u64 {
        self.micros / 1000
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
            // Called by the name that ffmpeg 5 and later share.
            ("out_time_us", Ok(micros)) if micros > self.micros => {
                self.micros = micros;
                self.tell();
                true
            }
            ("total_size", Ok(bytes)) => {
                self.bytes = bytes;
                false
            }
            ("progress", _) => value.trim() == "end",
            _ => false,
        }
    }

    /// The last percent is kept for a result that was checked and has its name.
    fn tell(&mut self) {
        let done = if self.frames > 0 { self.frames } else { self.sound_ms() };
        let (from, to) = self.share;
        let percent = (from + (to - from) * done.min(self.total) / self.total).min(99) as u8;
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
            let mut progress = Progress::new(&control);
            progress.begin(20, (0, 100));
            for chunk in report.as_bytes().chunks(size) {
                progress.take(chunk);
            }
            progress.begin(20, (0, 100));
            assert_eq!(*seen.lock().unwrap(), [0, 25, 50], "in pieces of {size}");
        }
    }

    #[test]
    fn every_run_has_its_share_of_the_whole() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&seen);
        let control = Control::new().on_progress(move |p| sink.lock().unwrap().push(p));
        let mut progress = Progress::new(&control);
        progress.begin(2_000, (0, 20));
        progress.take(b"out_time_us=1000000\nout_time_us=9000000\n");
        progress.begin(10, (20, 100));
        progress.take(b"frame=5\ntotal_size=77\nout_time_us=1\n");
        assert_eq!(*seen.lock().unwrap(), [0, 10, 20, 60]);
        assert_eq!(progress.bytes(), 77);
    }

    #[test]
    fn standing_still_is_no_progress() {
        let control = Control::new();
        let mut progress = Progress::new(&control);
        progress.begin(10, (0, 100));
        assert!(progress.take(b"frame=3\n"));
        assert!(!progress.take(b"frame=3\nprogress=continue\n"));
        assert!(!progress.take(&[b'x'; 100_000]));
        assert!(!progress.take(b"\nframe=-1\nframe=9999999999999999999999\n\xff\n"));
        assert!(progress.take(b"progress=end\n"));
        assert_eq!(progress.frames(), 3);
    }
}
