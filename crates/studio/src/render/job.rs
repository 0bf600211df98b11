//! A folder of our own, with the inputs under names of our own.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use super::fonts;
use crate::{
    error::Error,
    plan::{FONTS_FOLDER, Plan, TEXT_FILE},
    sniff::{file_name, sniff},
};

pub(super) struct Job {
    folder: TempDir,
    /// The name to show when the clip can't be read.
    shown: String,
}

impl Job {
    pub(super) fn new(plan: &Plan, inputs: &BTreeMap<String, PathBuf>, out: &Path) -> Result<Self, Error> {
        let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty());
        let folder = tempfile::Builder::new()
            .prefix(".weixin-video-")
            .tempdir_in(parent.unwrap_or_else(|| Path::new(".")))
            .map_err(|error| Error::io("write into the output folder", &error))?;
        let mut shown = "the clip".to_owned();
        for (name, source, kind) in plan.links() {
            let absent = || Error::Draft { why: "it names a clip that isn't here".to_owned() };
            let input = inputs.get(source).ok_or_else(absent)?;
            shown = file_name(input);
            // The plan was made for what the file was then; the demuxer must fit what it is now.
            if sniff(input)? != kind {
                let why = "it has changed since it was looked at".to_owned();
                return Err(Error::Unreadable { name: shown, why });
            }
            link(input, &folder.path().join(name))
                .map_err(|error| Error::io("reach the clip from the job folder", &error))?;
        }
        Ok(Self { folder, shown })
    }

    /// Puts the writing of a plan into the folder, and the font that it is drawn in.
    pub(super) fn write(&self, plan: &Plan) -> Result<(), Error> {
        let Some(script) = plan.writing() else { return Ok(()) };
        let found = fonts::find(script)?;
        let put = || -> io::Result<()> {
            fs::write(self.folder.path().join(TEXT_FILE), plan.ass(&found.font))?;
            let fonts = self.folder.path().join(FONTS_FOLDER);
            if fonts.exists() {
                return Ok(());
            }
            fs::create_dir(&fonts)?;
            link(&found.path, &fonts.join(found.font.file))
        };
        put().map_err(|error| Error::io("write into the job folder", &error))
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn unreadable(&self, why: String) -> Error {
        Error::Unreadable { name: self.shown.clone(), why }
    }

    /// Gives the output its name, once it is on the disk.
    pub(super) fn publish(&self, name: &str, out: &Path) -> Result<(), Error> {
        let made = self.folder.path().join(name);
        let save = || -> io::Result<()> {
            File::open(&made)?.sync_all()?;
            fs::rename(&made, out)?;
            sync_folder(self.folder.path().parent())
        };
        save().map_err(|error| Error::io("write the output", &error))
    }
}

#[cfg(unix)]
pub(crate) fn link(input: &Path, name: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::canonicalize(input)?, name)
}

/// Symbolic links need a privilege elsewhere; a hard link or else a copy doesn't.
#[cfg(not(unix))]
pub(crate) fn link(input: &Path, name: &Path) -> io::Result<()> {
    fs::hard_link(input, name).or_else(|_| fs::copy(input, name).map(drop))
}

#[cfg(unix)]
fn sync_folder(folder: Option<&Path>) -> io::Result<()> {
    folder.map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(not(unix))]
fn sync_folder(_folder: Option<&Path>) -> io::Result<()> {
    Ok(())
}
