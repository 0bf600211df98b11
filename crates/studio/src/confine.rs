//! What a program that we start may reach: its own libraries, the files of its job, and nothing else.
//!
//! ffmpeg is told by lists of formats and protocols to stay inside the files that it is given, and the kernel holds it there
//! when a clip has found a hole in it:
//!
//! | what | by | without it |
//! |---|---|---|
//! | files: read those of the job, write its folder | Landlock, Linux 5.13 | the lists alone |
//! | network: no socket of any kind | seccomp; TCP also by Landlock, Linux 6.7 | the lists alone |
//! | other processes: neither traced nor signalled | Landlock, Linux 6.12 | the rights of the user |
//! | memory, size of a file, no core dumps | `ulimit` of `/bin/sh` | time limits alone |
//! | lives no longer than we | `setpriv` | a stop by us |
//!
//! A thread that takes rights from itself takes them from all that it starts, and from nobody else; so each program has a
//! thread of its own, and this process keeps its rights.

#[cfg(target_os = "linux")]
mod linux;

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use crate::{
    plan::{Form, Plan},
    tools::on_path,
};

const MIB: u64 = 1024 * 1024;

/// What ffprobe may take: it decodes a few frames of at most 50 million pixels, in one thread.
const PROBE_MEMORY: u64 = 2048 * MIB;

/// What ffmpeg may take, besides what each core and each input adds. Measured as writable memory, threads' stacks of 8 MB
/// included: 4K HEVC of 10 bits to 4K H.264 on two cores 1.4 GB; 8K, or 4K from HDR, with the threads of sixteen cores 3.8
/// and 4.1 GB; 20 parts of 4K HEVC 4.0 GB, 60 parts of 1080p with 250 threads 3.0 GB. An honest job stays far below; a machine
/// that has less than this ends ffmpeg before anything else of its own.
const JOB_MEMORY: u64 = 6144 * MIB;
const CORE_MEMORY: u64 = 128 * MIB;
const INPUT_MEMORY: u64 = 192 * MIB;

/// What a file may grow to where nothing better is known: as much as the largest destination takes.
const USUAL_FILE: u64 = 20_000_000_000;

/// What the notes of a pass, a font cache and the like may take.
const SMALL_FILE: u64 = 64 * MIB;

/// A clip's links lie in its job folder or one folder below.
const LINKS_DEPTH: u32 = 2;

/// What a program may reach.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "elsewhere nothing can be held to files"))]
pub(crate) struct Reach {
    /// Files and folders that it may read.
    pub(crate) reads: Vec<PathBuf>,
    /// The folder in which it may read, make and remove files.
    pub(crate) folder: Option<PathBuf>,
    /// How much writable memory it may have, in bytes.
    pub(crate) memory: u64,
    /// How large a file it may write, in bytes.
    pub(crate) file_size: u64,
}

/// A program, and what it may reach.
///
/// Made from a [`Command`] alone, it reaches the folder in which that is run, and the files that links in there lead to;
/// run in no folder, it reaches nothing.
#[derive(Debug)]
pub(crate) struct Confined {
    pub(crate) command: Command,
    /// `None` for what the person has chosen, who may do with it as they like.
    pub(crate) reach: Option<Reach>,
}

impl Confined {
    /// A program that looks at one file.
    pub(crate) fn reading(command: Command, file: &Path) -> Self {
        let reads = vec![file.to_owned()];
        let reach = Reach { reads, folder: None, memory: PROBE_MEMORY, file_size: SMALL_FILE };
        Self { command, reach: Some(reach) }
    }

    /// A program that the person has named: it is watched, but reaches what they reach.
    pub(crate) fn not(command: Command) -> Self {
        Self { command, reach: None }
    }

    /// No file larger than this, in bytes.
    pub(crate) fn writing_at_most(mut self, file_size: u64) -> Self {
        if let Some(reach) = &mut self.reach {
            reach.file_size = file_size;
        }
        self
    }
}

impl From<Command> for Confined {
    fn from(command: Command) -> Self {
        let folder = command.get_current_dir().and_then(|folder| fs::canonicalize(folder).ok());
        let mut reads = Vec::new();
        if let Some(folder) = &folder {
            linked(folder, LINKS_DEPTH, &mut reads);
        }
        let inputs = u64::try_from(reads.len()).unwrap_or(u64::MAX);
        let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
        let memory = JOB_MEMORY + cores * CORE_MEMORY + inputs.saturating_mul(INPUT_MEMORY);
        Self { command, reach: Some(Reach { reads, folder, memory, file_size: USUAL_FILE }) }
    }
}

