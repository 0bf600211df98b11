//! What is said in a sound, written down by a program of the person's own.
//!
//! No such program comes with this one: the person names a command that reads a WAV file and writes an SRT file, and what
//! it writes is trusted no more than any other file.

mod line;

use std::{
    fmt,
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    process::Command,
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::Duration,
};

use crate::{
    child::{self, Limits, Seen},
    confine::Confined,
    control::Control,
    error::{Error, plain},
    subtitles::{self, Cue},
    tools::on_path,
};

/// A program that writes down what is said in a sound file, as a command line.
///
/// ```
/// use weixin_video_studio::Transcriber;
///
/// let whisper = "whisper-cli -m '/models/ggml base.bin' -l {language} -f {wav} -osrt -of {srt}";
/// assert!(Transcriber::parse(whisper).is_ok());
/// assert_eq!(Transcriber::parse("whisper-cli -osrt").unwrap_err().to_string(), "it never names {wav}, the sound to read");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcriber {
    argv: Vec<String>,
    language: String,
}

/// Why a command line is none for a [`Transcriber`]; `Display` is one line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TranscriberError {
    /// There is nothing in it.
    Empty,
    /// A quotation mark is opened and not closed.
    Open,
    /// It doesn't say where the sound goes.
    NoSound,
    /// Something in braces that stands for nothing.
    Unknown(String),
}

/// What is said of a machine that has none.
const NEXT: &str = "name a program that writes SRT in WEIXIN_VIDEO_TRANSCRIBER, such as \
                    'whisper-cli -m /path/to/ggml-base.bin -l {language} -f {wav} -osrt -of {srt}', or add an SRT file of \
                    your own";

/// The file that it is asked to write.
const WRITTEN: &str = "speech.srt";

/// More than this, in bytes, it may not leave in its folder.
const MOST_BYTES: u64 = 64_000_000;

/// How often that is looked at.
const TICK: Duration = Duration::from_millis(50);

/// Loading a model takes its time, and a slow machine is slower than speech.
const WALL_BASE: Duration = Duration::from_secs(120);
const WALL_FACTOR: u32 = 20;

impl Transcriber {
    /// Reads a command line: words as a shell has them, with quotation marks, but no shell reads it. `{wav}` stands for the
    /// sound to read (16 kHz, mono), `{srt}` for the file to write (its ending may be added once more), `{folder}` for the
    /// folder of both, and `{language}` for a code like `zh`, or `auto`.
    ///
    /// # Errors
    /// [`TranscriberError`] says what is wrong with it.
    pub fn parse(line: &str) -> Result<Self, TranscriberError> {
        let argv = line::words(line).ok_or(TranscriberError::Open)?;
        if argv.first().is_none_or(String::is_empty) {
            return Err(TranscriberError::Empty);
        }
        let names: Vec<&str> = argv.iter().flat_map(|word| line::names(word)).collect();
        if let Some(name) = names.iter().find(|name| !["wav", "srt", "folder", "language"].contains(name)) {
            return Err(TranscriberError::Unknown((*name).to_owned()));
        }
        if !names.contains(&"wav") {
            return Err(TranscriberError::NoSound);
        }
        Ok(Self { argv, language: "auto".to_owned() })
    }

    /// What `{language}` stands for, in place of `auto`.
    #[must_use]
    pub fn language(self, code: &str) -> Self {
        Self { language: code.to_owned(), ..self }
    }

    /// The error for a machine without one.
    pub fn missing() -> Error {
        Error::NotHere { what: "subtitles from speech", next: NEXT }
    }

    /// What is said in a sound of this length, which lies in a folder that the program may fill.
    pub(crate) fn hear(&self, wav: &Path, length: Duration, control: &Control) -> Result<Vec<Cue>, Error> {
        let folder = wav.parent().unwrap_or_else(|| Path::new("."));
        let usual = WALL_BASE.saturating_add(length.saturating_mul(WALL_FACTOR));
        self.run(wav, folder, control.limit_or(usual), control)?;
        let written = written(folder).ok_or_else(|| failed("it wrote no SRT file"))?;
        let mut bytes = Vec::new();
        // One more than is read, so that what is too much is found to be.
        let file = File::open(written).and_then(|file| file.take(subtitles::MOST_BYTES + 1).read_to_end(&mut bytes));
        file.map_err(|error| Error::io("read what the transcriber wrote", &error))?;
        subtitles::read(&bytes).map_err(|why| failed(&format!("what it wrote can't be read: {why}")))
    }

