//! `cargo xtask bench render`: what is made of clips, how soon and how well, against those who do the same.
//!
//! Every clip is made by each of them in turns, and ratios are taken between what ran one after the other, so that a
//! machine that slows down slows all of them. What is missing on the machine is left out, with a word how to get it.

mod cases;
mod contender;
mod copy;
mod figures;
mod judge;
mod studio;

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use self::contender::Peers;
use self::figures::Figure;
use self::judge::Judge;
use crate::cli::{self, Profile};
use crate::run::{Result, root};

pub(super) use self::studio::{SELF, render_alone};

/// What is looked for in a folder.
const CLIPS: [&str; 9] = ["mp4", "mov", "m4v", "mkv", "webm", "avi", "mpg", "mpeg", "ts"];

/// Clips, and how much of the work is done.
struct Scope {
    clips: Vec<PathBuf>,
    quick: bool,
}

/// What all cases share.
struct Bench {
    cli: PathBuf,
    peers: Peers,
    judge: Judge,
    folder: TempDir,
    quick: bool,
}

impl Bench {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// How often each of those that are compared runs.
    fn rounds(&self) -> usize {
        if self.quick { 1 } else { 3 }
    }
}

/// Measures all and prints the tables.
pub(super) fn render(words: &[String]) -> Result {
    let scope = scope(words)?;
    let bench = Bench {
        cli: cli::build(Profile::Release)?,
        peers: Peers::find()?,
        judge: Judge::find()?,
        folder: TempDir::new()?,
        quick: scope.quick,
    };
    let mut figures: Vec<Figure> = Vec::new();
    for clip in &scope.clips {
        eprintln!("\n== {}", name(clip));
        figures.extend(cases::figures(&bench, clip)?);
    }
    let copied = copy::rows(&bench)?;
    for missing in bench.peers.missing.iter().chain(&bench.judge.note) {
        println!("- {missing}");
    }
    print!("{}", figures::table(&figures, bench.judge.measure()));
    let mut rows = figures::rows(&figures, bench.judge.measure());
    rows.extend(copied);
    print!("{}", super::table(&rows));
    Ok(())
}

fn scope(words: &[String]) -> Result<Scope> {
    let quick = words.iter().any(|word| word == "--quick");
    let folders = words.iter().filter(|word| *word != "--quick");
    let mut clips = clips(&root().join("tests/clips"))?;
    for folder in folders {
        if folder.starts_with('-') {
            return Err(format!("there is no option \"{}\"", folder.escape_debug()).into());
        }
        clips.extend(self::clips(Path::new(folder))?);
    }
    if quick {
        // One as the web has it, one as a phone makes it.
        clips.retain(|clip| ["bbb_720p25_aac51_moovend.mp4", "phone_portrait_hevc_hlg.mov"].contains(&&*name(clip)));
    }
    Ok(Scope { clips, quick })
}

fn clips(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let known = |path: &PathBuf| {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        extension.is_some_and(|extension| CLIPS.contains(&extension.as_str()))
    };
    let mut clips: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(known).collect();
    clips.sort();
    // Others are run in other folders.
    clips.into_iter().map(|clip| Ok(std::path::absolute(clip)?)).collect()
}

fn name(clip: &Path) -> String {
    clip.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clips_of_the_repo_are_found_and_a_word_too_much_is_refused() {
        let all = scope(&[]).unwrap();
        assert!(all.clips.len() >= 4 && !all.quick);
        assert_eq!(scope(&["--quick".to_owned()]).unwrap().clips.len(), 2);
        assert!(scope(&["--fast".to_owned()]).is_err());
        assert!(scope(&["no/such/folder".to_owned()]).is_err());
    }
}
