//! How a server is set up.

use crate::app::{App, is_loopback};
use crate::backend::FakeBackend;
use crate::canned::Canned;
use crate::clock::{Clock, Time};
use crate::dialect::Dialect;
use crate::fault::Fault;
use crate::ids::Ids;
use crate::keep::Keep;
use crate::manner::Manner;
use crate::renderer::Renderer;
use crate::reply::{AgentReply, Heartbeat};
use crate::variants::Variants;
use crate::world::Scope;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The formats of PROTOCOL.md: video, image, sound.
const FORMATS: [&str; 13] =
    ["mp4", "mov", "avi", "webm", "mkv", "jpg", "png", "gif", "webp", "mp3", "wav", "m4a", "aac"];
/// "200 MB" of PROTOCOL.md, row "upload": MB is a million bytes.
const UPLOAD_LIMIT: u64 = 200_000_000;
/// What the service gives an anonymous user.
const CREDITS: u64 = 100;
/// How long an anonymous token holds.
const TOKEN_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A server that isn't running yet. [`FakeBackend::builder`] makes one.
#[must_use = "a builder runs nothing until `start`"]
pub struct Builder {
    pub(crate) settings: Settings,
    renderer: Arc<dyn Renderer>,
    ids: Ids,
    port: u16,
    spool_in: Option<PathBuf>,
    keep_in: Option<PathBuf>,
    faults: Vec<Fault>,
    replies: Vec<AgentReply>,
}

#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) host: String,
    pub(crate) variants: Variants,
    pub(crate) dialect: Dialect,
    pub(crate) manner: Manner,
    pub(crate) heartbeat: Option<(Duration, Heartbeat)>,
    pub(crate) formats: Vec<String>,
    pub(crate) upload_limit: u64,
    pub(crate) credits: u64,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) token_lifetime: Duration,
    pub(crate) token_rules: bool,
    pub(crate) strict_drafts: bool,
    pub(crate) render_pace: RenderPace,
    pub(crate) renders_at_once: usize,
    pub(crate) clock: Clock,
    pub(crate) keep_alive: bool,
    /// Whether faults are taken over HTTP.
    pub(crate) admin: bool,
    /// Milliseconds since 1970.
    pub(crate) frozen_at: Option<u64>,
    /// Whether `finish` judges the client.
    pub(crate) judged: bool,
    /// Whether its pace is judged too; by the kind of clock where nobody said.
    pub(crate) paced: Option<bool>,
}

/// What decides how far a render shows itself to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RenderPace {
    /// What is really going on.
    Real,
    /// A finished render stays `processing` for so many status queries.
    Queries(u32),
    /// The clock: each render takes a time of its own between these.
    Timed { shortest: Duration, longest: Duration },
}

impl Settings {
    /// Whether only this machine can reach the server.
    pub(crate) fn loopback_only(&self) -> bool {
        is_loopback(&self.host)
    }
}

impl Builder {
    pub(crate) fn new() -> Self {
        let settings = Settings {
            host: "127.0.0.1".to_owned(),
            variants: Variants::default(),
            dialect: Dialect::Flat,
            manner: Manner::default(),
            heartbeat: None,
            formats: FORMATS.map(str::to_owned).to_vec(),
            upload_limit: UPLOAD_LIMIT,
            credits: CREDITS,
            scopes: Scope::ALL.to_vec(),
            token_lifetime: TOKEN_LIFETIME,
            token_rules: true,
            strict_drafts: true,
            render_pace: RenderPace::Queries(1),
            renders_at_once: 4,
            clock: Clock::Real,
            keep_alive: true,
            admin: false,
            frozen_at: None,
            judged: true,
            paced: None,
        };
        let renderer: Arc<dyn Renderer> = Arc::new(Canned);
        let ids = Ids::counted(0);
        Self {
            settings,
            renderer,
            ids,
            port: 0,
            spool_in: None,
            keep_in: None,
            faults: Vec::new(),
            replies: Vec::new(),
        }
    }

    /// The API's port; 0, the default, takes a free one. The CDN always takes a free one.
    pub const fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The address to listen on, `127.0.0.1` by default. On a loopback address only requests whose `Host` is one too are
    /// answered, so that no web page can reach the server under a name of its own.
    pub fn host(mut self, host: &str) -> Self {
        host.clone_into(&mut self.settings.host);
        self
    }

