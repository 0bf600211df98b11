//! The backend that does the work: one in this process, or one at an address.

use std::time::{SystemTime, UNIX_EPOCH};

use weixin_video::journal::{Kind, Order};
use weixin_video_async::Client;
use weixin_video_core::call::Origin;
use weixin_video_core::config::Config;
use weixin_video_core::ids::{Credential, Grant, Seed, SessionId};
use weixin_video_core::language;
use weixin_video_core::media::Accept;
use weixin_video_fake_backend::FakeBackend;

use crate::aim::Aim;
use crate::args::Choice;
use crate::ask::Ask;
use crate::failure::Failure;
use crate::heard::Heard;
use crate::jobs::Jobs;
use crate::local;
use crate::output::say;
use crate::places::Places;
use crate::progress::Progress;
use crate::settings::{self, Chosen};
use crate::store;
use crate::target;

/// A backend and the client of it.
pub(crate) struct Backend {
    /// `local`, `cloud`, or `backend` for any other address.
    pub(crate) kind: &'static str,
    pub(crate) client: Client,
    pub(crate) accept: Accept,
    /// `local`, or the API's origin.
    pub(crate) origin: String,
    /// Whether the account is that of a token the user gave.
    pub(crate) own_token: bool,
    /// Whether it costs nothing, whatever is done.
    pub(crate) free: bool,
    /// Where its videos go.
    pub(crate) aim: Aim,
    /// What a renderer in this process tells.
    pub(crate) heard: Heard,
    /// What is known of this backend is kept under this; nothing of one that is gone with this process.
    key: Option<store::Key>,
    places: Places,
    /// Runs as long as this lives.
    _local: Option<FakeBackend>,
}

impl Backend {
    /// Starts or finds the chosen backend, and says on stderr which it is and what leaves the machine. A later command
    /// finds its sessions.
    pub(crate) fn open(ask: &Ask) -> Result<Self, Failure> {
        Self::chosen(ask, Aim::none(), true)
    }

    /// The same for a command that makes a video.
    pub(crate) fn open_for(ask: &Ask, aim: Aim) -> Result<Self, Failure> {
        Self::chosen(ask, aim, true)
    }

    /// The same for a command that needs no other: what it leaves on this machine is gone with it.
    pub(crate) fn for_one_job(ask: &Ask, aim: Aim) -> Result<Self, Failure> {
        Self::chosen(ask, aim, false)
    }

    fn chosen(ask: &Ask, aim: Aim, keeps: bool) -> Result<Self, Failure> {
        let places = Places::find()?;
        match settings::choose(&ask.choice)? {
            Chosen::Local => Self::local(places, aim, keeps),
            Chosen::Remote { url, token } => {
                let backend = Self::remote(places, &url, token.map(Credential::Given), aim)?;
                if !backend.own_token && settings::token()?.is_some() {
                    say("note: NEMO_TOKEN belongs to another address and is not sent to this one");
                }
                Ok(backend)
            }
        }
    }

    /// The backend of a job that was begun before, with the same account.
    pub(crate) fn of_job(order: &Order) -> Result<Self, Failure> {
        let (places, aim) = (Places::find()?, Aim::of_job(order)?);
        if order.backend == LOCAL {
            return Self::local(places, aim, order.kind != Kind::Format);
        }
        let choice = Choice { backend: Some(order.backend.clone()), ..Choice::default() };
        let token = match settings::choose(&choice)? {
            Chosen::Remote { token, .. } => token.filter(|_| order.own_token),
            Chosen::Local => None,
        };
        if order.own_token && token.is_none() {
            let next = "Set NEMO_TOKEN, and NEMO_API_URL if it was set, as they were then.";
            return Err(Failure::new(
                "bad_token",
                "this job was begun with a token of yours, which is not set now",
                next,
            ));
        }
        Self::remote(places, &order.backend, token.map(Credential::Given), aim)
    }

    fn local(places: Places, aim: Aim, keeps: bool) -> Result<Self, Failure> {
        let heard = Heard::default();
        let builder = local::studio(&aim, &heard, keeps.then_some(places.cache.as_path()))?;
        let (backend, key) = if keeps {
            (local::kept(builder, &places)?, Some(LOCAL.to_owned()))
        } else {
            (local::passing(builder)?, None)
        };
        say(&format!("backend: local; {}, nothing costs credits", local::leaves()?));
        let config = Config { free_of_charge: true, ..settings::config(&backend.url())? };
        let accept = config.accept;
        let credential = anonymous(&places, key.as_ref())?;
        let client = Client::new(config, credential)?;
        let (origin, own_token) = (LOCAL.to_owned(), false);
        let local = Some(backend);
        Ok(Self { kind: LOCAL, client, accept, origin, own_token, free: true, aim, heard, key, places, _local: local })
    }

