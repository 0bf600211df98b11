//! Those who make the same file of the same clip.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::super::measure::{Taken, measure};
use crate::run::{Result, command, found, output};

/// Bits a second of the sound that everybody makes in a file of a certain size.
const SOUND_BITS: f64 = 128_000.0;

/// Programs of others that are here, and a word on those that aren't.
pub(super) struct Peers {
    pub(super) handbrake: bool,
    /// What HandBrake calls its two passes: it was renamed.
    two_pass: &'static str,
    pub(super) missing: Vec<String>,
}

impl Peers {
    pub(super) fn find() -> Result<Self> {
        let handbrake = found("HandBrakeCLI");
        let mut missing = Vec::new();
        let mut two_pass = "--two-pass";
        if handbrake {
            let help = output(command("HandBrakeCLI").arg("--help").stderr(Stdio::null()))?;
            if help.contains("--multi-pass") {
                two_pass = "--multi-pass";
            }
        } else {
            missing.push("HandBrake is left out: apt-get install handbrake-cli".to_owned());
        }
        Ok(Self { handbrake, two_pass, missing })
    }

    /// HandBrake's usual preset for a file that plays everywhere.
    pub(super) fn fast(&self, clip: &Path, out: &Path) -> Vec<Command> {
        let mut handbrake = command("HandBrakeCLI");
        handbrake.arg("-i").arg(clip).arg("-o").arg(out).args(["--preset", "Fast 1080p30"]);
        vec![handbrake]
    }

    /// The same preset to a size: HandBrake takes a rate, which is counted as its own forum says.
    pub(super) fn two_pass(&self, clip: &Path, out: &Path, goal: Goal) -> Vec<Command> {
        let mut handbrake = self.fast(clip, out);
        let kilobits = (goal.picture_bits() / 1000.0).floor();
        handbrake[0].args(["--vb", &kilobits.to_string(), self.two_pass, "--turbo", "--ab", "128"]);
        handbrake
    }
}

/// What the product is asked for.
#[derive(Clone, Copy)]
pub(super) enum Wish<'a> {
    Words(&'a str),
    For(&'a str),
}

/// A size to be met.
#[derive(Clone, Copy)]
pub(super) struct Goal {
    pub(super) bytes: u64,
    pub(super) seconds: f64,
}

impl Goal {
    /// What is left for the picture, in bits a second, by somebody who knows nothing of containers.
    fn picture_bits(self) -> f64 {
        (self.bytes as f64 * 8.0 / self.seconds - SOUND_BITS).max(20_000.0)
    }
}

/// Two passes of plain ffmpeg, as found everywhere.
pub(super) fn naive(clip: &Path, out: &Path, goal: Goal, folder: &Path) -> Vec<Command> {
    let rate = format!("{:.0}", goal.picture_bits());
    let log = folder.join("naive");
    let pass = |number: &str| {
        let mut ffmpeg = command("ffmpeg");
        ffmpeg.args(["-nostdin", "-loglevel", "error", "-y", "-i"]).arg(clip);
        ffmpeg.args(["-c:v", "libx264", "-preset", "medium", "-pix_fmt", "yuv420p", "-b:v", &rate]);
        ffmpeg.args(["-pass", number, "-passlogfile"]).arg(&log);
        ffmpeg
    };
    let (mut first, mut second) = (pass("1"), pass("2"));
    first.args(["-an", "-f", "null", "-"]);
    second.args(["-c:a", "aac", "-b:a", "128k", "-ac", "2", "-movflags", "+faststart"]).arg(out);
    vec![first, second]
}

/// The product's own command line, on this machine, with nothing kept of earlier runs.
pub(super) fn ours(cli: &Path, clip: &Path, out: &Path, wish: Wish<'_>, home: &Path) -> Vec<Command> {
    let mut ours = command(cli);
    ours.args(["format", "--local", "--force"]);
    match wish {
        Wish::Words(words) => ours.args(["--instruct", words]),
        Wish::For(destination) => ours.args(["--for", destination]),
    };
    ours.arg("-o").arg(out).arg(clip);
    ours.env("HOME", home).env_remove("NEMO_TOKEN").env_remove("NEMO_API_URL");
    for folder in ["XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"] {
        ours.env(folder, home.join(folder));
    }
    vec![ours]
}

/// Runs one after the other what makes one file; times add up, and the highest peak counts.
pub(super) fn taken(commands: &[Command]) -> Result<Taken> {
    let mut all = Taken::default();
    for command in commands {
        let one = measure(command)?;
        all.wall += one.wall;
        all.cpu += one.cpu;
        all.peak = all.peak.max(one.peak);
        all.own_peak = all.own_peak.max(one.own_peak);
    }
    Ok(all)
}

/// An empty home that goes with the folder: state and caches of one run must not help the next.
pub(super) fn fresh_home(folder: &Path) -> Result<PathBuf> {
    let home = folder.join("home");
    if home.exists() {
        std::fs::remove_dir_all(&home)?;
    }
    std::fs::create_dir(&home)?;
    Ok(home)
}
