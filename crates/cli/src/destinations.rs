//! The table of destinations: built in, with the user's own laid over it.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use weixin_video_studio::{Destination, Destinations};

use crate::args::look::Table;
use crate::failure::Failure;
use crate::places::Places;
use crate::target;

/// More than a table of destinations may have, in bytes.
const TOO_LONG: u64 = 256 * 1024 + 1;

/// The table to go by, and the file that was laid over the built-in one.
pub(crate) fn load(table: &Table) -> Result<(Destinations, Option<PathBuf>), Failure> {
    let file = table.laid_over.clone().or_else(kept);
    let Some(file) = file else { return Ok((Destinations::built_in().clone(), None)) };
    let text = read(&file)?;
    let laid_over = Destinations::laid_over(&text).map_err(|error| {
        let message = format!("{}: {error}", file.display());
        Failure::new("bad_destinations", message, "Mend it, or take the file away.")
    })?;
    Ok((laid_over, Some(file)))
}

/// The destination that an id or words name.
pub(crate) fn find<'a>(destinations: &'a Destinations, words: &str) -> Result<&'a Destination, Failure> {
    destinations.find(words).ok_or_else(|| {
        let ids: Vec<&str> = destinations.iter().map(|destination| destination.id.as_str()).collect();
        Failure::new(
            "usage",
            format!("no one destination is called {words:?}"),
            format!("Use one of: {}.", ids.join(", ")),
        )
    })
}

/// The user's own table, if there is one.
fn kept() -> Option<PathBuf> {
    let config = Places::find().ok()?.config;
    let file = config.parent()?.join("weixin-video").join("destinations.toml");
    file.is_file().then_some(file)
}

fn read(file: &Path) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| {
        let absent = error.kind() == std::io::ErrorKind::NotFound;
        if absent { Failure::missing("table of destinations", file) } else { target::unreadable(file, &error) }
    };
    // A pipe could block for ever, so it is refused before it is opened.
    if !file.metadata().map_err(unreadable)?.is_file() {
        let message = format!("this is not a regular file: {}", file.display());
        return Err(Failure::new("bad_destinations", message, "Name a file with a table of destinations."));
    }
    let mut bytes = Vec::new();
    File::open(file).and_then(|open| open.take(TOO_LONG).read_to_end(&mut bytes)).map_err(unreadable)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
