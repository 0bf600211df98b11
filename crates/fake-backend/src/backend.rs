//! The running server and what a test asks it.

use crate::accept::accept;
use crate::app::App;
use crate::audit::{Finding, audit};
use crate::book::Hand;
use crate::builder::Builder;
use crate::clock::Clock;
use crate::fault::Fault;
use crate::gate::Gate;
use crate::journal::{Bearer, Exchange};
use crate::ledger::Ledger;
use crate::reply::AgentReply;
use crate::route::Origin;
use crate::verdict::{Facts, Verdict, judge};
use crate::world::{Scope, World};
use crate::{api, clock, journal};
use hyper_util::service::TowerToHyperService;
use serde_json::Value;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;

/// How long a stopped server waits for its renders to see that they are cancelled.
const STOP_TIME: Duration = Duration::from_secs(10);

/// A running server. Dropping it stops it: connections close, renders are cancelled, the spool is removed. What
/// [`Builder::keep_in`] keeps stays.
///
/// It runs on a thread of its own, so it can be started and asked from blocking and from async code alike.
#[must_use = "the server stops when this is dropped"]
pub struct FakeBackend {
    app: Arc<App>,
    address: SocketAddr,
    stopper: Stopper,
    /// The scheduler of the server's thread; none if it could not be made.
    server: Option<Handle>,
    thread: Option<JoinHandle<()>>,
}

/// Stops a server from another thread, such as one that waits for a signal.
#[derive(Clone)]
pub struct Stopper {
    stop: watch::Sender<bool>,
    ended: Arc<(Mutex<bool>, Condvar)>,
}

impl Stopper {
    /// Tells the server to stop and returns at once.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }
}