/// The files that links in a job folder lead to. The links are ours: a confined program can't make any.
fn linked(folder: &Path, depth: u32, reads: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_symlink() => reads.extend(fs::canonicalize(entry.path()).ok()),
            Ok(kind) if kind.is_dir() && depth > 1 => linked(&entry.path(), depth - 1, reads),
            Ok(_) | Err(_) => {}
        }
    }
}

/// How large any file of a plan's may become, in bytes: far more than its encoders are told, and beyond a cap as much as a
/// pass writes before it is stopped.
pub(crate) fn largest_file(plan: &Plan) -> u64 {
    let pixels = u64::from(plan.width()) * u64::from(plan.height());
    // A GIF takes up to a byte a pixel. A codec takes a tenth of a bit, and two where nothing but noise is seen.
    let picture = pixels.saturating_mul(plan.frames()) / if plan.form() == Form::Gif { 1 } else { 4 };
    let sound = plan.duration_ms().saturating_mul(400);
    // What is copied is as large as it was.
    let copied = plan.whole().map_or(0, |source| source.bytes);
    let all = SMALL_FILE.saturating_add(picture).saturating_add(sound).saturating_add(copied);
    plan.max_bytes().map_or(all, |most| all.min(most.saturating_mul(4).saturating_add(SMALL_FILE)))
}

/// What holds programs back on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confinement {
    /// The version of Landlock that keeps them to the files of their job; `None` where the kernel has none.
    pub landlock: Option<u32>,
    /// Whether they are kept from opening sockets of any kind.
    pub network: bool,
    /// Whether memory and the size of files are bounded.
    pub limits: bool,
}

/// Finds out what holds the programs back that are started here, by trying it out; takes a few milliseconds.
pub fn confinement() -> Confinement {
    Confinement { landlock: landlock_version(), network: network_is_closed(), limits: limits_hold() }
}

fn limits_hold() -> bool {
    let mut shell = Command::new(SHELL);
    shell
        .args(["-c", &format!("{} && {} && {}", LIMITS[0], LIMITS[1], LIMITS[2]), "sh"])
        .args(limits_of(1 << 30, 1 << 30));
    shell.env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    shell.status().is_ok_and(|status| status.success())
}

const SHELL: &str = "/bin/sh";

/// No core dumps, no large files (in blocks of 512 bytes), no more memory that can be written to (in kB).
///
/// Address space isn't bounded: threads reserve some 70 MB of it each and use a hundredth of that.
const LIMITS: [&str; 3] = ["ulimit -c 0", "ulimit -f \"$1\"", "ulimit -d \"$2\""];

fn limits_of(file_size: u64, memory: u64) -> [String; 2] {
    [file_size.div_ceil(512).to_string(), memory.div_ceil(1024).to_string()]
}

/// What stands before a program among the arguments, so that it dies with us and is bounded.
pub(crate) fn prefix(reach: Option<&Reach>) -> Vec<OsString> {
    let mut prefix = Vec::new();
    // ffmpeg alone goes on for hours after its parent was killed, also when its pipes are closed.
    if let Some(setpriv) = on_path("setpriv").filter(|_| cfg!(target_os = "linux")) {
        prefix.push(setpriv.into_os_string());
        prefix.extend(["--pdeathsig", "KILL", "--"].map(OsString::from));
    }
    if let Some(reach) = reach
        && cfg!(unix)
        && Path::new(SHELL).is_file()
    {
        // A limit that was there before may be lower; then it stays.
        let script = LIMITS.map(|limit| format!("{limit} 2>/dev/null;")).concat() + " shift 2; exec \"$@\"";
        prefix.extend([SHELL, "-c", &script, "sh"].map(OsString::from));
        prefix.extend(limits_of(reach.file_size, reach.memory).map(OsString::from));
    }
    prefix
}

/// Takes the rights from this thread that the program, started by it, must not have.
#[cfg(target_os = "linux")]
pub(crate) fn restrict(program: &Path, reach: &Reach) -> io::Result<()> {
    linux::keep_to_files(program, reach)?;
    linux::close_network()
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn restrict(_program: &Path, _reach: &Reach) -> io::Result<()> {
    Ok(())
}

#[cfg(target_os = "linux")]
fn landlock_version() -> Option<u32> {
    linux::version()
}

#[cfg(not(target_os = "linux"))]
fn landlock_version() -> Option<u32> {
    None
}

#[cfg(target_os = "linux")]
fn network_is_closed() -> bool {
    use std::net::UdpSocket;
    // UDP is the test: older kernels' Landlock knows TCP at most.
    let tried = thread::spawn(|| linux::close_network().is_ok() && UdpSocket::bind("127.0.0.1:0").is_err()).join();
    let open = UdpSocket::bind("127.0.0.1:0").is_ok();
    open && tried.unwrap_or(false)
}

#[cfg(not(target_os = "linux"))]
fn network_is_closed() -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
