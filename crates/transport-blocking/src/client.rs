//! The client: one method an operation.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock::{Clock, SystemClock};
use crate::core::account::Account;
use crate::core::api::{
    CancelExport, Claim, ClaimLink, Credits, Endpoint, Message, OpenSession, ReadCredits, ReadState, Session, State,
    Upload, UploadUrl, Uploaded,
};
use crate::core::authorize::Authorized;
use crate::core::call::SinkId;
use crate::core::chat::{Answer, Chat};
use crate::core::config::Config;
use crate::core::download::{Download, Downloaded};
use crate::core::draft::Draft;
use crate::core::error::{Error, Fault, What};
use crate::core::event::{Checkpoint, Observer};
use crate::core::export::{Export, Rendered};
use crate::core::files::{Media, Output};
use crate::core::ids::{Credential, RenderId, Seed, SessionId};
use crate::core::job::{Delivered, Job, Order};
use crate::core::machine::Machine;
use crate::core::one_call::OneCall;
use crate::core::{language, media};
use crate::drive::drive;
use crate::http::Network;
use crate::port::{Files, HttpPort};
use crate::sink::Sink;
use crate::source::Source;
use crate::stop::Stop;

/// A client of one API, for one account. Cloning it is cheap; clones share the account and the stop.
///
/// Every operation gets a token first if there is none, tells `observer` what happens, and ends with what the
/// [`Error`] can say: what it cost, and what to do next.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    clock: Arc<dyn Clock>,
    seeds: Arc<dyn Fn() -> Seed + Send + Sync>,
}

struct Shared {
    config: Arc<Config>,
    account: Account,
    network: Network,
    stop: Stop,
}

/// The operating system gives no randomness, without which no id can be made.
#[derive(Debug)]
pub struct SetupError(getrandom::Error);

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the operating system gives no randomness: {}", self.0)
    }
}

impl std::error::Error for SetupError {}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.shared.config.api)
    }
}

