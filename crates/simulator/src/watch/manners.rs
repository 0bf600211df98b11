//! How a client behaves, judged by what it heard and did alone: what it asks again and when, what it goes on with, what
//! it tells of what it was told.

use std::time::Duration;

use http::header;
use weixin_video_core::call::Head;
use weixin_video_core::error::{Charged, Error, Phase, Row};
use weixin_video_core::event::{Checkpoint, Event};
use weixin_video_core::machine::{Input, Op};
use weixin_video_core::time::{Instant, Now};

use super::talk::Talk;
use super::{Ended, Watch};
use crate::fault::Fault;
use crate::limits;
use crate::rule::Rule;
use crate::server::{Asked, Meaning, Route, Server};

/// One operation of one process.
#[derive(Debug, Default)]
pub(crate) struct Manners {
    /// The last op was a request that has no answer yet.
    waits: bool,
    /// What it asked last.
    asked: Option<(Route, String)>,
    answered: Option<Instant>,
    /// How often in a row that got no usable answer, and how often it was told to wait.
    unusable: u32,
    limited: u32,
    /// A request whose fate is unclear, until it is looked up.
    unclear: Option<(Route, String)>,
    grants: u32,
    bearers: Vec<String>,
    stale: Vec<String>,
    /// The version of the part file, as an earlier process wrote it down.
    noted: Option<String>,
    /// What is there of the file: how much, of which version.
    held: Option<(u64, String)>,
    file: Option<File>,
    /// The stream did not say that it is one.
    is_untyped: bool,
    talk: Option<Talk>,
    began_charged: bool,
    chats: u32,
    unsent: u32,
    refused: Option<Fault>,
}

/// A file that comes.
#[derive(Debug)]
struct File {
    /// Where it may be written from.
    from: u64,
    etag: Option<String>,
}

impl Manners {
    fn new(journal: Option<&Checkpoint>) -> Self {
        let noted = match journal {
            Some(Checkpoint::Downloading { etag, .. }) => etag.clone().filter(|etag| is_strong(etag)),
            _ => None,
        };
        Self { noted, began_charged: matches!(journal, Some(Checkpoint::Charging { .. })), ..Self::default() }
    }

    /// What is asked again, and when.
    fn asks_again(&mut self, now: Now, question: &(Route, String)) -> Option<(Rule, String)> {
        let route = question.0;
        if self.unclear.as_ref() == Some(question) {
            return Some((Rule::LooksBeforeAskingAgain, format!("{route:?} is sent again")));
        }
        if matches!(route, Route::State | Route::Status) {
            self.unclear = None;
        }
        let same = self.asked.as_ref() == Some(question);
        if !same {
            (self.unusable, self.limited) = (0, 0);
        }
        let waited = self.answered.map_or(Duration::MAX, |at| now.monotonic - at);
        let is_paced = self.unusable == 0 || waited >= limits::BACKOFF || matches!(route, Route::File | Route::Chat);
        let is_plain = matches!(route, Route::Token | Route::Open | Route::Credits | Route::Claim | Route::Cancel);
        let is_enough = is_plain && (self.unusable >= limits::TRIES || self.limited >= limits::RATE_LIMITS);
        let why = || Some((Rule::AskedAgainWithPatience, format!("{route:?} after {} ms", waited.as_millis())));
        if is_paced && !is_enough { None } else { why() }
    }

    /// A rest is asked for only of the version that is there, and then it is.
    fn asks_for_file(&self, asked: &Asked<'_>) -> Option<(Rule, String)> {
        let (range, version) = (asked.wanted.range, asked.wanted.if_range);
        let right = match &self.held {
            Some((0, _)) | None => range.is_none() && version.is_none(),
            Some((bytes, etag)) => range == Some(&format!("bytes={bytes}-")) && version == Some(etag),
        };
        (!right).then(|| (Rule::RestIsAskedFor, format!("{range:?} of {version:?} where {:?} is there", self.held)))
    }

