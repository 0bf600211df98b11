//! A child process that can be watched, bounded and stopped with everything it started.

mod start;

use std::{
    io::Read,
    process::{Child, ExitStatus},
    sync::mpsc::{Receiver, RecvTimeoutError, sync_channel},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use self::start::{Hold, start};
use crate::{confine::Confined, control::Control, error::Error};

/// How often cancellation and deadlines are looked at.
const TICK: Duration = Duration::from_millis(50);

/// How often, at least, a process that has closed its output is asked whether it has ended.
const REAP: Duration = Duration::from_millis(5);

/// How long a process may take to end by itself after it was asked to.
const GRACE: Duration = Duration::from_secs(2);

/// How much of the end of stderr is kept, in bytes: a broken clip can fill it without end.
const STDERR_KEPT: usize = 64 * 1024;

/// The most an answer may hold, in bytes: ffprobe writes some 2 KB a stream.
const ANSWER_MAX: usize = 4 * 1024 * 1024;

/// When to stop a child that hasn't ended by itself.
pub(crate) struct Limits<'a> {
    pub(crate) control: &'a Control,
    /// The longest it may take in all.
    pub(crate) wall: Duration,
    /// The longest it may go without progress.
    pub(crate) stall: Duration,
}

/// What is to become of a child after a piece of its output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It has got further.
    Progress,
    /// It has not.
    Nothing,
    /// No more of it is needed: it is stopped, as by a cancellation.
    Enough,
}

/// A child that ended by itself.
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) stderr: String,
}

/// Runs a command to its end; `on_output` sees its stdout and says what to make of it.
pub(crate) fn run(
    command: impl Into<Confined>,
    tool: &'static str,
    limits: &Limits<'_>,
    mut on_output: impl FnMut(&[u8]) -> Seen,
) -> Result<Finished, Error> {
    if limits.control.is_cancelled() {
        return Err(Error::Cancelled);
    }
    let confined = command.into();
    let is_bounded = confined.reach.is_some();
    let mut group = Group::spawn(confined, tool)?;
    let output = group.child.stdout.take().map(read_chunks);
    let stderr = group.child.stderr.take().map(keep_tail);
    let mut watch = Watch::new(limits);
    if let Some(output) = output {
        loop {
            match output.recv_timeout(TICK) {
                Ok(chunk) => match on_output(&chunk) {
                    Seen::Enough => return Err(Error::Cancelled),
                    Seen::Progress => watch.moved(true),
                    Seen::Nothing => watch.moved(false),
                },
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            watch.check()?;
        }
    }
    // Who has closed its output ends within a moment, mostly.
    let mut pause = REAP / 64;
    let status = loop {
        if let Some(status) = group.reap()? {
            break status;
        }
        watch.check()?;
        thread::sleep(pause);
        pause = REAP.min(pause * 2);
    };
    let stderr = stderr.and_then(|reader| reader.join().ok()).unwrap_or_default();
    let stderr = String::from_utf8_lossy(&stderr).into_owned();
    let signal = signal_of(status);
    match (too_much(signal, &stderr).filter(|_| is_bounded), signal) {
        (Some(what), _) => Err(Error::TooMuch { what }),
        (None, Some(signal)) => Err(Error::Killed { signal }),
        (None, None) => Ok(Finished { status, stderr }),
    }
}

/// Runs a command to its end and keeps what it wrote to stdout, up to 4 MB.
pub(crate) fn capture(
    command: impl Into<Confined>,
    tool: &'static str,
    limits: &Limits<'_>,
) -> Result<(Finished, String), Error> {
    let mut answer = Vec::new();
    let finished = run(command, tool, limits, |chunk| {
        let room = ANSWER_MAX - answer.len();
        answer.extend_from_slice(&chunk[..chunk.len().min(room)]);
        Seen::Progress
    })?;
    Ok((finished, String::from_utf8_lossy(&answer).into_owned()))
}

/// What a child wanted more of than it may have. ffmpeg calls it a success when a clip could not be decoded for want of memory.
fn too_much(signal: Option<i32>, stderr: &str) -> Option<&'static str> {
    const NO_MEMORY: [&str; 5] = [
        "Cannot allocate memory",
        "malloc of size",
        "bad_alloc",
        "memory allocation of",
        "failed to map segment from shared object",
    ];
    let says = |words: &[&str]| words.iter().any(|words| stderr.contains(words));
    if signal == Some(FILE_TOO_LARGE) || says(&["File too large"]) {
        Some("disk space")
    } else {
        says(&NO_MEMORY).then_some("memory")
    }
}

/// The signal that ends who writes beyond the size a file may have.
const FILE_TOO_LARGE: i32 = 25;

/// A child in a process group of its own. Dropping it ends the whole group.
struct Group {
    child: Child,
    reaped: bool,
    _hold: Hold,
}

impl Group {
    fn spawn(command: Confined, tool: &'static str) -> Result<Self, Error> {
        let (child, hold) = start(command, tool)?;
        Ok(Self { child, reaped: false, _hold: hold })
    }

    fn reap(&mut self) -> Result<Option<ExitStatus>, Error> {
        let status = self.child.try_wait().map_err(|error| Error::io("wait for ffmpeg", &error))?;
        self.reaped |= status.is_some();
        Ok(status)
    }

    /// Asks the group to end, and makes it end if it doesn't.
    fn end(&mut self) {
        self.signal(false);
        let asked = Instant::now();
        while asked.elapsed() < GRACE {
            match self.reap() {
                Ok(None) => thread::sleep(REAP),
                Ok(Some(_)) | Err(_) => break,
            }
        }
        // The leader may be gone while others of the group are not, so this is sent either way.
        self.signal(true);
        let _ = self.child.wait();
    }

