//! Looks at a few windows of a plan before all of it is made: how large it gets, how long it takes, and what a smaller
//! picture would lose.

use std::{fs, ops::Range, path::Path, time::Instant};

use super::{
    job::link,
    passes::{Errand, Ran, Work},
};
use crate::{
    error::Error,
    mp4::{self, Weights},
    plan::{Demand, Plan, SIZES_FILE, Sample, Within},
};

/// The folder of its files, in the job folder.
const FOLDER: &str = "survey";

/// What starting ffmpeg takes, in seconds.
const START: f64 = 0.3;

/// What decoding a frame takes of what decoding and encoding it do.
const DECODING: f64 = 0.2;

/// Longer notes than this are none, in bytes: a line a frame.
const LONGEST_NOTES: u64 = 4 * 1024 * 1024;

/// What was seen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Survey {
    pub(crate) demand: Demand,
    /// What making a frame at constant quality takes, in seconds of this machine as busy as it is.
    pub(crate) seconds_a_frame: f64,
}

/// How many frames' worth of bits a window lacks at its end.
const UNSEEN: f64 = 2.0;

/// What a source says of that is believed up to here.
const LEAST_MORE: f64 = 0.3;

/// The size of a packet, and whether it begins a group of pictures.
type Packet = (u64, bool);

/// Looks at a plan; `None` when that didn't go well, which making it will say better.
pub(super) fn survey(
    work: &mut Work<'_>,
    plan: &Plan,
    sample: &Sample,
    share: (u64, u64),
) -> Result<Option<Survey>, Error> {
    let folder = work.job.folder().join(FOLDER);
    let put = || -> std::io::Result<()> {
        fs::create_dir(&folder)?;
        sample.links.iter().try_for_each(|(ours, whole)| link(&work.job.folder().join(whole), &folder.join(ours)))
    };
    put().map_err(|error| Error::io("write into the job folder", &error))?;
    let started = Instant::now();
    let errand = Errand {
        arguments: sample.arguments(),
        folder: &folder,
        total: sample.plan.frames(),
        is_told: true,
        share,
        most: None,
    };
    let ran = work.run_errand(&sample.plan, errand);
    let seconds = (started.elapsed().as_secs_f64() - START).max(0.01);
    let seen = match ran {
        Ok(Ran::Whole(_)) => {
            let source = plan.links().next().map(|(name, ..)| work.job.folder().join(name));
            let weighed = sample.within.as_ref().zip(source);
            let weights = weighed.and_then(|(within, source)| mp4::weights(&source, within.track));
            read(plan, sample, (seconds, weights.as_ref()), |name| notes(&folder.join(name)))
        }
        Ok(Ran::TooLarge { .. }) | Err(Error::Render { .. }) => None,
        Err(error) => return Err(error),
    };
    // Only room is lost when that fails, until the job folder goes.
    let _ = fs::remove_dir_all(&folder);
    Ok(seen)
}

fn notes(path: &Path) -> String {
    let is_short = fs::metadata(path).is_ok_and(|meta| meta.len() <= LONGEST_NOTES);
    if is_short { fs::read_to_string(path).unwrap_or_default() } else { String::new() }
}

fn read(
    plan: &Plan,
    sample: &Sample,
    (seconds, weights): (f64, Option<&Weights>),
    file: impl Fn(&str) -> String,
) -> Option<Survey> {
    let packets: Vec<Packet> = file(SIZES_FILE).lines().filter_map(packet).collect();
    let losses = sample.sides.iter().enumerate().filter_map(|(index, side)| {
        let loss = loss(&file(&Sample::loss_file(index)))?;
        Some((*side, loss))
    });
    let weighed = sample.within.as_ref().zip(weights);
    let more = weighed.map_or(1.0, |(within, weights)| more(within, weights));
    let ahead = weighed.map_or(0, |(within, weights)| within.windows.iter().map(|w| weights.ahead(w.start)).sum());
    // An encoder that doesn't see what follows spends less on the last frames of a window.
    let more = more * (1.0 + UNSEEN / sample.length as f64);
    let demand = Demand { bits: bits(plan, &packets, more)?, losses: losses.collect() };
    let frames = packets.len() as f64 + ahead as f64 * DECODING;
    Some(Survey { demand, seconds_a_frame: seconds / frames })
}

