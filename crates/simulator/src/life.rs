//! The lives a session can lead: a whole job, a message, an export, a question, several operations at once; each
//! resumed as often as its process dies.

use std::sync::Arc;
use std::time::Duration;

use weixin_video_core::account::Account;
use weixin_video_core::api::{
    self, CancelExport, Claim, Endpoint, Message, OpenSession, ReadCredits, ReadExport, ReadState, Source, SourceUrl,
    UploadUrl,
};
use weixin_video_core::authorize::Authorized;
use weixin_video_core::call::{SinkId, SourceId};
use weixin_video_core::chat::Chat;
use weixin_video_core::config::Config;
use weixin_video_core::draft::Draft;
use weixin_video_core::event::Checkpoint;
use weixin_video_core::export::Export;
use weixin_video_core::ids::{ClientId, Credential, RenderId, Seed, SessionId, Token};
use weixin_video_core::job::{Job, Order};
use weixin_video_core::machine::Machine;
use weixin_video_core::one_call::OneCall;

use crate::disk::Disk;
use crate::process::{Fall, Mapped, Operation, Perils};
use crate::server::Session;
use crate::stats::Mark;
use crate::temper::Temper;
use crate::watch::Ended;
use crate::world::World;

/// Changes an operation before it runs: how a wrong client is made, to see whether it is caught.
pub(crate) type Tamper = fn(Operation) -> Operation;

/// One session from its first process to its last.
pub(crate) struct Life {
    pub(crate) world: World,
    config: Arc<Config>,
    tamper: Option<Tamper>,
    resumes_left: u32,
}

const WORDS: &str = "make it sharp for WeChat";
const START: &[u8; 24] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";

impl Life {
    /// In an empty world.
    pub(crate) fn new(world: World, config: Arc<Config>, tamper: Option<Tamper>) -> Self {
        Self { world, config, tamper, resumes_left: 4 }
    }

    /// Fate says which life it is.
    pub(crate) fn live(&mut self) {
        let kind = self.world.fate.below(20);
        self.world.temper = Temper::new(&mut self.world.fate);
        self.world.watch.message = WORDS.into();
        self.be_somebody();
        let life = match kind {
            0..=13 => Mark::JobLife,
            14 | 15 => Mark::ChatLife,
            16 => Mark::ExportLife,
            17 | 18 => Mark::SharedLife,
            _ => Mark::CallLife,
        };
        self.world.fate.stats.mark(life);
        let temper = self.world.temper;
        self.world.fate.tell(|| format!("{}; {temper:?}", life.words()));
        match life {
            Mark::JobLife => self.job(),
            Mark::ChatLife => self.chat(),
            Mark::ExportLife => self.export(),
            Mark::SharedLife => self.shared(),
            _ => self.call(),
        }
        let seconds = self.world.clock.truth().as_secs();
        self.world.fate.stats.seconds += seconds;
    }

    /// The account: anonymous with a kept token or none, or a token of the user's own.
    fn be_somebody(&mut self) {
        let World { fate, server, watch, .. } = &mut self.world;
        watch.client = Seed::new(7).client_id().to_string();
        match fate.below(4) {
            0 => {}
            1 => watch.given = Some(server.accounts.issue(Duration::ZERO).0),
            kept => {
                let (token, ends) = server.accounts.issue(Duration::ZERO);
                let token = Token::new(token).expect("our tokens are visible ASCII");
                let ends = if kept == 2 { ends } else { Duration::from_secs(1_800) };
                let expires_at = self.world.clock.now().wall + ends;
                self.world.grant = Some(weixin_video_core::ids::Grant { token, user_id: None, expires_at });
            }
        }
    }

    fn account(&self) -> Account {
        Account::new(match &self.world.watch.given {
            Some(token) => Credential::Given(Token::new(token.clone()).expect("our tokens are visible ASCII")),
            None => {
                let client = ClientId::new(self.world.watch.client.clone()).expect("a UUID is an id");
                Credential::Anonymous { client, grant: self.world.grant.clone() }
            }
        })
    }

