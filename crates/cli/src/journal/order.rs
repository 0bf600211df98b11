//! The first line of a journal: what was ordered.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use weixin_video_core::ids::SessionId;

/// What was ordered: enough to begin the job, or to go on with it, in another process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Which command.
    pub kind: Kind,
    /// `local`, or the origin of the API.
    pub backend: String,
    /// Whether the account is that of a token the user gave, which stands nowhere.
    pub own_token: bool,
    /// The session it happens in, where it was open before the job.
    pub session: Option<SessionId>,
    /// The clip to upload.
    pub clip: Option<Clip>,
    /// What the editor is to do; empty where it is not asked.
    pub words: String,
    /// BCP 47, of the words.
    pub language: String,
    /// The absolute path of the video, where one is made.
    #[serde(with = "path::optional")]
    pub output: Option<PathBuf>,
    /// Whether a file that stands there is replaced.
    pub replace: bool,
    /// The id of the destination, where it was named apart from the words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes_to: Option<String>,
    /// The absolute path of a table of destinations that was given.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "path::optional")]
    pub destinations: Option<PathBuf>,
    /// When, in ms since 1970.
    pub made_ms: u64,
}

/// Which command began the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A clip is uploaded, edited, rendered, fetched.
    Format,
    /// A session's timeline is rendered and fetched.
    Export,
    /// Something is said in a session; its timeline may be rendered and fetched afterwards.
    Chat,
}

/// A clip, and what shows whether it is still the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clip {
    /// An absolute path.
    #[serde(with = "path")]
    pub path: PathBuf,
    /// Its length in bytes.
    pub bytes: u64,
    /// When it was changed last, in ns since 1970; `None` where the system doesn't say.
    pub modified_ns: Option<u64>,
}

/// A path in JSON: text, or its bytes where it is none.
pub(super) mod path {
    use std::path::{Path, PathBuf};

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Spelling {
        Text(PathBuf),
        Bytes(Vec<u8>),
    }

    pub(crate) fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
        spelled(path).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
        Spelling::deserialize(from).and_then(read)
    }

    /// The same for a path that may be missing.
    pub(crate) mod optional {
        use super::{Deserialize, Deserializer, Path, PathBuf, Serialize, Serializer, Spelling, read, spelled};

        pub(crate) fn serialize<S: Serializer>(path: &Option<PathBuf>, to: S) -> Result<S::Ok, S::Error> {
            path.as_deref().map(|path: &Path| spelled(path)).serialize(to)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
            Option::<Spelling>::deserialize(from)?.map(read).transpose()
        }
    }

    #[cfg(unix)]
    fn spelled(path: &Path) -> Spelling {
        use std::os::unix::ffi::OsStrExt as _;
        match path.to_str() {
            Some(text) => Spelling::Text(text.into()),
            None => Spelling::Bytes(path.as_os_str().as_bytes().to_vec()),
        }
    }

    #[cfg(unix)]
    fn read<E: serde::de::Error>(spelling: Spelling) -> Result<PathBuf, E> {
        use std::os::unix::ffi::OsStringExt as _;
        Ok(match spelling {
            Spelling::Text(path) => path,
            Spelling::Bytes(bytes) => std::ffi::OsString::from_vec(bytes).into(),
        })
    }

    #[cfg(not(unix))]
    fn spelled(path: &Path) -> Spelling {
        Spelling::Text(path.to_string_lossy().into_owned().into())
    }

    #[cfg(not(unix))]
    fn read<E: serde::de::Error>(spelling: Spelling) -> Result<PathBuf, E> {
        match spelling {
            Spelling::Text(path) => Ok(path),
            Spelling::Bytes(_) => Err(E::custom("a path of another system")),
        }
    }
}
