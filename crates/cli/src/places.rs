//! Where things are kept: the XDG folders, with the fallbacks of their specification.

use std::env;
use std::path::PathBuf;

use crate::failure::Failure;

/// The folders of this user.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Client id and token: `~/.config/nemovideo`, shared with other clients of the same service.
    pub(crate) config: PathBuf,
    /// What is going on: `~/.local/state/weixin-video`.
    pub(crate) state: PathBuf,
    /// What can be made again: `~/.cache/weixin-video`.
    pub(crate) cache: PathBuf,
}

impl Places {
    /// By `XDG_CONFIG_HOME`, `XDG_STATE_HOME`, `XDG_CACHE_HOME` and `HOME`.
    pub(crate) fn find() -> Result<Self, Failure> {
        let folders = folder("XDG_CONFIG_HOME", ".config").zip(folder("XDG_STATE_HOME", ".local/state"));
        let (config, state) = folders.ok_or_else(|| {
            Failure::new("no_home", "there is no home folder", "Set HOME, or XDG_CONFIG_HOME and XDG_STATE_HOME.")
        })?;
        let cache = folder("XDG_CACHE_HOME", ".cache").unwrap_or_else(|| state.clone());
        let [state, cache] = [state, cache].map(|folder| folder.join("weixin-video"));
        Ok(Self { config: config.join("nemovideo"), state, cache })
    }

    pub(crate) fn client_id(&self) -> PathBuf {
        self.config.join("client_id")
    }

    pub(crate) fn tokens(&self) -> PathBuf {
        self.config.join("tokens.json")
    }

    /// What the local backend keeps.
    pub(crate) fn local(&self) -> PathBuf {
        self.state.join("local")
    }

    /// The journals of jobs that are not over.
    pub(crate) fn jobs(&self) -> PathBuf {
        self.state.join("jobs")
    }

    pub(crate) fn sessions(&self) -> PathBuf {
        self.state.join("sessions.json")
    }
}

/// The home folder, however this system calls it.
pub(crate) fn home() -> Option<PathBuf> {
    ["HOME", "USERPROFILE"].iter().filter_map(env::var_os).find(|home| !home.is_empty()).map(PathBuf::from)
}

/// Relative XDG paths are invalid by the specification and count as unset.
fn folder(variable: &str, in_home: &str) -> Option<PathBuf> {
    let set = env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    set.or_else(|| home().map(|home| home.join(in_home)))
}