    #[cfg(unix)]
    fn signal(&self, kill: bool) {
        use rustix::process::{Pid, Signal, kill_process_group};
        let signal = if kill { Signal::KILL } else { Signal::TERM };
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = pid {
            // It fails when nobody is left in the group, which is what is wanted.
            let _ = kill_process_group(group, signal);
        }
    }

    #[cfg(not(unix))]
    fn signal(&mut self, _kill: bool) {
        let _ = self.child.kill();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.reaped {
            self.end();
        }
    }
}

/// The clock of one child.
struct Watch<'a> {
    limits: &'a Limits<'a>,
    started: Instant,
    moved: Instant,
}

impl<'a> Watch<'a> {
    fn new(limits: &'a Limits<'a>) -> Self {
        let now = Instant::now();
        Self { limits, started: now, moved: now }
    }

    fn moved(&mut self, progress: bool) {
        if progress {
            self.moved = Instant::now();
        }
    }

    fn check(&self) -> Result<(), Error> {
        if self.limits.control.is_cancelled() {
            return Err(Error::Cancelled);
        }
        let overdue = [(self.started, self.limits.wall), (self.moved, self.limits.stall)];
        match overdue.into_iter().find(|(since, limit)| since.elapsed() >= *limit) {
            Some((_, limit)) => Err(Error::TimedOut { seconds: limit.as_secs() }),
            None => Ok(()),
        }
    }
}

#[cfg(unix)]
fn signal_of(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal_of(_status: ExitStatus) -> Option<i32> {
    None
}

/// Hands on what a pipe yields. The channel is short, so a child that floods us waits for us.
fn read_chunks(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = sync_channel(8);
    thread::spawn(move || {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(count @ 1..) = pipe.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    receiver
}

fn keep_tail(mut pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let (mut tail, mut buffer) = (Vec::new(), vec![0; 16 * 1024]);
        while let Ok(count @ 1..) = pipe.read(&mut buffer) {
            tail.extend_from_slice(&buffer[..count]);
            let excess = tail.len().saturating_sub(STDERR_KEPT);
            tail.drain(..excess);
        }
        tail
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::process::Command;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    fn limits(control: &Control) -> Limits<'_> {
        let long = Duration::from_secs(30);
        Limits { control, wall: long, stall: long }
    }

    #[test]
    fn output_is_kept_and_the_environment_is_not_handed_on() {
        let control = Control::new();
        let command = shell("echo \"[$CARGO_MANIFEST_DIR][$LC_ALL]\"; echo oh >&2; exit 3");
        let (done, text) = capture(command, "sh", &limits(&control)).unwrap();
        assert_eq!((text.trim(), done.stderr.trim()), ("[][C]", "oh"));
        assert_eq!(done.status.code(), Some(3));
    }

    #[test]
    fn a_flood_on_stderr_is_bounded_and_its_end_kept() {
        let control = Control::new();
        let command = shell("yes flood | head -c 1000000 >&2; echo the end >&2");
        let (done, _) = capture(command, "sh", &limits(&control)).unwrap();
        assert!(done.stderr.len() <= STDERR_KEPT);
        assert!(done.stderr.ends_with("the end\n"));
    }

    #[test]
    fn a_program_that_is_not_there_is_a_missing_tool() {
        let control = Control::new();
        let command = Command::new("/nowhere/ffmpeg");
        let error = capture(command, "ffmpeg", &limits(&control)).err().unwrap();
        assert!(matches!(error, Error::MissingTool { tool: "ffmpeg", .. }), "{error}");
    }

    #[test]
    fn a_child_ended_by_a_signal_is_told_from_one_that_failed() {
        let control = Control::new();
        let error = capture(shell("kill -9 $$"), "sh", &limits(&control)).err().unwrap();
        assert_eq!(error, Error::Killed { signal: 9 });
    }

    #[test]
    fn cancelling_ends_the_whole_group_even_if_it_ignores_the_request() {
        let control = Control::new();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let script = format!(
            "trap '' TERM; (trap '' TERM; sleep 60) & echo $! > {0}.new; mv {0}.new {0}; echo up; wait",
            file.display()
        );
        let cancel = control.clone();
        let mut command = shell(&script);
        command.current_dir(folder.path());
        let error = run(command, "sh", &limits(&control), |_| {
            cancel.cancel();
            Seen::Progress
        });
        assert_eq!(error.err(), Some(Error::Cancelled));
        let pid = std::fs::read_to_string(file).unwrap();
        // The kernel ends the group in its own time, a moment after it was told to.
        let gone = (0..1000).any(|_| {
            thread::sleep(REAP);
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
            stat.map_or(true, |stat| stat.contains(") Z "))
        });
        assert!(gone, "the grandchild {pid} is still there");
    }

    #[test]
    fn a_child_of_which_no_more_is_needed_is_stopped() {
        let control = Control::new();
        let done = run(shell("echo first; sleep 60"), "sh", &limits(&control), |_| Seen::Enough);
        assert_eq!(done.err(), Some(Error::Cancelled));
        assert!(!control.is_cancelled());
    }

    #[test]
    fn standing_still_ends_it() {
        let control = Control::new();
        let stall = Duration::from_millis(200);
        let limits = Limits { stall, ..limits(&control) };
        let error = capture(shell("sleep 60"), "sh", &limits).err();
        assert_eq!(error, Some(Error::TimedOut { seconds: 0 }));
    }
}