impl FakeBackend {
    /// A server with the canned renderer on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// No port is free, or the spool folder can't be made.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// A server to be set up.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) fn run(app: App, api: TcpListener, cdn: TcpListener) -> io::Result<Self> {
        let address = api.local_addr()?;
        let app = Arc::new(app);
        let (stop, stopped) = watch::channel(false);
        let stopper = Stopper { stop, ended: Arc::default() };
        let ended = Arc::clone(&stopper.ended);
        let served = Arc::clone(&app);
        let (tell, told) = mpsc::channel();
        let thread = std::thread::Builder::new().name("fake-backend".to_owned()).spawn(move || {
            // A runtime that can't be made leaves nobody to tell: requests fail to connect, `wait` returns.
            if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
                // The one who waits for it is the one who spawned this thread.
                let _ = tell.send(runtime.handle().clone());
                runtime.block_on(serve(&served, [api, cdn], stopped));
                cancel_renders(&served);
                runtime.shutdown_timeout(STOP_TIME);
            }
            drop((served, tell));
            *journal::lock(&ended.0) = true;
            ended.1.notify_all();
        })?;
        let server = told.recv().ok();
        Ok(Self { app, address, stopper, server, thread: Some(thread) })
    }

    /// The API's origin, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The CDN's origin: the same host, another port.
    pub fn cdn_url(&self) -> String {
        format!("http://{}", SocketAddr::new(self.address.ip(), self.app.cdn_port))
    }

    /// Moves a manual clock. Every timer on the way fires at its own time, and what it sets off inside the server is done
    /// before the next one: 15 s heartbeats in a minute are four. What a client does about it takes real time.
    ///
    /// # Panics
    /// If the clock is not [`Clock::Manual`].
    pub fn advance(&self, time: Duration) {
        self.app.clock.advance(time, || self.server.iter().for_each(clock::settle));
    }

    /// How long until the next timer of a manual clock fires: `None` as long as nothing in the server waits for time. A
    /// test that asks for this before it advances knows that its request has come that far.
    pub fn next_timer(&self) -> Option<Duration> {
        self.app.clock.next_timer()
    }

    /// Milliseconds since the server began, by its clock: the times in the journal.
    pub fn now_ms(&self) -> u64 {
        self.app.clock.elapsed_ms()
    }

    /// Blocks until the server has stopped.
    pub fn wait(&self) {
        let (ended, changed) = &*self.stopper.ended;
        let mut guard = journal::lock(ended);
        while !*guard {
            guard = changed.wait(guard).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }

    /// Something that can stop the server from elsewhere.
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Stops the server and waits until it has.
    pub fn shutdown(self) {
        drop(self);
    }

    /// Every exchange so far, oldest first, up to [`journal::KEPT_EXCHANGES`](crate::KEPT_EXCHANGES).
    pub fn journal(&self) -> Vec<Exchange> {
        self.app.journal.snapshot()
    }

    /// Says that what comes from now on is another run of the client: a program started anew, that knows only what it kept.
    pub fn begin_run(&self) {
        self.app.journal.begin_run();
    }

    /// The requests so far as text, with the server's own addresses written `api` and `cdn`: two runs against two servers
    /// of the same seed can be compared byte for byte.
    pub fn transcript(&self) -> String {
        let (api, cdn) = (self.address.to_string(), format!("{}:{}", self.address.ip(), self.app.cdn_port));
        let text: String = self.journal().iter().map(transcribe).collect();
        text.replace(&api, "api").replace(&cdn, "cdn")
    }

    /// Adds a fault.
    ///
    /// # Panics
    /// If it can't stand where it is put: [`Fault::misplaced`] says why.
    pub fn fault(&self, fault: Fault) {
        self.app.script.add(fault.placed());
    }

    /// A reply for the next message that has none yet, whoever sends it.
    pub fn reply(&self, reply: AgentReply) {
        self.app.world().replies.push_back(reply);
    }

    /// What has been scripted and has not happened: faults that never fired, replies that nobody asked for.
    pub fn unfired(&self) -> Vec<String> {
        let mut unfired = self.app.script.unfired();
        unfired.extend(self.app.world().unused_replies());
        unfired
    }

    /// Breaches of rules that must never pass: a token on the CDN, a token in a URL.
    pub fn violations(&self) -> Vec<String> {
        self.app.world().violations.clone()
    }

    /// What in the server's books doesn't add up; nothing, if server and test are sound.
    pub fn audit(&self) -> Vec<Finding> {
        audit(&self.app.world())
    }

    /// The rules the client broke, in the order of its requests.
    pub fn verdicts(&self) -> Vec<Verdict> {
        judge(&self.journal(), &self.facts())
    }

    fn facts(&self) -> Facts {
        let settings = &self.app.settings;
        let world = self.app.world();
        let edits = world.spaces.iter().flat_map(|space| &space.book.edits);
        Facts {
            clients: world.spaces.iter().map(|space| space.client_id.clone()).collect(),
            preset: edits.filter(|edit| edit.by == Hand::Test).map(|edit| edit.session_id.clone()).collect(),
            token_ms: clock::millis(settings.token_lifetime),
            paced: settings.paced.unwrap_or(settings.clock == Clock::Manual),
        }
    }

    /// Puts other bytes under the URL of a file on the CDN: a new version of it, with another `ETag`. Answers that are on
    /// their way go on with the old one.
    ///
    /// # Errors
    /// There is no such file, or the spool can't be written.
    pub fn replace_file(&self, url: &str, bytes: &[u8]) -> io::Result<()> {
        let key = url.strip_prefix(&self.cdn_url()).and_then(|path| path.strip_prefix('/')).unwrap_or_default();
        let name = self.app.ids().hex(2);
        let path = self.app.spool_path(&format!("version-{name}"));
        std::fs::write(&path, bytes)?;
        let mut world = self.app.world();
        let asset = world.assets.get_mut(key).ok_or(io::ErrorKind::NotFound)?;
        (asset.path, asset.len, asset.etag) = (path, bytes.len() as u64, format!("\"{}\"", &name[..16]));
        Ok(())
    }

    /// Ends a test: stops the server.
    ///
    /// # Panics
    /// If something scripted never happened, a token went where it must not, the books don't add up, or the client broke a
    /// [`Rule`](crate::Rule), unless it is [not judged](Builder::unjudged).
    pub fn finish(self) {
        let (unfired, violations) = (self.unfired(), self.violations());
        assert!(unfired.is_empty(), "scripted, but never happened: {unfired:#?}");
        assert!(violations.is_empty(), "the token leaked: {violations:#?}");
        let findings = self.audit();
        assert!(findings.is_empty(), "the books don't add up: {findings:#?}");
        let verdicts = if self.app.settings.judged { self.verdicts() } else { Vec::new() };
        let words: Vec<String> = verdicts.iter().map(ToString::to_string).collect();
        assert!(words.is_empty(), "the client broke rules (tests of the server are unjudged): {words:#?}");
    }

    /// A token of a new space, as a registered user has one.
    pub fn token(&self, scopes: &[Scope]) -> String {
        let user_id = format!("user_{}", self.app.ids().hex(1));
        let space = self.app.world().add_space(user_id, None, self.app.settings.credits);
        let space = space.expect("a test needs fewer than the 100,000 spaces there may be");
        let (token, _) = self.app.issue(space, scopes.to_vec());
        self.keep(space);
        token
    }

    /// The space behind a token, `None` if the server never handed it out.
    pub fn space(&self, token: &str) -> Option<Space<'_>> {
        match self.app.bearer(Some(token)) {
            Bearer::Space(number) => Some(Space { backend: self, number, token: token.to_owned() }),
            Bearer::Absent | Bearer::Unknown => None,
        }
    }

    /// The ledger of a token's space; an empty one for a token the server never handed out.
    pub fn ledger(&self, token: &str) -> Ledger {
        self.space(token).map(|space| space.ledger()).unwrap_or_default()
    }

    /// Puts a file under a URL that uploads by URL may name. Nothing is ever fetched from there.
    ///
    /// # Errors
    /// The spool can't be written.
    pub fn register_url(&self, url: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.app.spool_path(&format!("url-{}", self.app.ids().hex(1)));
        std::fs::write(&path, bytes)?;
        self.app.world().urls.insert(url.to_owned(), path);
        Ok(())
    }

    /// Keeps what a test set. A folder that can't be written shows in the next request.
    fn keep(&self, space: usize) {
        let _ = self.app.keep_space(space);
    }
}