    fn operation<M: Machine + 'static>(
        &mut self,
        account: &Account,
        machine: M,
        map: fn(M::Output) -> Ended,
    ) -> Operation {
        let seed = self.seed();
        let machine = Authorized::new(self.config.clone(), account.clone(), seed, machine);
        let operation: Operation = Box::new(Mapped { machine, map });
        match self.tamper {
            Some(tamper) => tamper(operation),
            None => operation,
        }
    }

    fn seed(&mut self) -> Seed {
        Seed::new(u128::from(self.world.fate.below(u32::MAX)) << 64 | u128::from(self.world.fate.below(u32::MAX)))
    }

    fn perils(&self) -> Perils {
        Perils { is_mortal: self.resumes_left > 0 }
    }

    fn lives(&self) -> bool {
        self.world.watch.broken.is_none()
    }

    fn died(&mut self) {
        self.world.fate.stats.mark(Mark::Crashed);
        self.world.fate.tell(|| "the process dies".into());
        self.resumes_left = self.resumes_left.saturating_sub(1);
        // The kernel keeps what was written; whoever resumes comes a while later.
        let later = self.world.fate.of(&[1, 5, 60, 2_000, 90_000]);
        let truth = self.world.clock.truth() + Duration::from_secs(later);
        self.world.clock.reach(truth);
    }

    fn job(&mut self) {
        let old = match self.world.fate.below(4) {
            0 | 1 => None,
            2 => Some(b"the old file".to_vec()),
            _ => Some(vec![7; self.world.fate.between(40, 1_240) as usize]),
        };
        self.world.disk = Disk::new(old);
        self.world.watch.is_job = true;
        let mut resumed = false;
        while self.lives() {
            let job = self.begin_job();
            let account = self.account();
            let operation = self.operation(&account, job, Ended::Delivered);
            let perils = self.perils();
            match self.world.process(vec![operation], perils) {
                Fall::Ended(Some(Ok(_))) => {
                    self.world.fate.stats.mark(Mark::Delivered);
                    if resumed {
                        self.world.fate.stats.mark(Mark::DeliveredAfterResume);
                    }
                    return;
                }
                Fall::Ended(Some(Err(error))) => {
                    self.world.fate.stats.mark(Mark::of_code(error.code()));
                    if !self.resumes_after_error() {
                        return;
                    }
                }
                Fall::Ended(None) => return,
                Fall::Died => self.died(),
            }
            resumed = true;
        }
    }

    /// Whoever is told to resume may do so; what was fetched so far may be kept for it.
    fn resumes_after_error(&mut self) -> bool {
        if self.resumes_left == 0 || self.world.watch.journal.is_none() || !self.world.fate.odds(4_000) {
            return false;
        }
        self.resumes_left -= 1;
        self.world.fate.stats.mark(Mark::ResumedAfterError);
        if self.world.fate.odds(3_000) {
            self.world.disk.part = None;
        }
        true
    }

    fn begin_job(&mut self) -> Job {
        let seed = self.seed();
        let source = Source { id: SourceId(0), name: "clip.mp4".into(), bytes: 4_000, start: START.to_vec() };
        let config = self.config.clone();
        let Some(checkpoint) = self.world.watch.journal.clone() else {
            let message = Message::new(WORDS);
            return Job::new(config, Order { source, message, sink: SinkId(0), language: "en".into() }, seed);
        };
        self.world.fate.stats.mark(Mark::of_resume(&checkpoint));
        self.world.fate.tell(|| format!("resumed from {checkpoint:?}"));
        let source = (!self.world.fate.odds(5_000)).then_some(source);
        Job::resume(config, checkpoint, source, SinkId(0), seed)
    }

    /// A session of an earlier day.
    fn session(&mut self, edited: bool) -> SessionId {
        let session = if edited { Session::edited(0) } else { Session::new(0) };
        let id = SessionId::new(session.id.clone()).expect("digits are an id");
        self.world.server.sessions.push(session);
        id
    }

    fn chat(&mut self) {
        let edited = self.world.fate.odds(5_000);
        let session = self.session(edited);
        while self.lives() {
            let (account, seed, config) = (self.account(), self.seed(), self.config.clone());
            let (chat, map): (Chat, fn(_) -> Ended) = match self.world.watch.journal.clone() {
                Some(Checkpoint::Charging { session, before, since_ms }) => {
                    self.world.fate.stats.mark(Mark::ResumedCharging);
                    let before = before.and_then(|text| Draft::parse(&text));
                    (Chat::recover(config, session, before, since_ms, seed), Ended::recovered)
                }
                _ => (Chat::new(config, session.clone(), Message::new(WORDS), seed), Ended::answered),
            };
            let operation = self.operation(&account, chat, map);
            let perils = self.perils();
            match self.world.process(vec![operation], perils) {
                Fall::Ended(result) => return self.note(result),
                Fall::Died => self.died(),
            }
        }
    }

    fn export(&mut self) {
        let edited = self.world.fate.below(5) < 4;
        let session = self.session(edited);
        while self.lives() {
            let (account, seed, config) = (self.account(), self.seed(), self.config.clone());
            let export = match self.world.watch.journal.clone() {
                Some(Checkpoint::Exporting { session, render, again }) => {
                    self.world.fate.stats.mark(Mark::ResumedExporting);
                    Export::resume(config, session, render, again, seed)
                }
                _ => Export::latest(config, session.clone(), seed),
            };
            let operation = self.operation(&account, export, Ended::Rendered);
            let perils = self.perils();
            match self.world.process(vec![operation], perils) {
                Fall::Ended(result) => return self.note(result),
                Fall::Died => self.died(),
            }
        }
    }

    fn call(&mut self) {
        let session = self.session(true);
        let account = self.account();
        let operation = self.any_call(&account, &session);
        if let Fall::Ended(result) = self.world.process(vec![operation], Perils { is_mortal: false }) {
            self.note(result);
        }
    }

    fn shared(&mut self) {
        let session = self.session(true);
        let account = self.account();
        let count = self.world.fate.between(2, 4);
        let mut operations: Vec<Operation> = (0..count).map(|_| self.any_call(&account, &session)).collect();
        if self.world.fate.odds(3_000) {
            let seed = self.seed();
            let chat = Chat::new(self.config.clone(), session, Message::new(WORDS), seed);
            self.world.watch.speaker = operations.len();
            operations.push(self.operation(&account, chat, Ended::answered));
        }
        if let Fall::Ended(result) = self.world.process(operations, Perils { is_mortal: false }) {
            self.note(result);
        }
    }

    fn any_call(&mut self, account: &Account, session: &SessionId) -> Operation {
        let render = RenderId::new("render_nobody").expect("a plain word is an id");
        match self.world.fate.below(7) {
            0 => self.one_call(account, ReadCredits),
            1 => self.one_call(account, ReadState::new(session.clone())),
            2 => self.one_call(account, OpenSession::new("zh-Hans")),
            3 => self.one_call(account, ReadExport { render }),
            4 => {
                let session = api::Session { id: session.clone(), task_id: Some("t1".into()), user_id: None };
                self.one_call(account, Claim::new(session))
            }
            5 => {
                let url = SourceUrl::new("https://files.example/clip.mp4").expect("a plain https URL is one");
                self.one_call(account, UploadUrl::new(session.clone(), url))
            }
            _ => self.one_call(account, CancelExport { render }),
        }
    }

    fn one_call<E>(&mut self, account: &Account, endpoint: E) -> Operation
    where
        E: Endpoint + 'static,
        E::Answer: std::fmt::Debug,
    {
        let seed = self.seed();
        let call = OneCall::new(self.config.clone(), endpoint, seed);
        self.operation(account, call, |answer| Ended::Told(format!("{answer:?}")))
    }

    fn note(&mut self, result: Option<Result<Ended, weixin_video_core::error::Error>>) {
        let mark = match &result {
            Some(Ok(Ended::Delivered(_))) => Mark::Delivered,
            Some(Ok(Ended::Answered(_))) => Mark::Answered,
            Some(Ok(Ended::Recovered(_))) => Mark::Recovered,
            Some(Ok(Ended::Rendered(_))) => Mark::Rendered,
            Some(Ok(Ended::Told(_))) => Mark::Told,
            Some(Err(error)) => Mark::of_code(error.code()),
            None => return,
        };
        self.world.fate.stats.mark(mark);
    }
}
