//! MP4 and QuickTime files read and written in this process, where starting another program would take longer than the
//! work.
//!
//! ```text
//! layout    file              →  where index and data lie, and what else the boxes tell
//! ```

mod boxes;
mod walk;

use std::{fs::File, io, path::Path};

pub use self::boxes::{Boxes, FileTrack, TrackKind};
use self::walk::Layout;

/// Whether the index comes before the data (`None` when neither is there), and what the boxes tell (`None` when the index
/// is beyond all measure or isn't there).
pub(crate) fn layout(path: &Path) -> io::Result<(Option<bool>, Option<Boxes>)> {
    let layout = Layout::read(&mut File::open(path)?)?;
    Ok((layout.index_first, Boxes::of(&layout)))
}