impl Drop for FakeBackend {
    fn drop(&mut self) {
        self.stopper.stop();
        if let Some(thread) = self.thread.take() {
            // A panic on that thread is printed there; there is nothing left to do about it here.
            let _ = thread.join();
        }
    }
}

/// One user's part of a server.
#[must_use = "a space does nothing by itself"]
pub struct Space<'a> {
    backend: &'a FakeBackend,
    number: usize,
    token: String,
}

impl Space<'_> {
    /// Its number, as in [`Bearer::Space`].
    pub const fn number(&self) -> usize {
        self.number
    }

    /// Its credits and charges.
    pub fn ledger(&self) -> Ledger {
        self.with(|world| world.spaces[self.number].ledger.clone())
    }

    /// Sets its credits.
    pub fn set_credits(&self, available: u64, frozen: u64) {
        self.with(|world| {
            world.spaces[self.number].ledger.set(available, frozen);
        });
        self.backend.keep(self.number);
    }

    /// The ids of its sessions; of kept ones, those that were asked for.
    pub fn sessions(&self) -> Vec<String> {
        self.with(|world| world.spaces[self.number].sessions.keys().cloned().collect())
    }

    /// Forgets a session with its files and exports, as a server does that cleans up.
    pub fn forget_session(&self, session_id: &str) {
        self.backend.app.forget(self.number, session_id);
    }

    /// The draft of a session, `null` before the first edit; `None` if there is no such session.
    pub fn draft(&self, session_id: &str) -> Option<Value> {
        self.backend.app.session(self.number, session_id, |session| session.draft()).ok()
    }

    /// Sets the draft of a session, as an edit elsewhere does.
    pub fn set_draft(&self, session_id: &str, draft: Value) {
        // A session that is gone has no draft to set.
        let set = self.backend.app.change(self.number, session_id, |session| session.set_draft(draft.clone(), 0));
        if set.is_ok() {
            self.with(|world| world.spaces[self.number].book.edited(session_id, Hand::Test));
        }
    }

    /// Lets the token this space was asked for by expire now. The same client id then gets a new one, for the same space.
    pub fn expire_token(&self) {
        self.with(|world| world.revoke(&self.token));
        self.backend.keep(self.number);
    }

    /// A reply for the next message in this space that has none yet.
    pub fn reply(&self, reply: AgentReply) {
        self.with(|world| world.spaces[self.number].replies.push_back(reply));
    }

    fn with<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        work(&mut self.backend.app.world())
    }
}

async fn serve(app: &Arc<App>, [api, cdn]: [TcpListener; 2], stopped: watch::Receiver<bool>) {
    let gate = |origin, router| Gate { app: Arc::clone(app), origin, router: TowerToHyperService::new(router) };
    let api = accept(api, gate(Origin::Api, api::api(Arc::clone(app))), stopped.clone());
    let cdn = accept(cdn, gate(Origin::Cdn, api::cdn(Arc::clone(app))), stopped);
    tokio::join!(api, cdn);
}

fn cancel_renders(app: &App) {
    let renders: Vec<_> = app
        .world()
        .spaces
        .iter()
        .flat_map(|space| space.renders.values())
        .map(|render| render.control.clone())
        .collect();
    renders.iter().for_each(crate::renderer::Control::cancel);
}

fn transcribe(exchange: &Exchange) -> String {
    let headers: String = exchange.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let Exchange { origin, method, target, body_len, .. } = exchange;
    format!("{origin:?} {method} {target}\n{headers}\n{}\n({body_len} bytes)\n\n", exchange.body_text())
}