    /// Who looks at uploads, answers messages and renders. The canned renderer by default.
    pub fn renderer(mut self, renderer: Arc<dyn Renderer>) -> Self {
        self.renderer = renderer;
        self
    }

    /// Serves people, not tests: random ids and tokens, no limit on tokens, renders at their own pace, one at a time.
    pub fn local(mut self) -> Self {
        self.ids = Ids::Random;
        self.settings.token_rules = false;
        self.settings.render_pace = RenderPace::Real;
        self.settings.renders_at_once = 1;
        self
    }

    /// More file name extensions to accept than the service does, without a dot.
    pub fn accept_formats(mut self, extensions: &[&str]) -> Self {
        self.settings.formats.extend(extensions.iter().map(|extension| extension.to_ascii_lowercase()));
        self
    }

    /// The shapes of answers.
    pub const fn variants(mut self, variants: Variants) -> Self {
        self.settings.variants = variants;
        self
    }

    /// The events of the chat stream.
    pub const fn dialect(mut self, dialect: Dialect) -> Self {
        self.settings.dialect = dialect;
        self
    }

    /// Signs of life in the chat stream while nothing else comes, this often.
    pub const fn heartbeat(mut self, every: Duration, form: Heartbeat) -> Self {
        self.settings.heartbeat = Some((every, form));
        self
    }

    /// The largest upload, in bytes a file: 200,000,000 by default.
    pub const fn upload_limit(mut self, bytes: u64) -> Self {
        self.settings.upload_limit = bytes;
        self
    }

    /// The credits of a new space: 100 by default.
    pub const fn credits(mut self, credits: u64) -> Self {
        self.settings.credits = credits;
        self
    }

    /// What anonymous tokens may do: everything by default; the real service is said to leave out export.
    pub fn scopes(mut self, scopes: &[Scope]) -> Self {
        self.settings.scopes = scopes.to_vec();
        self
    }

