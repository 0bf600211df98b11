//! The arguments.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub(crate) mod look;

/// Format clips for WeChat: a clip goes in, words say what is wanted, an MP4 comes out.
///
/// The work is done on this machine, for free, unless NEMO_TOKEN, NEMO_API_URL or --cloud says otherwise.
#[derive(Debug, Parser)]
#[command(name = "weixin-video", version, max_term_width = 100, propagate_version = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Print one JSON object on stdout.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) choice: Choice,
}

/// Which backend does the work. That one is chosen at most is seen to later: clap sees no conflict between a global
/// argument before the command and one after it.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Choice {
    /// Work on this machine: nothing leaves it, nothing costs credits.
    #[arg(long, global = true)]
    pub(crate) local: bool,

    /// Work in the cloud: the clip is uploaded, edits cost credits.
    #[arg(long, global = true)]
    pub(crate) cloud: bool,

    /// Work at this address, such as one that `serve` printed.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) backend: Option<String>,
}

impl Choice {
    /// Whether any was chosen.
    pub(crate) fn is_some(&self) -> bool {
        self.local || self.cloud || self.backend.is_some()
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Format clips: upload, edit, render, download.
    Format(Format),
    /// Say what you want; it is routed and done.
    Say(Say),
    /// Upload a clip or a URL into the session.
    Upload(Upload),
    /// Show the timeline of the session.
    State(InSession),
    /// Show the credits.
    Credits,
    /// Render the session's timeline and fetch the video.
    Export(Export),
    /// List the jobs that were begun and are not over.
    Jobs,
    /// Go on with a job that was cut off. Nothing is charged twice.
    Resume(Resume),
    /// Stop the render of a job on the server, then forget the job.
    Cancel(Named),
    /// Forget a job and what was fetched of its video; what runs on the server goes on.
    Forget(Forget),
    /// Run the local backend for other programs until it is stopped.
    Serve(Serve),
    /// Show where videos go, and what holds there.
    Destinations(look::Destinations),
    /// Say whether a video is what its destination wants, rule by rule, and what WeChat will do with it.
    Verify(look::Verify),
    /// Measure how much of a picture is left, and show both side by side.
    Compare(look::Compare),
    /// Look at this machine: ffmpeg, token, paths, backend.
    Doctor,
}

/// `format`.
#[derive(Debug, clap::Args)]
pub(crate) struct Format {
    /// The clips.
    #[arg(required = true, value_name = "IN")]
    pub(crate) inputs: Vec<PathBuf>,

    /// The MP4 to write, or an existing folder to write into. Default: NAME-wechat.mp4 beside each clip.
    #[arg(short, long, value_name = "OUT|DIR")]
    pub(crate) output: Option<PathBuf>,

    /// What to do with the clips, in English or Chinese.
    #[arg(long, value_name = "TEXT", default_value = "format and compress this video for sharing on WeChat")]
    pub(crate) instruct: String,

    #[command(flatten)]
    pub(crate) aim: look::Aim,

    /// Replace an existing output.
    #[arg(long)]
    pub(crate) force: bool,

    /// Tell what would be made of each clip, how and why, how large it gets and how long it takes. Nothing is written, sent
    /// or charged.
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// What is too long for where it goes becomes numbered parts: NAME-wechat-1.mp4, NAME-wechat-2.mp4. On this machine.
    #[arg(long)]
    pub(crate) parts: bool,

    /// Begin again even if this was begun before and may have been charged: that job is forgotten, and it is paid again.
    #[arg(long)]
    pub(crate) anew: bool,
}

/// `resume`.
#[derive(Debug, clap::Args)]
pub(crate) struct Resume {
    #[command(flatten)]
    pub(crate) job: Named,

    /// Write the video here instead, if the first place is taken by now.
    #[arg(short, long, value_name = "OUT|DIR")]
    pub(crate) output: Option<PathBuf>,

    /// Replace an existing output.
    #[arg(long)]
    pub(crate) force: bool,
}

/// Which job, if there is more than one.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// The job, or how its id begins. Default: the only unfinished one.
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
}

/// `forget`.
#[derive(Debug, clap::Args)]
pub(crate) struct Forget {
    /// The job, or how its id begins.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

/// `say`.
#[derive(Debug, clap::Args)]
pub(crate) struct Say {
    /// Your words, in English or Chinese.
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) text: String,

    /// Tell how the words are understood. Nothing is sent and nothing is done.
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Where the agent wants you to drag something by hand, ask it to do that itself: one more message, charged like any.
    #[arg(long)]
    pub(crate) follow_up: bool,

    #[command(flatten)]
    pub(crate) target: Target,

    #[command(flatten)]
    pub(crate) aim: look::Aim,

    #[command(flatten)]
    pub(crate) session: InSession,
}

/// `upload`.
#[derive(Debug, clap::Args)]
pub(crate) struct Upload {
    /// A file, or an http(s) URL for the server to fetch.
    #[arg(value_name = "FILE|URL")]
    pub(crate) media: String,

    #[command(flatten)]
    pub(crate) session: InSession,

    /// Begin a new session even if there is one.
    #[arg(long)]
    pub(crate) new: bool,
}

/// `export`.
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) target: Target,

    #[command(flatten)]
    pub(crate) aim: look::Aim,

    #[command(flatten)]
    pub(crate) session: InSession,
}

/// Where a video goes.
#[derive(Debug, clap::Args)]
pub(crate) struct Target {
    /// The MP4 to write, or an existing folder to write into. Default: wechat.mp4 in this folder.
    #[arg(short, long, value_name = "OUT|DIR")]
    pub(crate) output: Option<PathBuf>,

    /// Replace an existing output.
    #[arg(long)]
    pub(crate) force: bool,
}

/// Which session.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct InSession {
    /// The session. Default: the last one used with this backend.
    #[arg(long, value_name = "ID")]
    pub(crate) session: Option<String>,
}

/// `serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// The port; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,

    /// Answer every render with a tiny canned video; needs no ffmpeg.
    #[arg(long)]
    pub(crate) canned: bool,
}