    fn bears(&mut self, bearer: Option<&str>) -> Option<(Rule, String)> {
        let bearer = bearer?;
        if self.stale.iter().any(|stale| stale == bearer) {
            return Some((Rule::RenewsOnce, "the old token is sent".into()));
        }
        if !self.bearers.iter().any(|known| known == bearer) {
            self.bearers.push(bearer.to_owned());
        }
        None
    }

    fn hears(&mut self, now: Now, input: &Input) {
        if std::mem::take(&mut self.waits) {
            self.is_answered(now, input);
        }
        let is_chat = matches!(self.asked, Some((Route::Chat, _)));
        if let Some(talk) = self.talk.as_mut().filter(|_| is_chat) {
            match input {
                Input::Chunk(bytes) => talk.hears(now, bytes),
                Input::Head(head) if !head.is_success() || !is_stream(head) => talk.is_over = true,
                Input::Head(head) => (talk.got_on, self.is_untyped) = (now, head.content_type().is_empty()),
                Input::End => talk.is_over = true,
                Input::NotSent { .. } if is_chat => self.unsent += 1,
                _ => {}
            }
        }
        match input {
            Input::Head(head) => self.hears_head(head),
            Input::Measured { part, .. } => {
                self.held = self.noted.take().filter(|_| *part > 0).map(|etag| (*part, etag));
            }
            Input::Cut { bytes, .. } => {
                let etag = self.file.take().and_then(|file| file.etag);
                self.held = etag.filter(|_| *bytes > 0).map(|etag| (*bytes, etag));
            }
            Input::Saved { .. } => self.held = None,
            _ => {}
        }
    }

    fn is_answered(&mut self, now: Now, input: &Input) {
        self.answered = Some(now.monotonic);
        let is_unusable = match input {
            Input::Reply(reply) => {
                let body = String::from_utf8_lossy(&reply.body);
                let limit = ["\"code\":429", "\"code\":\"429\""].iter().any(|code| body.contains(code));
                self.limited = if limit || reply.head.status == 429 { self.limited + 1 } else { 0 };
                matches!(reply.head.status, 300..400 | 500..)
            }
            Input::Failed(fault) => matches!(fault.phase, Phase::Connecting | Phase::Sending | Phase::Receiving),
            Input::Elapsed | Input::NotSent { .. } => true,
            _ => false,
        };
        self.unusable = if is_unusable { self.unusable + 1 } else { 0 };
        let may_be_done = is_unusable && !matches!(input, Input::NotSent { .. });
        if may_be_done && matches!(self.asked, Some((Route::Upload | Route::Start, _))) {
            self.unclear = self.asked.clone();
        }
    }

    fn hears_head(&mut self, head: &Head) {
        if matches!(self.asked, Some((Route::Chat, _))) {
            return;
        }
        let etag = text(head, header::ETAG).filter(|etag| is_strong(etag)).map(str::to_owned);
        let first = text(head, header::CONTENT_RANGE)
            .and_then(|range| range.strip_prefix("bytes ")?.split('-').next()?.parse().ok());
        let is_words = matches!(head.content_type().as_str(), "application/json" | "text/html");
        self.file = match (head.status, self.held.take()) {
            (200, _) if !is_words => Some(File { from: 0, etag }),
            (206, Some((bytes, known))) if first == Some(bytes) && etag.as_ref() == Some(&known) => {
                Some(File { from: bytes, etag })
            }
            // All of it is there: it is finished by its last byte.
            (416, Some((bytes, known))) if text(head, header::CONTENT_RANGE) == Some(&format!("bytes */{bytes}")) => {
                self.held = Some((bytes - 1, known));
                None
            }
            (206 | 416, _) => None,
            (_, held) => {
                self.held = held;
                None
            }
        };
    }
}

impl Watch {
    pub(super) fn begin_manners(&mut self, operations: usize) {
        self.manners = (0..operations).map(|_| Manners::new(self.journal.as_ref())).collect();
    }

