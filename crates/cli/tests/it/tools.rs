//! An ffmpeg of our own making: the real one, but for its renders.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use crate::desk::{Desk, wait_until};

impl Desk {
    /// The same desk where no program is found.
    pub(crate) fn without_ffmpeg(self) -> Self {
        let empty = self.aside("empty");
        fs::create_dir(&empty).unwrap();
        self.with("PATH", empty.display().to_string())
    }

    /// The same desk with an ffmpeg that runs `script` in a shell before it renders, and is the real one otherwise.
    pub(crate) fn with_ffmpeg(self, script: &str) -> Self {
        let folder = self.aside("bin");
        fs::create_dir(&folder).unwrap();
        let real = on_path("ffmpeg");
        let text = format!(
            "#!/bin/sh\ncase \" $* \" in *\" -progress \"*)\n{script}\n;; esac\nexec '{}' \"$@\"\n",
            real.display()
        );
        let ffmpeg = folder.join("ffmpeg");
        fs::write(&ffmpeg, text).unwrap();
        fs::set_permissions(&ffmpeg, fs::Permissions::from_mode(0o755)).unwrap();
        symlink(on_path("ffprobe"), folder.join("ffprobe")).unwrap();
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
        self.with("PATH", path)
    }
}

/// A script for [`Desk::with_ffmpeg`] that says which process it is, in the only folder where it may write.
pub(crate) const TELLS: &str = "echo $$ > child-pid";

/// The same, and then hangs.
pub(crate) const HANGS: &str = "echo $$ > child-pid; exec sleep 60";

impl Desk {
    /// Waits until an ffmpeg of ours works, and says which process it is.
    pub(crate) fn child(&self) -> String {
        let mut pid = String::new();
        wait_until("ffmpeg works", || {
            // A whole line: the shell may have made the file without having written to it.
            pid = self.child_told("child-pid").unwrap_or_default();
            pid.ends_with('\n')
        });
        pid.trim().to_owned()
    }

    /// What an ffmpeg of ours has written into a file of this name.
    pub(crate) fn child_told(&self, name: &str) -> Option<String> {
        let told = all_files(&self.root()).into_iter().find(|path| path.ends_with(name))?;
        fs::read_to_string(told).ok()
    }
}

/// All files below a folder in which others are at work.
fn all_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let below = |entry: fs::DirEntry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => all_files(&entry.path()),
        _ => vec![entry.path()],
    };
    entries.flat_map(below).collect()
}

/// A program, as the tests find it.
pub(crate) fn on_path(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("these tests need {name}: cargo xtask test installs it"))
}

/// Whether a process is still there. A zombie has ended, and waits for whoever started it.
#[cfg(target_os = "linux")]
pub(crate) fn runs(pid: &str) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/stat"));
    status.is_ok_and(|text| !text.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z'))
}

/// Whether a process is still there.
#[cfg(not(target_os = "linux"))]
pub(crate) fn runs(pid: &str) -> bool {
    let pid = rustix::process::Pid::from_raw(pid.parse().unwrap()).unwrap();
    rustix::process::test_kill_process(pid).is_ok()
}
