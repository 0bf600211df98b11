//! What is made of a clip, and by whom.

use std::path::{Path, PathBuf};
use std::process::Command;

use weixin_video_studio::{Tools, probe};

use super::super::measure::Taken;
use super::super::median;
use super::contender::{Goal, Wish, fresh_home, naive, ours, taken};
use super::figures::{Figure, Task, US};
use super::{Bench, name, studio};
use crate::run::{Result, command, output};

/// One who makes a file, by commands that are made anew for each round.
struct Contender<'a> {
    who: &'static str,
    commands: Box<dyn Fn() -> Result<Vec<Command>> + 'a>,
    out: PathBuf,
}

/// All tasks on one clip.
pub(super) fn figures(bench: &Bench, clip: &Path) -> Result<Vec<Figure>> {
    let mut figures = quality(bench, clip)?;
    let free = figures.iter().find(|figure| figure.who == US).map_or(0, |figure| figure.bytes);
    let seconds = probe(&Tools::find(), clip)?.duration_ms as f64 / 1000.0;
    // Parts of what quality alone takes, so that every size presses.
    for part in if bench.quick { &[0.35][..] } else { &[0.6, 0.25] } {
        let bytes = ((free as f64 * part / 10_000.0) as u64).max(10) * 10_000;
        figures.extend(to_a_size(bench, clip, Goal { bytes, seconds })?);
    }
    figures.extend(for_chat(bench, clip)?);
    figures.extend(plain(bench, clip)?);
    Ok(figures)
}

fn quality(bench: &Bench, clip: &Path) -> Result<Vec<Figure>> {
    let mut all = vec![product(bench, clip, Wish::Words("1080p"))];
    if bench.peers.handbrake {
        let out = bench.path("handbrake.mp4");
        let commands = Box::new({
            let out = out.clone();
            move || Ok(bench.peers.fast(clip, &out))
        });
        all.push(Contender { who: "HandBrake Fast 1080p30", commands, out });
    }
    run(bench, clip, Task::Quality, &all)
}

fn to_a_size(bench: &Bench, clip: &Path, goal: Goal) -> Result<Vec<Figure>> {
    let words = format!("1080p, under {} MB", goal.bytes as f64 / 1e6);
    let mut all = vec![product(bench, clip, Wish::Words(&words))];
    if bench.peers.handbrake {
        let out = bench.path("handbrake.mp4");
        let commands = Box::new({
            let out = out.clone();
            move || Ok(bench.peers.two_pass(clip, &out, goal))
        });
        all.push(Contender { who: "HandBrake, two passes", commands, out });
    }
    let out = bench.path("naive.mp4");
    let commands = Box::new({
        let out = out.clone();
        move || Ok(naive(clip, &out, goal, bench.folder.path()))
    });
    all.push(Contender { who: "plain two passes", commands, out });
    run(bench, clip, Task::Size(goal.bytes), &all)
}

fn for_chat(bench: &Bench, clip: &Path) -> Result<Vec<Figure>> {
    run(bench, clip, Task::Chat, &[product(bench, clip, Wish::For("chat"))])
}

/// The library against ffmpeg with the library's own arguments.
fn plain(bench: &Bench, clip: &Path) -> Result<Vec<Figure>> {
    let folder = bench.path("plain");
    if !folder.exists() {
        std::fs::create_dir(&folder)?;
    }
    let output = studio::as_it_is();
    let (commands, made) = studio::plain(clip, &folder, &output)?;
    let out = bench.path("library.mp4");
    let library = Contender {
        who: US,
        commands: Box::new({
            let out = out.clone();
            move || studio::alone(clip, &out, &output)
        }),
        out,
    };
    let plain = Contender {
        who: "ffmpeg, our arguments",
        commands: Box::new(move || Ok(commands.iter().map(again).collect())),
        out: made,
    };
    run(bench, clip, Task::Arguments, &[library, plain])
}

fn again(command: &Command) -> Command {
    let mut again = Command::new(command.get_program());
    again.args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        again.current_dir(folder);
    }
    again
}

fn product<'a>(bench: &'a Bench, clip: &'a Path, wish: Wish<'a>) -> Contender<'a> {
    let out = bench.path("ours.mp4");
    let commands = Box::new({
        let out = out.clone();
        move || Ok(ours(&bench.cli, clip, &out, wish, &fresh_home(bench.folder.path())?))
    });
    Contender { who: US, commands, out }
}

/// Runs all in turns; whoever goes first is last in the next round. One who fails is left out with a word.
fn run(bench: &Bench, clip: &Path, task: Task, all: &[Contender<'_>]) -> Result<Vec<Figure>> {
    let mut runs: Vec<Vec<Taken>> = all.iter().map(|_| Vec::new()).collect();
    let mut out: Vec<bool> = all.iter().map(|_| false).collect();
    for round in 0..bench.rounds() {
        for turn in 0..all.len() {
            let at = (turn + round) % all.len();
            if out[at] {
                continue;
            }
            match (all[at].commands)().and_then(|commands| taken(&commands)) {
                Ok(taken) => runs[at].push(taken),
                Err(error) => {
                    eprintln!("{} makes nothing of {}: {error}", all[at].who, name(clip));
                    out[at] = true;
                }
            }
        }
    }
    let made = all.iter().zip(&runs).zip(&out).filter(|(_, out)| !**out);
    made.map(|((contender, taken), _)| figure(bench, clip, task, contender, (&runs[0], taken))).collect()
}

/// Whether the picture stayed as it was encoded before.
fn is_copied(clip: &Path, out: &Path) -> Result<bool> {
    let hash = |file: &Path| {
        let mut ffmpeg = command("ffmpeg");
        ffmpeg.args(["-nostdin", "-loglevel", "error", "-i"]).arg(file);
        output(ffmpeg.args(["-map", "0:V:0", "-c", "copy", "-f", "streamhash", "-"]))
    };
    Ok(hash(clip)? == hash(out)?)
}

/// Our runs stand first in the pair.
fn figure(
    bench: &Bench,
    clip: &Path,
    task: Task,
    contender: &Contender<'_>,
    (ours, taken): (&[Taken], &[Taken]),
) -> Result<Figure> {
    let of = |what: fn(&Taken) -> f64| median(taken.iter().map(what).collect());
    let ratios = ours.iter().zip(taken).map(|(ours, theirs)| ours.wall / theirs.wall).collect();
    let compared = ours.len() == taken.len() && contender.who != US;
    // Whether the same arguments give the same picture isn't asked here.
    let judged = task != Task::Arguments;
    let score = if judged { bench.judge.score(clip, &contender.out, bench.folder.path())? } else { None };
    let figure = Figure {
        clip: name(clip),
        task,
        who: contender.who,
        wall: of(|taken| taken.wall),
        cpu: of(|taken| taken.cpu),
        own_peak: taken.iter().map(|taken| taken.own_peak).max().unwrap_or(0),
        bytes: std::fs::metadata(&contender.out)?.len(),
        score,
        copied: judged && is_copied(clip, &contender.out)?,
        ratio: compared.then(|| median(ratios)),
    };
    eprintln!("{}", figure.line());
    Ok(figure)
}
