//! Where inputs lie, and which target an input belongs to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::{Target, named};

/// The files that a target starts from, in the order of their names.
///
/// # Errors
/// A folder can't be read.
pub fn inputs(target: &Target) -> io::Result<Vec<PathBuf>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = files_in(&here.join("corpus").join(target.name))?;
    if let Some(also) = target.also {
        files.extend(files_in(&here.join(also))?);
    }
    Ok(files)
}

/// The target whose corpus a file lies in, by the name of its folder.
#[must_use]
pub fn target_of(file: &Path) -> Option<&'static Target> {
    named(file.parent()?.file_name()?.to_str()?)
}

/// Notes about inputs are no inputs.
fn files_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_note = path.extension().is_some_and(|end| end == "md" || end == "hdr");
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_file() && !is_note && !is_hidden {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