    /// A request is about to leave.
    pub(super) fn minds_request(&mut self, who: usize, now: Now, asked: &Asked<'_>, server: &Server) {
        let id = if asked.render.is_empty() { asked.session.to_owned() } else { asked.render.clone() };
        let (manners, question) = (&mut self.manners[who], (asked.route, id));
        let mut wrong = manners.asks_again(now, &question);
        wrong = wrong.or_else(|| manners.bears(asked.bearer));
        if matches!(asked.route, Route::File | Route::Fallback | Route::Nowhere) {
            wrong = wrong.or_else(|| manners.asks_for_file(asked));
        }
        if asked.route == Route::Chat {
            manners.talk = Some(Talk::new(now));
            manners.chats += 1;
            let is_there = server.session(asked.session).is_none_or(|session| session.uploads > 0);
            wrong =
                wrong.or_else(|| (self.is_job && !is_there).then(|| (Rule::ClipIsThere, "no clip is there".into())));
        }
        (manners.asked, manners.file, manners.waits) = (Some(question), None, true);
        if asked.route == Route::Start && !self.rendered.contains(&asked.render) {
            self.rendered.push(asked.render.clone());
            let enough = self.rendered.len() > limits::RENDERS;
            wrong = wrong.or_else(|| enough.then(|| (Rule::RendersAreFew, format!("{:?}", self.rendered))));
        }
        self.minds(wrong);
    }

    /// An op that is no request.
    pub(crate) fn minds_op(&mut self, who: usize, now: Now, op: &Op) {
        let manners = &mut self.manners[who];
        manners.waits = false;
        let is_chat = matches!(manners.asked, Some((Route::Chat, _)));
        manners.talk.iter_mut().for_each(|talk| talk.sees(now));
        let wrong = match (op, &manners.talk) {
            (Op::Read { .. }, Some(talk)) if is_chat && !talk.is_over && !talk.is_set_back => {
                let quiet = now.since(talk.got_on);
                (quiet >= limits::IDLE + limits::IDLE_SLACK)
                    .then(|| (Rule::SilenceIsLeft, format!("after {} s", quiet.as_secs())))
            }
            (Op::Save { from, .. }, _) => {
                self.coming = manners.file.as_ref().and_then(|file| file.etag.clone());
                let right = manners.file.as_ref().is_some_and(|file| file.from == *from);
                (!right).then(|| (Rule::RestIsTheRest, format!("from {from} where {:?} comes", manners.file)))
            }
            _ => None,
        };
        self.minds(wrong);
    }

    /// Bytes are about to be written; `there` are in the part file. So long as those of another version are, none is told.
    pub(super) fn minds_version(&mut self, there: u64) {
        let Some(Checkpoint::Downloading { etag, .. }) = &self.journal else { return };
        let right = *etag == self.coming || (etag.is_none() && there > 0);
        let wrong = (!right).then(|| (Rule::RestIsTheRest, format!("{etag:?} is told, {:?} comes", self.coming)));
        self.minds(wrong);
    }

    /// The machine is about to hear this.
    pub(crate) fn minds_input(&mut self, who: usize, now: Now, truth: Duration, input: &Input) {
        let manners = &mut self.manners[who];
        manners.hears(now, input);
        // A refusal is known by its head, whatever becomes of its words.
        let is_no = matches!(input, Input::Head(head) if matches!(head.status, 400..500 | 507));
        self.said_no |= is_no && matches!(manners.asked, Some((Route::Chat, _)));
        let is_none = |talk: &Talk| talk.is_torn() || (manners.is_untyped && !talk.is_alive);
        let is_broken = manners.talk.as_ref().is_some_and(is_none);
        if matches!((input, &manners.asked), (Input::End, Some((Route::Chat, _)))) && is_broken {
            self.conducts[who].broke(truth);
        }
    }

    pub(super) fn minds_answer(&mut self, who: usize, route: Route, meaning: &Meaning) {
        let fault = if let Meaning::Refused(fault) = meaning { Some(*fault) } else { None };
        // A renewal that is refused leaves the refusal it was asked for.
        self.manners[who].refused = fault.filter(|_| route != Route::Token);
    }

