//! The rights that a thread can take from itself on Linux.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, LandlockStatus, RestrictSelf, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, Scope, path_beneath_rules,
};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter};

/// The newest Landlock whose rights were looked at here; an older kernel enforces those that it knows.
const NEWEST: ABI = ABI::V10;

/// Where systems keep programs and libraries, and what these read at their start. No person's files lie here.
const SYSTEM: [&str; 17] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/nix/store",
    "/gnu/store",
    "/home/linuxbrew/.linuxbrew",
    "/etc/ld.so.cache",
    "/etc/ld.so.preload",
    "/etc/ld-musl-x86_64.path",
    "/etc/ld-musl-aarch64.path",
    "/etc/fonts",
    "/var/cache/fontconfig",
    "/dev/urandom",
];

/// Leaves this thread, and all that it starts, the files of a job.
pub(super) fn keep_to_files(program: &Path, reach: &super::Reach) -> io::Result<()> {
    let look = AccessFs::from_read(NEWEST);
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    // No links: what they lead to could be read by the next program of the job.
    let work = read | AccessFs::WriteFile | AccessFs::Truncate | AccessFs::MakeReg | AccessFs::RemoveFile;
    let restricted = Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(NEWEST)))
        .and_then(|rules| rules.scope(Scope::from_all(NEWEST)))
        .and_then(|rules| rules.create())
        .and_then(|rules| rules.add_rules(path_beneath_rules(SYSTEM, look)))
        .and_then(|rules| rules.add_rules(path_beneath_rules(belongings(program), look)))
        .and_then(|rules| rules.add_rules(path_beneath_rules(&reach.reads, read)))
        .and_then(|rules| rules.add_rules(path_beneath_rules(&reach.folder, work)))
        .and_then(|rules| rules.add_rules(path_beneath_rules(["/dev/null"], read | AccessFs::WriteFile)))
        .and_then(|rules| rules.restrict_self());
    restricted.map(drop).map_err(io::Error::other)
}

/// A program that lies elsewhere, with the libraries that are told to lie beside it. The folder as a whole could be the one
/// in which a person keeps everything they have loaded down.
fn belongings(program: &Path) -> Vec<PathBuf> {
    let real = fs::canonicalize(program).ok();
    // Folders of the system's have thousands of files, and are there already.
    if real.iter().any(|real| SYSTEM.iter().any(|place| real.starts_with(place))) {
        return Vec::new();
    }
    let mut all = vec![program.to_owned()];
    for folder in [Some(program), real.as_deref()].into_iter().flatten().filter_map(Path::parent) {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let is_library = |name: &str| name.contains(".so.") || name.ends_with(".so");
        all.extend(
            entries.filter(|entry| entry.file_name().to_str().is_some_and(is_library)).map(|entry| entry.path()),
        );
        if let Some(above) = folder.parent().filter(|_| folder.ends_with("bin")) {
            all.extend(["lib", "lib64"].map(|name| above.join(name)));
        }
    }
    let libraries = env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    all.extend(env::split_paths(&libraries).filter(|folder| folder.is_absolute()));
    all
}

/// Leaves this thread, and all that it starts, without any way to make a socket.
pub(super) fn close_network() -> io::Result<()> {
    let Ok(arch) = TargetArch::try_from(env::consts::ARCH) else { return Ok(()) };
    #[allow(clippy::useless_conversion, reason = "machines of 32 bits number them in 32")]
    let calls = [libc::SYS_socket, libc::SYS_socketpair, libc::SYS_io_uring_setup].map(i64::from);
    // The same calls by their numbers for programs with short pointers.
    let short = calls.map(|call| call | 0x4000_0000);
    let rules = calls.into_iter().chain(short.into_iter().filter(|_| cfg!(target_arch = "x86_64")));
    let denied = u32::try_from(libc::EACCES).map_err(io::Error::other)?;
    let filter = SeccompFilter::new(
        rules.map(|call| (call, Vec::new())).collect(),
        SeccompAction::Allow,
        SeccompAction::Errno(denied),
        arch,
    );
    let program: BpfProgram = filter.and_then(TryInto::try_into).map_err(io::Error::other)?;
    match apply_filter(&program) {
        // A kernel without it, or a container that has taken it away.
        Err(seccompiler::Error::Seccomp(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        Err(seccompiler::Error::Seccomp(error)) if error.raw_os_error() == Some(libc::EINVAL) => Ok(()),
        other => other.map_err(io::Error::other),
    }
}

/// The version of Landlock that this kernel has, as far as it is known here.
pub(super) fn version() -> Option<u32> {
    // Nothing is asked for, so nothing is restricted.
    let status = RestrictSelf::default().no_new_privs(false).apply().ok()?;
    match status.landlock {
        LandlockStatus::Available { effective_abi, .. } => Some(effective_abi as u32),
        LandlockStatus::NotEnabled | LandlockStatus::NotImplemented => None,
    }
}
