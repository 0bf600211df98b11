//! A file that is right already, or all but its index: what it costs to say so, against `cp`.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::{Row, measure::measure, median};
use super::contender::{Wish, fresh_home, ours, taken};
use super::{Bench, studio};
use crate::run::{Result, command};

/// Of `cp`'s time, and seconds more.
const PART_GOAL: f64 = 1.2;
const MORE_GOAL: f64 = 0.03;

/// Both goals, by the library and by the command line.
pub(super) fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let right = bench.path("right.mp4");
    let last = bench.path("last.mp4");
    clip(&right, &last)?;
    let mut rows = Vec::new();
    for (what, clip) in [("right already", &right), ("right but for its index", &last)] {
        eprintln!("\n== a file of {} bytes, {what}", std::fs::metadata(clip)?.len());
        rows.extend(beside_cp(bench, what, clip)?);
    }
    Ok(rows)
}

/// 26 MB as a camera would make them if it knew what WeChat wants; once with the index first and once last.
fn clip(right: &Path, last: &Path) -> Result {
    let mut make = command("ffmpeg");
    make.args(["-nostdin", "-loglevel", "error", "-y"]);
    make.args(["-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=20,noise=alls=40:allf=t,format=yuv420p"]);
    make.args([
        "-f",
        "lavfi",
        "-i",
        "sine=d=20,aformat=channel_layouts=stereo",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
    ]);
    make.args(["-profile:v", "high", "-coder", "1", "-b:v", "10300k", "-minrate", "10300k", "-maxrate", "10300k"]);
    make.args(["-bufsize", "10300k", "-x264-params", "nal-hrd=cbr:8x8dct=1", "-c:a", "aac", "-ar", "48000"]);
    for tag in ["-color_primaries", "-color_trc", "-colorspace"] {
        make.args([tag, "bt709"]);
    }
    make.args(["-color_range", "tv", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"]);
    make.arg(last);
    measure(&make)?;
    let mut moved = command("ffmpeg");
    moved.args(["-nostdin", "-loglevel", "error", "-y", "-i"]).arg(last);
    moved.args(["-c", "copy", "-map_metadata", "-1", "-fflags", "+bitexact", "-movflags", "+faststart"]).arg(right);
    measure(&moved)?;
    Ok(())
}

fn beside_cp(bench: &Bench, what: &str, clip: &Path) -> Result<Vec<Row>> {
    let rounds = if bench.quick { 5 } else { 15 };
    let out = |name: &str| bench.path(name);
    let mut times = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    // The first round warms up and isn't counted.
    for round in 0..=rounds {
        let home = fresh_home(bench.folder.path())?;
        let all: [Vec<Command>; 4] = [
            vec![cp(clip, &out("cp.mp4"))],
            vec![cp(clip, &out("synced.mp4")), sync(&out("synced.mp4"))],
            studio::alone(clip, &out("library.mp4"), &studio::for_file())?,
            ours(&bench.cli, clip, &out("cli.mp4"), Wish::For("file"), &home),
        ];
        for (commands, times) in all.iter().zip(&mut times) {
            let taken = taken(commands)?;
            if round > 0 {
                times.push(taken.wall);
            }
        }
        for name in ["cp.mp4", "synced.mp4", "library.mp4", "cli.mp4"] {
            std::fs::remove_file(out(name))?;
        }
    }
    let [cp, synced, library, cli] = times.map(median);
    let most = cp * PART_GOAL + MORE_GOAL;
    let ms = |seconds: f64| format!("{:.0} ms", seconds * 1000.0);
    let row = |who: &str, wall: f64| Row {
        what: format!("26 MB, {what}: {who}, median of {rounds}"),
        goal: format!("≤ {PART_GOAL} × `cp` + {}", ms(MORE_GOAL)),
        figure: format!("{} of {} (`cp` {}, `cp` and `sync` {})", ms(wall), ms(most), ms(cp), ms(synced)),
        met: wall <= most,
    };
    Ok(vec![row("the library", library), row("the command line", cli)])
}

fn cp(clip: &Path, out: &Path) -> Command {
    let mut cp = command("cp");
    cp.arg(clip).arg(out);
    cp
}

/// The product's output is on the disk when it is done, which `cp` doesn't see to.
fn sync(file: &PathBuf) -> Command {
    let mut sync = command("sync");
    sync.arg(file);
    sync
}
