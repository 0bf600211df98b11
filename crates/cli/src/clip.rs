//! A clip as a journal knows it, and whether it is still the same.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use weixin_video::journal::Clip;

use crate::failure::Failure;
use crate::target;

/// The clip as it is now.
pub(crate) fn now(path: &Path) -> Result<Clip, Failure> {
    let facts = fs::metadata(path).map_err(|error| match error.kind() == std::io::ErrorKind::NotFound {
        true => Failure::missing("clip", path),
        false => target::unreadable(path, &error),
    })?;
    let modified = facts.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let modified_ns = modified.and_then(|since| u64::try_from(since.as_nanos()).ok());
    Ok(Clip { path: target::spelled_out(path), bytes: facts.len(), modified_ns })
}

/// Refuses a clip that is not what it was.
pub(crate) fn unchanged(clip: &Clip) -> Result<(), Failure> {
    let found = now(&clip.path)?;
    if (found.bytes, found.modified_ns) == (clip.bytes, clip.modified_ns) {
        return Ok(());
    }
    let message = format!("the clip was changed since the job was begun: {}", clip.path.display());
    Err(Failure::new("clip_changed", message, "Forget the job, and format the clip as it is now."))
}