/// How many times as much as in the windows happens in all of it, by the sizes of the frames in the source.
fn more(within: &Within, weights: &Weights) -> f64 {
    let mean = |ranges: &[Range<u64>]| {
        let long = |range: &Range<u64>| (range.end - range.start).max(1) as f64;
        let sum: f64 = ranges.iter().map(|range| weights.mean(range) * long(range)).sum();
        sum / ranges.iter().map(long).sum::<f64>().max(1.0)
    };
    (mean(&within.whole) / mean(&within.windows).max(1.0)).clamp(LEAST_MORE, 1.0 / LEAST_MORE)
}

/// Bits a second of all of a plan, by the packets of its windows and how many times as much happens in all of it.
fn bits(plan: &Plan, packets: &[Packet], more: f64) -> Option<f64> {
    let mean = |key: bool| {
        let sizes = packets.iter().filter(|packet| packet.1 == key).map(|packet| packet.0 as f64);
        let (count, sum) = sizes.fold((0.0, 0.0), |(count, sum), size| (count + 1.0, sum + size));
        (count > 0.0).then(|| sum / count)
    };
    let between = mean(false).or_else(|| mean(true))? * more;
    let frames = plan.frames() as f64;
    let keys = (frames / plan.key_frames_apart() as f64).ceil();
    let bytes = mean(true).unwrap_or(between) * keys + between * (frames - keys).max(0.0);
    Some(bytes * 8.0 * plan.frame_rate().value() / frames.max(1.0))
}

/// A line of ffmpeg's `framecrc`: stream, two times, length, size, checksum, and flags where it is no key frame.
fn packet(line: &str) -> Option<Packet> {
    let mut fields = line.split(',').map(str::trim);
    let size = fields.nth(4)?.parse().ok()?;
    let is_key = !fields.any(|field| field.starts_with("F=0x0"));
    (!line.starts_with('#')).then_some((size, is_key))
}

/// How far below a picture of 8 bits lies what it loses, in dB, by ffmpeg's notes on each frame's mean square error.
fn loss(notes: &str) -> Option<f64> {
    let errors = notes.lines().filter_map(|line| {
        let (_, rest) = line.split_once("mse_y:")?;
        rest.split_whitespace().next()?.parse::<f64>().ok()
    });
    let errors: Vec<f64> = errors.filter(|error| error.is_finite()).collect();
    let mean = errors.iter().sum::<f64>() / errors.len().max(1) as f64;
    (!errors.is_empty()).then(|| 10.0 * (255.0 * 255.0 / mean.max(1e-3)).log10())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ffmpeg_notes_is_read() {
        assert_eq!(packet("#dimensions 0: 1280x720"), None);
        assert_eq!(packet("0,         -2,          0,        1,    27181, 0x9d2b9e1c"), Some((27181, true)));
        assert_eq!(packet("0, -1, 4, 1, 812, 0x1234abcd, F=0x0"), Some((812, false)));
        assert_eq!(packet("0, -1, 4, 1, 812, 0x1, S=1,       8"), Some((812, true)));
        assert_eq!(packet(""), None);
        let lines = "n:1 mse_avg:0.1 mse_y:0.50 mse_u:0.1 psnr_y:51\nn:2 mse_avg:0.1 mse_y:1.50 mse_u:0 psnr_y:46\n";
        assert!((loss(lines).unwrap() - 48.13).abs() < 0.01);
        assert_eq!(loss("nothing"), None);
        assert!(loss("n:1 mse_y:0.00 psnr_y:inf").unwrap() > 70.0);
    }
}
