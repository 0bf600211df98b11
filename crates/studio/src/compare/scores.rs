//! From what ffmpeg's filters wrote down, frame by frame, to a few figures.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::course::Measure;
use crate::error::Error;

/// Five minutes at 60 frames a second are a fifth of this; in bytes.
const LONGEST_LOG: u64 = 64 * 1024 * 1024;

/// No frame is more alike than this, in dB: one that is the same counts as this.
const MOST_DB: f64 = 100.0;

/// How alike two pictures are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Scores {
    /// VMAF, 0 to 100, where this ffmpeg has libvmaf: what people would say.
    pub vmaf: Option<Vmaf>,
    /// XPSNR of the brightness in dB, as the mean of the frames, where this ffmpeg has it.
    pub xpsnr: Option<f64>,
    /// SSIM of brightness and colour, 0 to 1, as the mean of the frames.
    pub ssim: Option<f64>,
}

/// VMAF over all frames.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Vmaf {
    /// The mean.
    pub mean: f64,
    /// What 95 of 100 frames reach.
    pub p5: f64,
    /// The worst frame.
    pub least: f64,
}

/// Reads the logs in the job folder.
pub(super) fn read(folder: &Path, measures: &[Measure]) -> Result<Scores, Error> {
    let mut scores = Scores::default();
    for measure in measures {
        let log =
            File::open(folder.join(measure.log())).map_err(|error| Error::io("read what was measured", &error))?;
        let log = BufReader::new(log.take(LONGEST_LOG));
        match measure {
            Measure::Vmaf => scores.vmaf = vmaf(log),
            Measure::Xpsnr => scores.xpsnr = mean(log, "XPSNR y:"),
            Measure::Ssim => scores.ssim = mean(log, "All:"),
        }
    }
    Ok(scores)
}

#[derive(Deserialize)]
struct Log {
    frames: Vec<Frame>,
}

#[derive(Deserialize)]
struct Frame {
    metrics: Metrics,
}

#[derive(Deserialize)]
struct Metrics {
    vmaf: f64,
}

fn vmaf(log: impl Read) -> Option<Vmaf> {
    let log: Log = serde_json::from_reader(log).ok()?;
    let mut values: Vec<f64> = log.frames.iter().map(|frame| frame.metrics.vmaf).collect();
    values.sort_by(f64::total_cmp);
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    Some(Vmaf { mean, p5: *values.get(values.len() / 20)?, least: *values.first()? })
}

/// The mean of what follows a mark on each line; `inf` is as alike as can be.
fn mean(log: impl BufRead, mark: &str) -> Option<f64> {
    let value = |line: &str| line.split_once(mark)?.1.split_whitespace().next()?.parse::<f64>().ok();
    let values = log.lines().map_while(Result::ok).filter_map(|line| value(&line)).filter(|value| !value.is_nan());
    let (count, sum) = values.fold((0u64, 0.0), |(count, sum), value| (count + 1, sum + value.min(MOST_DB)));
    (count > 0).then(|| sum / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_read_frame_by_frame() {
        let ssim = "n:1 Y:0.9 U:0.9 V:0.9 All:0.900000 (10.0)\nn:2 Y:1 U:1 V:1 All:1.000000 (inf)\n";
        assert_eq!(mean(ssim.as_bytes(), "All:"), Some(0.95));
        let xpsnr = "n:    1  XPSNR y: 40.0000  XPSNR u: 41.0\nn:    2  XPSNR y: inf  XPSNR u: inf\n\nXPSNR average\n";
        assert_eq!(mean(xpsnr.as_bytes(), "XPSNR y:"), Some(70.0));
        for nothing in ["", "n:1 All:x", "All:nan\n"] {
            assert_eq!(mean(nothing.as_bytes(), "All:"), None, "{nothing}");
        }
    }

    #[test]
    fn vmaf_is_told_with_its_worst_frames() {
        let frame = |value: u32| format!(r#"{{"frameNum":{value},"metrics":{{"integer_adm2":0.9,"vmaf":{value}.5}}}}"#);
        let log = format!(
            r#"{{"version":"3","frames":[{}],"pooled_metrics":{{}}}}"#,
            (0..100).rev().map(frame).collect::<Vec<_>>().join(",")
        );
        assert_eq!(vmaf(log.as_bytes()), Some(Vmaf { mean: 50.0, p5: 5.5, least: 0.5 }));
        for nothing in ["", "{}", r#"{"frames":[]}"#, r#"{"frames":[{"metrics":{}}]}"#] {
            assert_eq!(vmaf(nothing.as_bytes()), None, "{nothing}");
        }
    }
}
