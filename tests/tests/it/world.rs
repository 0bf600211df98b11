//! A world for one adapter: a server, a folder, and a record of all that was said.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use weixin_video_core::config::Config;
use weixin_video_core::error::Error;
use weixin_video_core::event::{Checkpoint, Event, Observer};
use weixin_video_core::files::Output;
use weixin_video_core::ids::{ClientId, Credential, Token};
use weixin_video_fake_backend::{Builder, Exchange, FakeBackend, Route, Scope};

use crate::adapter::{Adapter, Asynchronous, Blocking};

/// The instruction of most scenarios.
pub(crate) const WORDS: &str = "format and compress this video for sharing on WeChat";

/// The server's clock: far ahead, so that no token ends by itself.
const YEAR_2100_MS: u64 = 4_102_444_800_000;

/// What one adapter has to do with in a scenario.
pub(crate) struct World {
    pub(crate) client: Box<dyn Adapter>,
    pub(crate) backend: FakeBackend,
    pub(crate) folder: tempfile::TempDir,
    heard: Arc<Mutex<Vec<Event>>>,
    told: Mutex<String>,
}

/// Who the client is.
#[derive(Clone, Copy)]
pub(crate) enum Who {
    Anonymous,
    /// With a token of the server, of these scopes.
    Given(&'static [Scope]),
}

/// Runs `scenario` through each adapter, each with a server of its own, and compares what was said: requests byte for byte,
/// events and outcomes word for word. What was scripted must have happened, and no token may have leaked.
pub(crate) fn both(builder: impl Fn(Builder) -> Builder, scenario: impl Fn(&World)) {
    both_as(Who::Anonymous, builder, scenario);
}

/// The same for another account.
pub(crate) fn both_as(who: Who, builder: impl Fn(Builder) -> Builder, scenario: impl Fn(&World)) {
    type Make = fn(Config, Credential) -> Box<dyn Adapter>;
    let adapters: [Make; 2] = [
        |config, credential| Box::new(Blocking::new(config, credential)),
        |config, credential| Box::new(Asynchronous::new(config, credential)),
    ];
    let [blocking, asynchronous] = adapters.map(|make| {
        let world = World::new(who, &builder, make);
        scenario(&world);
        world.end()
    });
    assert_eq!(blocking.wire, asynchronous.wire, "the adapters say different things on the wire");
    assert_eq!(blocking.told, asynchronous.told, "the adapters tell different things");
}

struct Record {
    wire: String,
    told: String,
}

impl World {
    pub(crate) fn new(
        who: Who,
        builder: &impl Fn(Builder) -> Builder,
        make: impl FnOnce(Config, Credential) -> Box<dyn Adapter>,
    ) -> Self {
        let backend = builder(FakeBackend::builder().seed(1).frozen_at(YEAR_2100_MS)).start().expect("a server");
        let credential = match who {
            Who::Anonymous => anonymous(),
            Who::Given(scopes) => Credential::Given(Token::new(backend.token(scopes)).expect("a token")),
        };
        let config = Config::new(&backend.url()).expect("an origin");
        let folder = tempfile::tempdir().expect("a folder");
        let (heard, told) = (Arc::default(), Mutex::default());
        Self { client: make(config, credential), backend, folder, heard, told }
    }

    /// Keeps every event.
    pub(crate) fn observer(&self) -> impl Observer + use<> {
        let heard = self.heard.clone();
        move |event: Event| heard.lock().expect("no panic in an observer").push(event)
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.heard.lock().expect("no panic in an observer").clone()
    }

    pub(crate) fn checkpoints(&self) -> Vec<Checkpoint> {
        let checkpoint = |event| if let Event::Checkpoint(checkpoint) = event { Some(checkpoint) } else { None };
        self.events().into_iter().filter_map(checkpoint).collect()
    }

    /// Notes an outcome for the comparison, and passes it on.
    pub(crate) fn tell<T: std::fmt::Debug>(&self, outcome: Result<T, Error>) -> Result<T, Error> {
        let words = match &outcome {
            Ok(value) => format!("{value:?}\n"),
            Err(error) => format!("{error} ({}, {:?}): {}\n", error.code(), error.charged(), error.advice()),
        };
        self.note(&words);
        outcome
    }

    fn note(&self, words: &str) {
        self.told.lock().expect("no panic while telling").push_str(words);
    }

    /// A clip whose beginning is that of an MP4.
    pub(crate) fn clip(&self, bytes: usize) -> PathBuf {
        let path = self.folder.path().join("clip.mp4");
        let mut content = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec();
        content.resize(bytes, 7);
        std::fs::write(&path, content).expect("written");
        path
    }

    pub(crate) fn output(&self) -> Output {
        Output::new(self.folder.path().join("out.mp4"))
    }

    /// What stands in the folder, by name.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).expect("a folder");
        let mut names: Vec<_> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    pub(crate) fn format(&self) -> Result<weixin_video_core::job::Delivered, Error> {
        let (clip, output) = (self.clip(20_000), self.output());
        self.tell(self.client.format(&clip, WORDS, &output, &mut self.observer()))
    }

    pub(crate) fn exchanges(&self, route: Route) -> Vec<Exchange> {
        self.backend.journal().into_iter().filter(|exchange| exchange.route == route).collect()
    }

    pub(crate) fn count(&self, route: Route) -> usize {
        self.exchanges(route).len()
    }

    /// Credits taken from all accounts.
    pub(crate) fn charged(&self) -> u64 {
        self.backend.journal().iter().map(|exchange| exchange.charged).sum()
    }

    fn end(self) -> Record {
        let wire = self.backend.transcript();
        let same = |event: &&Event| !matches!(event, Event::Moved { .. } | Event::StillWorking(_));
        let told = self.told.lock().expect("no panic while telling").clone();
        let told = self.events().iter().filter(same).fold(told, |told, event| format!("{told}{event:?}\n"));
        self.backend.finish();
        Record { wire, told: without_times(&told) }
    }
}

/// Two runs agree on everything but when they happened.
fn without_times(told: &str) -> String {
    const TIME: &str = "since_ms: ";
    let mut parts = told.split(TIME);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + TIME + part.trim_start_matches(|sign: char| sign.is_ascii_digit()))
}

/// An account without a token.
pub(crate) fn anonymous() -> Credential {
    let client = ClientId::new("0b0e7a52-7c55-4c4e-9f0e-3f3f2f7f9a01").expect("an id");
    Credential::Anonymous { client, grant: None }
}
