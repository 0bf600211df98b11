//! The arguments of the commands that only look: `destinations` and `verify`.

use std::path::PathBuf;

/// Where the table of destinations is from.
#[derive(Debug, clap::Args)]
pub(crate) struct Table {
    /// A table of destinations to lay over the one that is built in. Default: weixin-video/destinations.toml in the folder
    /// for configuration, if there is one.
    #[arg(long = "destinations", value_name = "FILE")]
    pub(crate) laid_over: Option<PathBuf>,
}

/// `destinations`.
#[derive(Debug, clap::Args)]
pub(crate) struct Destinations {
    /// Show everything about this one: an id, or words such as 朋友圈 or "as a file".
    #[arg(value_name = "ID|WORDS")]
    pub(crate) words: Vec<String>,

    #[command(flatten)]
    pub(crate) table: Table,
}

/// `verify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// The video to look at.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Where it goes: an id of `weixin-video destinations`, or words for it.
    #[arg(long = "for", value_name = "ID", default_value = "chat")]
    pub(crate) destination: String,

    #[command(flatten)]
    pub(crate) table: Table,
}
