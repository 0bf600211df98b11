//! Where a video goes, and the arguments of the commands that only look: `destinations`, `verify`, `compare`.

use std::path::PathBuf;

/// Where the table of destinations is from.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Table {
    /// A table of destinations to lay over the one that is built in. Default: weixin-video/destinations.toml in the folder
    /// for configuration, if there is one.
    #[arg(long = "destinations", value_name = "FILE")]
    pub(crate) laid_over: Option<PathBuf>,
}

/// Where a video goes.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Aim {
    /// Where it goes: an id of `weixin-video destinations`, or words for it. Default: what the words say.
    #[arg(long = "for", value_name = "ID|WORDS")]
    pub(crate) destination: Option<String>,

    #[command(flatten)]
    pub(crate) table: Table,
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

/// `compare`.
#[derive(Debug, clap::Args)]
pub(crate) struct Compare {
    /// The original.
    #[arg(value_name = "A")]
    pub(crate) a: PathBuf,

    /// What was made of it.
    #[arg(value_name = "B")]
    pub(crate) b: PathBuf,

    /// The picture to write, or an existing folder to write it into. Default: NAME-compare.png beside B.
    #[arg(short, long, value_name = "PNG|DIR")]
    pub(crate) out: Option<PathBuf>,

    /// Replace an existing picture.
    #[arg(long)]
    pub(crate) force: bool,
}