    /// How long tokens hold: 7 days by default.
    pub const fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.token_lifetime = lifetime;
        self
    }

    /// Takes any exportable draft, not only one that the session has or had.
    pub const fn any_draft(mut self) -> Self {
        self.settings.strict_drafts = false;
        self
    }

    /// For how many status queries a finished render is still `processing`: 1 by default.
    pub const fn render_queries(mut self, queries: u32) -> Self {
        self.settings.render_pace = RenderPace::Queries(queries);
        self
    }

    /// Lets each render take a time by the clock between these two, 30 s to 90 s as the service does. Which, follows from
    /// its id; `progress` goes fast in the middle and creeps to 99 at the end. Renders don't wait for each other then.
    pub const fn render_time(mut self, shortest: Duration, longest: Duration) -> Self {
        self.settings.render_pace = RenderPace::Timed { shortest, longest };
        self
    }

    /// What the server measures time with: the machine's own clock by default.
    pub const fn clock(mut self, clock: Clock) -> Self {
        self.settings.clock = clock;
        self
    }

    /// Stops the calendar at so many milliseconds since 1970, so that two runs give the same bytes. Timers still run. A
    /// manual clock begins there instead.
    pub const fn frozen_at(mut self, unix_ms: u64) -> Self {
        self.settings.frozen_at = Some(unix_ms);
        self
    }

    /// Whether the client's pace is judged: it has to go by this server's clock and keep the waits of the cloud. By default
    /// only under a manual clock, which a test moves for both.
    pub const fn pace(mut self, judged: bool) -> Self {
        self.settings.paced = Some(judged);
        self
    }

    /// Lets [`FakeBackend::finish`] judge no client: for tests of the server, whose requests are wrong on purpose.
    pub const fn unjudged(mut self) -> Self {
        self.settings.judged = false;
        self
    }

    /// Where the counted ids begin: servers with different seeds share no id.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.ids = Ids::counted(seed);
        self
    }

    /// The folder in which the spool folder is made; the system's temporary folder by default.
    pub fn spool_in(mut self, folder: impl Into<PathBuf>) -> Self {
        self.spool_in = Some(folder.into());
        self
    }

    /// Keeps spaces and sessions in this folder, which is made for this user alone, and finds them there again: tokens,
    /// balances, uploads and drafts are as they were answered, whatever ended the server before. Exports are not kept, nor
    /// are the charges in a [`Ledger`](crate::Ledger).
    ///
    /// A session goes with its files when it was unused for 7 days, or when it is the oldest of more than 100. A damaged
    /// file is as good as none. Several servers may share the folder: each finds what the others opened, and the last one
    /// that changes a session wins.
    ///
    /// The spool is made in this folder too, and ids are random: counted ones would come again.
    pub fn keep_in(mut self, folder: impl Into<PathBuf>) -> Self {
        self.keep_in = Some(folder.into());
        self
    }

    /// A fault from the start; [`FakeBackend::fault`] adds one later.
    ///
    /// # Panics
    /// If it can't stand where it is put: [`Fault::misplaced`] says why.
    pub fn fault(self, fault: Fault) -> Self {
        self.faults([fault])
    }

    /// Faults from the start, such as those of a [`Fault::program`].
    ///
    /// # Panics
    /// If one can't stand where it is put: [`Fault::misplaced`] says why.
    pub fn faults(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.faults.extend(faults.into_iter().map(Fault::placed));
        self
    }

    /// Takes faults while it runs, under `/__admin/faults` of the API's origin: `POST` a [`Fault::program`] as
    /// `application/toml`, `GET` what became of each as JSON, `DELETE` all. Only for servers on a loopback address.
    pub const fn admin(mut self) -> Self {
        self.settings.admin = true;
        self
    }

    /// Whether a connection takes more than one request, as it does by default. Without, the n-th connection is the n-th
    /// request.
    pub const fn keep_alive(mut self, keep: bool) -> Self {
        self.settings.keep_alive = keep;
        self
    }

    /// A reply for the next message that has none yet; [`FakeBackend::reply`] adds one later.
    pub fn reply(mut self, reply: AgentReply) -> Self {
        self.replies.push(reply);
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    /// The port is taken, faults are to be taken over HTTP on an address that is not a loopback one, the host isn't an address of this machine, or the spool folder or the one to keep in can't be made.
    pub fn start(self) -> io::Result<FakeBackend> {
        if self.settings.admin && !self.settings.loopback_only() {
            let why = "faults are taken over HTTP only on a loopback address";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let api = listen(&self.settings.host, self.port)?;
        let cdn = listen(&self.settings.host, 0)?;
        let cdn_port = cdn.local_addr()?.port();
        let clock = Time::new(self.settings.clock, self.settings.frozen_at);
        let keep = self.keep_in.map(|folder| keep(folder, clock.clone())).transpose()?;
        let mut folder = tempfile::Builder::new();
        folder.prefix("weixin-video-");
        let spool = match (&keep, &self.spool_in) {
            (Some(keep), _) => keep.spool()?,
            (None, Some(parent)) => folder.tempdir_in(parent)?,
            (None, None) => folder.tempdir()?,
        };
        let ids = if keep.is_some() { Ids::Random } else { self.ids };
        let app = App::new(self.settings, clock, self.renderer, ids, (spool, keep), cdn_port);
        self.faults.into_iter().for_each(|fault| app.script.add(fault));
        app.world().replies.extend(self.replies);
        FakeBackend::run(app, api, cdn)
    }
}

fn keep(folder: PathBuf, clock: Time) -> io::Result<Keep> {
    let shown = folder.display().to_string();
    Keep::open(folder, clock)
        .map_err(|error| io::Error::new(error.kind(), format!("cannot keep sessions in {shown}: {error}")))
}

fn listen(host: &str, port: u16) -> io::Result<std::net::TcpListener> {
    let bound = std::net::TcpListener::bind((host.trim_start_matches('[').trim_end_matches(']'), port));
    let listener = bound.map_err(|error| {
        let why =
            if error.kind() == io::ErrorKind::AddrInUse { "the port is in use".to_owned() } else { error.to_string() };
        io::Error::new(error.kind(), format!("cannot listen on {host}:{port}: {why}"))
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}