impl Client {
    /// A client of the API in `config`. Nothing is sent yet.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub fn new(config: Config, credential: Credential) -> Result<Self, SetupError> {
        let shared = Shared {
            config: Arc::new(config),
            account: Account::new(credential),
            network: Network::new(),
            stop: Stop::default(),
        };
        let seeds = random_seeds()?;
        Ok(Self { shared: Arc::new(shared), clock: Arc::new(SystemClock::new()), seeds: Arc::new(seeds) })
    }

    /// The same client with other seeds: every operation takes one, and makes its ids, boundaries and jitter from it.
    #[must_use]
    pub fn with_seeds(self, seeds: impl Fn() -> Seed + Send + Sync + 'static) -> Self {
        Self { seeds: Arc::new(seeds), ..self }
    }

    /// The same client with another clock.
    #[must_use]
    pub fn with_clock(self, clock: impl Clock + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// What it was set up with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// The account as it is now: a token may have been granted since the client was made.
    #[must_use]
    pub fn credential(&self) -> Credential {
        self.shared.account.credential()
    }

    /// Ends whatever this client and its clones are doing, from another thread, for good.
    ///
    /// A running operation ends within a fraction of a second with an error that knows what was charged; what it had
    /// written is gone. Its last checkpoint still holds.
    pub fn stop(&self) {
        self.shared.stop.set();
    }

    /// Whether [`Self::stop`] was called.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.shared.stop.is_set()
    }

    /// The whole job: uploads `clip`, has it edited as `words` say, renders it and writes the video to `output`.
    ///
    /// The language of the session is that of the words.
    ///
    /// # Errors
    /// Before anything is sent: the clip is missing, unreadable, no media, too large; the output exists and may not be
    /// replaced, or has no folder. Afterwards whatever [`Job`] ends with.
    pub fn format(
        &self,
        clip: &Path,
        words: &str,
        output: &Output,
        observer: &mut dyn Observer,
    ) -> Result<Delivered, Error> {
        let (sink, source) = (open_sink(output, None)?, self.open_source(clip)?);
        let order = Order {
            source: source.about.clone(),
            message: Message::new(words),
            sink: SINK,
            language: language::of(words).to_owned(),
        };
        let files = Files { source: Some(source), sink: Some(sink) };
        self.run(files, observer, |config, seed| Job::new(config, order, seed))
    }

    /// Goes on from where a job was cut off. A message that may have left is not sent again.
    ///
    /// `clip` is needed for a job that was cut off before its clip had arrived; otherwise it may help, if the session is
    /// gone by now.
    ///
    /// # Errors
    /// The clip and the output as in [`Self::format`]; then whatever [`Job`] ends with.
    pub fn resume(
        &self,
        checkpoint: Checkpoint,
        clip: Option<&Path>,
        output: &Output,
        observer: &mut dyn Observer,
    ) -> Result<Delivered, Error> {
        let source = match clip {
            Some(clip) => Some(self.open_source(clip)?),
            None => None,
        };
        let about = source.as_ref().map(|source| source.about.clone());
        let sink = open_sink(output, checkpoint.published_bytes())?;
        let files = Files { source, sink: Some(sink) };
        self.run(files, observer, |config, seed| Job::resume(config, checkpoint, about, SINK, seed))
    }

    /// Finds out what came of a message that was cut off, and sends nothing: the parts of [`Checkpoint::Charging`].
    ///
    /// # Errors
    /// Whatever [`Chat`] ends with; [`What::Unconfirmed`] when the timeline does not tell.
    pub fn recover(
        &self,
        session: &SessionId,
        before: Option<&str>,
        since_ms: u64,
        observer: &mut dyn Observer,
    ) -> Result<Answer, Error> {
        let before = before.and_then(Draft::parse);
        let session = session.clone();
        self.run(Files::default(), observer, |config, seed| Chat::recover(config, session, before, since_ms, seed))
    }

    /// Opens a session; `language` is BCP 47 (PROTOCOL.md, row "session").
    ///
    /// # Errors
    /// No usable answer, or a refusal.
    pub fn session(&self, language: &str, observer: &mut dyn Observer) -> Result<Session, Error> {
        self.ask(OpenSession::new(language), observer)
    }

    /// Uploads a file, or has the server fetch a URL (PROTOCOL.md, row "upload").
    ///
    /// # Errors
    /// Before anything is sent: the file as in [`Self::format`]. Then no usable answer, or a refusal.
    pub fn upload(&self, session: &SessionId, media: &Media, observer: &mut dyn Observer) -> Result<Uploaded, Error> {
        match media {
            Media::Url(url) => self.ask(UploadUrl::new(session.clone(), url.clone()), observer),
            Media::File(path) => {
                let (source, seed) = (self.open_source(path)?, (self.seeds)());
                let upload = Upload::new(&self.shared.config, session.clone(), source.about.clone(), seed)?;
                let files = Files { source: Some(source), sink: None };
                self.run_seeded(seed, files, observer, |config| OneCall::new(config, upload, seed))
            }
        }
    }

    /// Sends a message to the paid agent, at most once, and reports what came of it (PROTOCOL.md, row "chat").
    ///
    /// # Errors
    /// Whatever [`Chat`] ends with; [`Error::charged`] says what it cost.
    pub fn chat(&self, session: &SessionId, words: &str, observer: &mut dyn Observer) -> Result<Answer, Error> {
        let message = Message::new(words);
        self.run(Files::default(), observer, |config, seed| Chat::new(config, session.clone(), message, seed))
    }

    /// What a session holds (PROTOCOL.md, row "state"). Free.
    ///
    /// # Errors
    /// No usable answer, or a refusal.
    pub fn state(&self, session: &SessionId, observer: &mut dyn Observer) -> Result<State, Error> {
        self.ask(ReadState::new(session.clone()), observer)
    }

    /// The balance (PROTOCOL.md, row "credits"). Free.
    ///
    /// # Errors
    /// No usable answer, or a refusal.
    pub fn credits(&self, observer: &mut dyn Observer) -> Result<Credits, Error> {
        self.ask(ReadCredits, observer)
    }

    /// Renders what is on a session's timeline now and waits for it (PROTOCOL.md, row "export"). Free.
    ///
    /// # Errors
    /// Whatever [`Export`] ends with.
    pub fn export(&self, session: &SessionId, observer: &mut dyn Observer) -> Result<Rendered, Error> {
        self.run(Files::default(), observer, |config, seed| Export::latest(config, session.clone(), seed))
    }

    /// Fetches a finished render, without the token, and writes it to `output` (PROTOCOL.md, row "download").
    ///
    /// # Errors
    /// The output as in [`Self::format`]; then whatever [`Download`] ends with.
    pub fn download_to(
        &self,
        rendered: &Rendered,
        output: &Output,
        observer: &mut dyn Observer,
    ) -> Result<Downloaded, Error> {
        let files = Files { source: None, sink: Some(open_sink(output, None)?) };
        self.run(files, observer, |config, _| Download::new(config, rendered.clone(), SINK))
    }

    /// Asks for a link under which a person can take the session over (PROTOCOL.md, row "claim link").
    ///
    /// # Errors
    /// No usable answer, or a refusal; a server without this endpoint answers 404.
    pub fn claim(&self, session: &Session, observer: &mut dyn Observer) -> Result<ClaimLink, Error> {
        self.ask(Claim::new(session.clone()), observer)
    }

    /// Stops a render (PROTOCOL.md, row "cancel export"). Free.
    ///
    /// # Errors
    /// No usable answer, or a refusal.
    pub fn cancel(&self, render: &RenderId, observer: &mut dyn Observer) -> Result<(), Error> {
        self.ask(CancelExport { render: render.clone() }, observer)
    }

    fn ask<E: Endpoint>(&self, endpoint: E, observer: &mut dyn Observer) -> Result<E::Answer, Error> {
        self.run(Files::default(), observer, |config, seed| OneCall::new(config, endpoint, seed))
    }

    fn run<M: Machine>(
        &self,
        files: Files,
        observer: &mut dyn Observer,
        machine: impl FnOnce(Arc<Config>, Seed) -> M,
    ) -> Result<M::Output, Error> {
        let seed = (self.seeds)();
        self.run_seeded(seed, files, observer, |config| machine(config, seed))
    }

    fn run_seeded<M: Machine>(
        &self,
        seed: Seed,
        files: Files,
        observer: &mut dyn Observer,
        machine: impl FnOnce(Arc<Config>) -> M,
    ) -> Result<M::Output, Error> {
        let Shared { config, account, network, stop } = &*self.shared;
        let mut port = HttpPort::new(network.clone(), files, self.clock.clone(), stop.clone());
        let machine = Authorized::new(config.clone(), account.clone(), seed, machine(config.clone()));
        drive(machine, &mut port, &*self.clock, stop, observer)
    }

    /// Judged here already, so that a file nobody takes costs no request at all.
    fn open_source(&self, path: &Path) -> Result<Source, Error> {
        let source = Source::open(path).map_err(|fault| Error::broke(Upload::NAME, fault))?;
        let about = &source.about;
        media::check(&about.name, about.bytes, &about.start, self.shared.config.accept).map_err(What::Source)?;
        Ok(source)
    }
}

/// The only output of an operation.
const SINK: SinkId = SinkId(0);

/// `may_exist`: how long the file may be that has its name already.
fn open_sink(output: &Output, may_exist: Option<u64>) -> Result<Sink, Error> {
    Sink::resumed(output, may_exist).map_err(|fault: Fault| Error::broke("download", fault))
}

/// Random once; every operation gets another number from there.
fn random_seeds() -> Result<impl Fn() -> Seed + Send + Sync, SetupError> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).map_err(SetupError)?;
    let (first, count) = (u128::from_le_bytes(bits), AtomicU64::new(0));
    Ok(move || Seed::new(first.wrapping_add(count.fetch_add(1, Ordering::Relaxed).into())))
}
