//! What a client is set up with, and the waits it keeps, each with its reason.

use std::time::Duration;

use crate::attribution::Attribution;
use crate::call::{BadOrigin, Origin};
use crate::error::Charged;
use crate::media::Accept;
use crate::pace::Polls;

/// The cloud's API, unless `NEMO_API_URL` says otherwise.
pub const CLOUD_API: &str = "https://mega-api-prod.nemovideo.ai";
/// The cloud's pages for people, unless `NEMO_WEB_URL` says otherwise.
pub const CLOUD_WEB: &str = "https://nemovideo.com";

/// Everything a client must know that is not an account.
///
/// ```
/// use weixin_video_core::config::Config;
///
/// let local = Config::new("http://127.0.0.1:8080")?;
/// assert!(local.api.is_loopback());
/// # Ok::<(), weixin_video_core::call::BadOrigin>(())
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// The API: the only origin that sees the token.
    pub api: Origin,
    /// Pages for people (registration, claim links).
    pub web: Origin,
    /// The three attribution headers.
    pub attribution: Attribution,
    /// Which files the backend takes.
    pub accept: Accept,
    /// Whether messages cost nothing there, so that no outcome has to be told as charged.
    pub free_of_charge: bool,
    /// How a render is waited for.
    pub render_polls: Polls,
    /// How the outcome of a charged message is looked for after its stream broke.
    pub recovery: Recovery,
}

impl Config {
    /// The defaults for the API at `api_url`: a backend on this machine takes more formats and is asked more often.
    ///
    /// # Errors
    /// `api_url` is no https URL, nor an http URL of this machine.
    pub fn new(api_url: &str) -> Result<Self, BadOrigin> {
        let api = Origin::parse(api_url)?;
        let local = api.is_loopback();
        Ok(Self {
            web: Origin::parse(CLOUD_WEB)?,
            attribution: Attribution::default(),
            accept: if local { Accept::Local } else { Accept::Cloud },
            free_of_charge: false,
            render_polls: if local { Polls::LOCAL } else { Polls::CLOUD },
            recovery: if local { Recovery::LOCAL } else { Recovery::CLOUD },
            api,
        })
    }

    /// What it cost, where that costs anything at all.
    pub(crate) fn cost(&self, charged: Charged) -> Charged {
        if self.free_of_charge { Charged::No } else { charged }
    }
}

/// When the state is asked for after a stream broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Time from the break to the first question.
    pub first: Duration,
    /// Time between two questions.
    pub every: Duration,
    /// How many questions before the outcome is called unknown.
    pub most: u32,
}

impl Recovery {
    /// "Wait 30 s, query the state; else every 60 s, 5 times" (PROTOCOL.md, "stream breaks").
    pub const CLOUD: Self = Self { first: Duration::from_secs(30), every: Duration::from_secs(60), most: 6 };
    /// An agent on this machine edits in well under a second.
    pub const LOCAL: Self = Self { first: Duration::from_millis(500), every: Duration::from_secs(1), most: 6 };
}

/// A small request that is not answered by then won't be: the server's own gateway gives up after 60 s.
pub(crate) const REPLY: Duration = Duration::from_secs(60);
/// The slowest uplink worth waiting for, in bytes a second: 200 MB take 53 minutes with it.
pub(crate) const SLOWEST_UPLINK: u64 = 64 * 1024;
/// The server may inspect and store an upload before it answers.
pub(crate) const UPLOAD_REPLY: Duration = Duration::from_secs(180);
/// A download that brings nothing for this long has broken off.
pub(crate) const DOWNLOAD_STALL: Duration = Duration::from_secs(60);
/// No answer needs more JSON than this: a draft of thousands of segments is under 8 MiB.
pub(crate) const MAX_REPLY_BYTES: usize = 32 * 1024 * 1024;
/// The body of an HTTP error is read for its words only.
pub(crate) const MAX_ERROR_BYTES: usize = 64 * 1024;
/// No video for WeChat is larger than what Channels takes, 20 GB.
pub(crate) const MAX_DOWNLOAD_BYTES: u64 = 20_000_000_000;

/// "Up to 15 min" for a chat in all; then recovery.
pub(crate) const CHAT_TOTAL: Duration = Duration::from_secs(15 * 60);
/// "10 min of nothing but heartbeats": treated as lost. Silence counts the same: the stock agent server
/// sends nothing at all during a long tool.
pub(crate) const CHAT_IDLE: Duration = Duration::from_secs(10 * 60);
/// "Every 2 min" a word that it still works.
pub(crate) const CHAT_WORD: Duration = Duration::from_secs(2 * 60);
/// "429: once, after 30 s or what Retry-After says".
pub(crate) const RATE_LIMIT: Duration = Duration::from_secs(30);
/// A `Retry-After` longer than this is told to the user instead of being waited for.
pub(crate) const RATE_LIMIT_MOST: Duration = Duration::from_secs(120);
/// The first pause after a failed free request; doubled each time, with up to a half on top as jitter.
pub(crate) const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// A free question is asked this often before its failure is told.
pub(crate) const FREE_TRIES: u32 = 4;
/// A token this close to its end is renewed before it is used: a job takes less than an hour.
pub(crate) const TOKEN_MARGIN: Duration = Duration::from_secs(60 * 60);
/// "7 days", when the server does not say when its token ends.
pub(crate) const TOKEN_LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