    fn remote(places: Places, url: &str, given: Option<Credential>, aim: Aim) -> Result<Self, Failure> {
        let config = settings::config(url)?;
        let cloud = Origin::parse(weixin_video_core::config::CLOUD_API).is_ok_and(|origin| origin == config.api);
        let kind = if cloud { "cloud" } else { "backend" };
        let leaves = if config.api.is_loopback() {
            "nothing leaves this machine"
        } else {
            "clips are uploaded, edits cost credits"
        };
        say(&format!("backend: {}; {leaves}", config.api));
        let (origin, own_token) = (config.api.to_string(), given.is_some());
        let key = Some(origin.clone());
        let accept = config.accept;
        let credential = match given {
            Some(given) => given,
            None => anonymous(&places, key.as_ref())?,
        };
        let client = Client::new(config, credential)?;
        let heard = Heard::default();
        Ok(Self { kind, client, accept, origin, own_token, free: false, aim, heard, key, places, _local: None })
    }

    /// The jobs of this user.
    pub(crate) fn jobs(&self) -> Jobs {
        Jobs::of(&self.places)
    }

    /// An order to this backend, to be filled in.
    pub(crate) fn order(&self, kind: Kind, words: &str) -> Order {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Order {
            kind,
            backend: self.origin.clone(),
            own_token: self.own_token,
            session: None,
            clip: None,
            words: words.to_owned(),
            language: language::of(words).to_owned(),
            output: None,
            replace: false,
            goes_to: self.aim.named.clone(),
            destinations: self.aim.table.as_deref().map(target::spelled_out),
            made_ms: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// A watcher for the job on `name`.
    pub(crate) fn progress(&self, name: &str) -> Progress {
        let (places, key) = (self.places.clone(), self.key.clone());
        let keep = move |grant: &Grant| key.iter().for_each(|key| store::keep_grant(&places, key, grant));
        Progress::new(name, keep)
    }

    /// The session that was used last here.
    pub(crate) fn last_session(&self) -> Option<SessionId> {
        store::session(&self.places, self.key.as_ref()?)
    }

    /// Remembers the session, unless it is gone with this process.
    pub(crate) fn remember(&self, session: &SessionId) {
        self.key.iter().for_each(|key| store::keep_session(&self.places, key, session));
    }

    /// The session named, else the last one.
    pub(crate) fn session(&self, named: Option<&str>) -> Result<SessionId, Failure> {
        match named {
            Some(text) => SessionId::new(text).ok_or_else(|| Failure::usage(format!("not a session id: {text}"))),
            None => self.last_session().ok_or_else(|| {
                let next = "Upload a clip first: weixin-video upload FILE.";
                Failure::new("no_session", "there is no session yet with this backend", next)
            }),
        }
    }
}

/// How the backend of this process is called.
pub(crate) const LOCAL: &str = "local";

/// An anonymous account of this installation.
fn anonymous(places: &Places, key: Option<&store::Key>) -> Result<Credential, Failure> {
    let client = store::client_id(places, seed()?)?;
    Ok(Credential::Anonymous { client, grant: key.and_then(|key| store::grant(places, key)) })
}

/// Randomness from the operating system.
fn seed() -> Result<Seed, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        Failure::new("no_randomness", format!("the system gives no random numbers: {error}"), "Check /dev/urandom.")
    })?;
    Ok(Seed::new(u128::from_le_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a command opens it, with the session it made.
    async fn with_session(places: &Places, keeps: bool) -> (Backend, SessionId) {
        let backend = Backend::local(places.clone(), Aim::none(), keeps).expect("these tests need ffmpeg");
        let session = backend.client.session("en", &mut backend.progress("test")).await.expect("a session").id;
        backend.remember(&session);
        (backend, session)
    }

    fn places() -> (tempfile::TempDir, Places) {
        let home = tempfile::tempdir().expect("a folder");
        let places = Places {
            config: home.path().join("c/nemovideo"),
            state: home.path().join("s/weixin-video"),
            cache: home.path().join("k"),
        };
        (home, places)
    }

    #[tokio::test]
    async fn the_next_command_finds_the_session_of_the_last_one() {
        let (_home, places) = places();
        let (first, session) = with_session(&places, true).await;
        drop(first);
        let token = std::fs::read(places.tokens()).expect("a token is kept");
        let next = Backend::local(places.clone(), Aim::none(), true).expect("these tests need ffmpeg");
        assert_eq!(next.session(None).expect("remembered"), session);
        next.client.state(&session, &mut next.progress("test")).await.expect("the server knows it too");
        assert_eq!(std::fs::read(places.tokens()).expect("still there"), token, "no new one was needed");
    }

    #[tokio::test]
    async fn a_backend_for_one_job_leaves_nothing_and_touches_nothing() {
        let (_home, places) = places();
        let (_passing, _) = with_session(&places, false).await;
        assert!(!places.tokens().exists() && !places.state.exists());
        let (kept, session) = with_session(&places, true).await;
        drop(kept);
        let tokens = std::fs::read(places.tokens()).expect("a token is kept");
        let (passing, other) = with_session(&places, false).await;
        assert_ne!(other, session);
        assert_eq!(passing.last_session(), None);
        assert_eq!(store::session(&places, &LOCAL.to_owned()), Some(session));
        assert_eq!(std::fs::read(places.tokens()).expect("still there"), tokens);
    }
}