    fn run(&self, wav: &Path, folder: &Path, wall: Duration, control: &Control) -> Result<(), Error> {
        let mut command = Command::new(self.program()?);
        command.args(self.argv[1..].iter().map(|word| self.filled(word, wav, folder)));
        // A control of its own: it is also stopped for what it writes.
        let ours = Control::new();
        let limits = Limits { control: &ours, wall, stall: wall };
        let (done, is_done) = channel::<()>();
        let (ended, too_much) = thread::scope(|scope| {
            let (ours, theirs) = (&ours, control);
            let watch = scope.spawn(move || watch(folder, &is_done, theirs, ours));
            let ended = child::run(Confined::not(command), "the transcriber", &limits, |_| Seen::Progress);
            drop(done);
            (ended, watch.join().unwrap_or(false))
        });
        if control.is_cancelled() {
            return Err(Error::Cancelled);
        }
        if too_much {
            return Err(failed(&format!("it wrote more than {} MB", MOST_BYTES / 1_000_000)));
        }
        let ended = match ended {
            Err(Error::TimedOut { seconds }) => return Err(failed(&format!("it was stopped after {seconds} s"))),
            Err(Error::Killed { signal }) => return Err(failed(&format!("it was ended by signal {signal}"))),
            ended => ended?,
        };
        if ended.status.success() {
            return Ok(());
        }
        let last = ended.stderr.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no reason given");
        // The folder is ours, and says nothing to anybody.
        let last = last.replace(&*folder.to_string_lossy(), "");
        let code = ended.status.code().map_or_else(String::new, |code| format!(" with {code}"));
        Err(failed(&format!("it ended{code}: {last}")))
    }

    fn program(&self) -> Result<PathBuf, Error> {
        let name = &self.argv[0];
        let there = if Path::new(name).components().count() > 1 {
            std::path::absolute(name).ok().filter(|path| path.is_file())
        } else {
            on_path(name)
        };
        let shown = Path::new(name).file_name().unwrap_or_default().to_string_lossy();
        there.ok_or_else(|| failed(&format!("there is no program {shown}")))
    }

    /// Whole words are filled in, so that nothing in a path comes to be a word of its own.
    fn filled(&self, word: &str, wav: &Path, folder: &Path) -> String {
        line::filled(word, |name| match name {
            "wav" => wav.to_string_lossy().into_owned(),
            "srt" => folder.join(WRITTEN).to_string_lossy().into_owned(),
            "folder" => folder.to_string_lossy().into_owned(),
            _ => self.language.clone(),
        })
    }
}

impl fmt::Display for TranscriberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it names no program"),
            Self::Open => f.write_str("a quotation mark in it is not closed"),
            Self::NoSound => f.write_str("it never names {wav}, the sound to read"),
            Self::Unknown(name) => {
                write!(
                    f,
                    "{{{}}} stands for nothing; {{wav}}, {{srt}}, {{folder}} and {{language}} do",
                    plain(name, 40)
                )
            }
        }
    }
}

impl std::error::Error for TranscriberError {}

fn failed(why: &str) -> Error {
    Error::Speech { why: plain(why, 300) }
}

/// Stops the program with whoever started it, or for what it writes; whether that was too much.
fn watch(folder: &Path, is_done: &Receiver<()>, theirs: &Control, ours: &Control) -> bool {
    // What lay there before it began is not its own.
    let before = size_of(folder);
    while let Err(RecvTimeoutError::Timeout) = is_done.recv_timeout(TICK) {
        let too_much = size_of(folder) > before.saturating_add(MOST_BYTES);
        if too_much || theirs.is_cancelled() {
            ours.cancel();
            return too_much;
        }
    }
    false
}

fn size_of(folder: &Path) -> u64 {
    files(folder).map(|(_, bytes)| bytes).sum()
}

/// The SRT file that it wrote: under the name that it was given, else under whatever name.
fn written(folder: &Path) -> Option<PathBuf> {
    let is_srt = |path: &PathBuf| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("srt"));
    let mut found: Vec<PathBuf> = files(folder).map(|(path, _)| path).filter(is_srt).collect();
    found.sort();
    let named = found.iter().position(|path| path.file_name().is_some_and(|name| name == WRITTEN));
    (!found.is_empty()).then(|| found.swap_remove(named.unwrap_or(0)))
}

/// Files that lie in a folder themselves, with their sizes: a link leads elsewhere.
fn files(folder: &Path) -> impl Iterator<Item = (PathBuf, u64)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| {
        let own = |entry: &fs::DirEntry| -> io::Result<fs::Metadata> { fs::symlink_metadata(entry.path()) };
        let meta = own(&entry).ok().filter(fs::Metadata::is_file)?;
        Some((entry.path(), meta.len()))
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
