//! Ctrl-C and SIGTERM. The first one: the work is dropped, its temporary files go, and the line says what still runs, what
//! it cost, and how to go on. The second one: the program leaves at once, wherever it is.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use tokio::sync::oneshot;
use weixin_video_core::event::Checkpoint;

use crate::failure::Failure;
use crate::jobs::{JobId, Standing, resume_line};
use crate::output;

/// How far the work is, kept outside of it, so that it can be told after the work was dropped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Going(Arc<Mutex<Option<Underway>>>);

#[derive(Clone, Debug)]
struct Underway {
    id: Option<JobId>,
    standing: Standing,
    last: Option<Checkpoint>,
}

impl Going {
    /// A job has come to this point; without an id it can't be resumed.
    pub(crate) fn set(&self, id: Option<JobId>, standing: Standing, last: Option<Checkpoint>) {
        self.put(Some(Underway { id, standing, last }));
    }

    /// The work is done, or it goes on nowhere but here.
    pub(crate) fn clear(&self) {
        self.put(None);
    }

    fn put(&self, job: Option<Underway>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = job;
    }

    fn last(&self) -> Option<Underway> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What is said when a signal ends the program: once, by whoever comes to it first.
pub(crate) struct LastWords {
    pub(crate) json: bool,
    /// Whether to be stopped is how the command ends, and no failure.
    pub(crate) silent: bool,
    pub(crate) going: Going,
    pub(crate) said: Mutex<bool>,
}

impl LastWords {
    /// Says them unless they were said, and names the exit code.
    fn say(&self, failure: Failure) -> u8 {
        let exit = failure.exit;
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut *said, true) && !self.silent {
            output::finish(self.json, Err(failure));
        }
        exit
    }
}

/// Runs `work` until it ends or a signal comes. Dropping the work closes its connections and removes its files.
///
/// The outer error is the exit code of a program that was stopped and has said so.
pub(crate) fn until_stopped<T>(
    words: LastWords,
    run: impl FnOnce(Stopped) -> Result<T, Failure>,
) -> Result<Result<T, Failure>, u8> {
    let words = Arc::new(words);
    match run(Stopped(words.clone())) {
        Err(failure) if failure.is_signal() => Err(words.say(failure)),
        result => Ok(result),
    }
}

/// Ends work that can be stopped. As long as nobody asks for that, the system handles signals as it does for any program.
pub(crate) struct Stopped(Arc<LastWords>);

impl Stopped {
    /// The work's result, or what is left when it was stopped.
    pub(crate) async fn or<T>(self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let going = self.0.going.clone();
        let listening = listen(self.0);
        let first = async {
            match listening.await {
                Ok(signal) => signal,
                // Nobody listens.
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            signal = first => Err(with_what_goes_on(signal, going.last())),
            result = work => result,
        }
    }
}

/// A stream that takes no line for so long is full, and nobody reads it.
const LAST_WORDS: Duration = Duration::from_millis(300);

#[derive(Clone, Copy, Debug)]
enum Signal {
    Interrupt,
    Terminate,
}

/// Listens on a thread of its own, because the work may hang anywhere, in its clean-up too.
fn listen(words: Arc<LastWords>) -> oneshot::Receiver<Signal> {
    let (first, stopped) = oneshot::channel();
    let (ready, is_ready) = mpsc::channel();
    let listener = move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() else {
            return;
        };
        runtime.block_on(async {
            let Some(mut signals) = Signals::new() else {
                return;
            };
            let _ = ready.send(());
            let _ = first.send(signals.next().await);
            let signal = signals.next().await;
            leave(signal, words);
        });
    };
    if std::thread::Builder::new().name("signals".to_owned()).spawn(listener).is_ok() {
        // An error says that it has ended already.
        let _ = is_ready.recv();
    }
    stopped
}

/// Ends the program. What there is to say is said on the way, unless nobody takes it.
fn leave(signal: Signal, words: Arc<LastWords>) -> ! {
    let failure = with_what_goes_on(signal, words.going.last());
    let exit = failure.exit;
    let (said, is_said) = mpsc::channel();
    let speaker = std::thread::Builder::new().spawn(move || said.send(words.say(failure)));
    let _ = speaker.map(|_| is_said.recv_timeout(LAST_WORDS));
    std::process::exit(exit.into())
}

#[cfg(unix)]
struct Signals(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

#[cfg(unix)]
impl Signals {
    fn new() -> Option<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Some(Self(signal(SignalKind::interrupt()).ok()?, signal(SignalKind::terminate()).ok()?))
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.0.recv() => Signal::Interrupt,
            _ = self.1.recv() => Signal::Terminate,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Option<Self> {
        Some(Self)
    }

    async fn next(&mut self) -> Signal {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Signal::Interrupt,
            Err(_) => std::future::pending().await,
        }
    }
}

fn with_what_goes_on(signal: Signal, job: Option<Underway>) -> Failure {
    let stopped = match signal {
        Signal::Interrupt => Failure::new("interrupted", "stopped by Ctrl-C", ""),
        Signal::Terminate => Failure::new("terminated", "stopped by SIGTERM", ""),
    };
    let Some(Underway { id: Some(id), standing, last }) = job else {
        return stopped.then("Nothing was charged. Run the same command to start again.");
    };
    let next = format!("{} Go on with it: {}", standing.words(), resume_line(&id));
    let session_id = last.as_ref().map(|last| last.session().as_str().into());
    let render_id = last.as_ref().and_then(Checkpoint::render).map(|id| id.as_str().into());
    Failure { charged: standing.charged_as_told(), session_id, render_id, ..stopped.then(next).for_job(&id) }
}
