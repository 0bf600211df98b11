//! How a child is started: in a thread that has given up what the child must not reach.

use std::{
    convert::Infallible,
    env, io,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Sender, channel},
    thread,
};

use crate::{
    confine::{Confined, prefix, restrict},
    error::Error,
    tools::{missing, on_path},
};

/// The variables a child may see. Tokens and the like live in the others, and ffmpeg's own
/// (`FFREPORT`) would make it write files.
const ENV_KEPT: [&str; 9] = [
    "PATH",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SystemRoot",
    "HOME",
];

/// Keeps the thread that a child belongs to: on Linux the child ends with it.
pub(super) type Hold = Sender<Infallible>;

/// Starts a child with pipes, in a process group of its own.
pub(super) fn start(confined: Confined, tool: &'static str) -> Result<(Child, Hold), Error> {
    let program = whole_path(Path::new(confined.command.get_program()));
    let mut command = bounded(&confined, program.as_deref());
    command.env_clear();
    command.envs(ENV_KEPT.iter().filter_map(|name| Some((name, env::var_os(name)?))));
    command.env("LC_ALL", "C");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let (sender, receiver) = channel();
    let (hold, held) = channel::<Infallible>();
    let keeper = move || {
        let restricted = match (&program, &confined.reach) {
            (Some(program), Some(reach)) => restrict(program, reach),
            _ => Ok(()),
        };
        let _ = sender.send(restricted.and_then(|()| command.spawn()));
        let _ = held.recv();
    };
    let started = thread::Builder::new().name("child".to_owned()).spawn(keeper);
    started.map_err(|error| Error::io("start a thread for ffmpeg", &error))?;
    let child = receiver.recv().unwrap_or_else(|_| Err(io::Error::other("its thread has ended")));
    let child = child.map_err(|error| {
        let absent = error.kind() == io::ErrorKind::NotFound;
        if absent { missing(tool) } else { Error::io("start ffmpeg", &error) }
    })?;
    Ok((child, hold))
}

/// The command behind what bounds it. A program that isn't there must fail at its start, which that would hide.
fn bounded(confined: &Confined, program: Option<&Path>) -> Command {
    let bounds = program.map(|_| prefix(confined.reach.as_ref())).unwrap_or_default();
    let mut words = bounds.into_iter();
    let program = program.map_or_else(|| confined.command.get_program(), Path::as_os_str);
    let mut command = match words.next() {
        Some(first) => {
            let mut command = Command::new(first);
            command.args(words).arg(program);
            command
        }
        None => Command::new(program),
    };
    command.args(confined.command.get_args());
    if let Some(folder) = confined.command.get_current_dir() {
        command.current_dir(folder);
    }
    command
}

/// Where a program lies, as seen from everywhere; `None` when it isn't there.
fn whole_path(program: &Path) -> Option<PathBuf> {
    let found =
        if program.components().count() > 1 { Some(program.to_owned()) } else { program.to_str().and_then(on_path) };
    std::path::absolute(found?).ok().filter(|path| path.is_file())
}