    pub(super) fn minds_event(&mut self, who: usize, event: &Event) {
        let manners = &mut self.manners[who];
        let wrong = match (event, &mut manners.talk) {
            (Event::Granted(grant), _) => {
                manners.grants += 1;
                let token = grant.token.reveal();
                manners.stale = std::mem::take(&mut manners.bearers).into_iter().filter(|old| old != token).collect();
                (manners.grants > limits::GRANTS).then(|| (Rule::RenewsOnce, format!("{} tokens", manners.grants)))
            }
            (Event::Said(words), Some(talk)) => {
                talk.tells(words);
                talk.misses(false).map(|why| (Rule::WordsAreTold, why))
            }
            _ => None,
        };
        self.minds(wrong);
    }

    pub(super) fn minds_end(&mut self, who: usize, result: &Result<Ended, Error>) {
        let wrong = match result {
            Ok(ended) => self.wrong_success(who, ended),
            Err(error) => self.wrong_failure(who, error),
        };
        self.minds(wrong);
    }

    fn wrong_success(&self, who: usize, ended: &Ended) -> Option<(Rule, String)> {
        let talk = self.manners[who].talk.as_ref().filter(|talk| talk.is_over && !talk.is_torn())?;
        let changed = self.conducts[who].was_shown_change;
        if talk.failed && talk.is_wordless() && !changed {
            return Some((Rule::FailureIsTold, "it ended with an error, and nothing changed".into()));
        }
        let says_changes = match ended {
            Ended::Answered(shown) => !shown.contains("changes: None"),
            _ => talk.told_later,
        };
        if talk.is_silent() && changed && !says_changes {
            return Some((Rule::WordsAreTold, "a silent edit is not told".into()));
        }
        talk.misses(true).map(|why| (Rule::WordsAreTold, why))
    }

    fn wrong_failure(&self, who: usize, error: &Error) -> Option<(Rule, String)> {
        let manners = &self.manners[who];
        let never_left = manners.chats > 0 && manners.unsent == manners.chats && !manners.began_charged;
        if never_left && error.charged() == Charged::Unknown {
            return Some((Rule::UnsentIsFree, format!("\"{error}\" of a message that never left")));
        }
        let is_kept = matches!(self.journal, Some(Checkpoint::Charging { .. })) && manners.chats > 0;
        if is_kept && error.charged() == Charged::No {
            return Some((Rule::UnsentIsFree, "written down as one that may have left".into()));
        }
        let name = manners.refused.and_then(code)?;
        let is_named = matches!(error.row(), None | Some(Row::Server)) || error.code() == name;
        (!is_named).then(|| (Rule::RefusalIsNamed, format!("{name} is told as {}", error.code())))
    }

    fn minds(&mut self, wrong: Option<(Rule, String)>) {
        if let Some((rule, why)) = wrong {
            self.hold(rule, false, || why);
        }
    }
}

/// What a refusal is called to the user.
fn code(fault: Fault) -> Option<&'static str> {
    Some(match fault {
        Fault::NoSession | Fault::SessionGone => "no_session",
        Fault::NoCredits => "no_credits",
        Fault::PlanNeeded => "plan_needed",
        Fault::ScopeMissing => "scope_missing",
        Fault::TooLarge => "too_large",
        Fault::StorageFull => "storage_full",
        _ => return None,
    })
}

fn text(head: &Head, name: header::HeaderName) -> Option<&str> {
    head.headers.get(name)?.to_str().ok()
}

/// A name that stands for these very bytes.
fn is_strong(etag: &str) -> bool {
    etag.len() > 2 && etag.starts_with('"') && etag.ends_with('"')
}

/// What says that it is a stream, or says nothing.
fn is_stream(head: &Head) -> bool {
    matches!(head.content_type().as_str(), "text/event-stream" | "")
}
