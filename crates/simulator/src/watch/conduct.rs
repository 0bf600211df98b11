//! What one operation of one process does: its pace, its words, its bounds.

use std::time::Duration;

use weixin_video_core::event::{Checkpoint, Event};
use weixin_video_core::time::{Instant, Now};

use super::Broken;
use crate::fault::Fault;
use crate::limits;
use crate::network::Telling;
use crate::rule::Rule;
use crate::server::{Asked, Meaning, Route, Server};

/// One operation, as far as it can be seen from outside.
#[derive(Debug)]
pub(crate) struct Conduct {
    pub(crate) broken: Option<Broken>,
    /// It knows of the render of an earlier process.
    pub(crate) follows_render: bool,
    /// The number of the draft that it was told last.
    pub(crate) served: Option<usize>,
    /// The same, before the message left; none where the process did not see it.
    pub(crate) before: Option<usize>,
    /// An answer showed another draft than the one before the message.
    pub(crate) was_shown_change: bool,
    /// Whether only the timeline can tell what became of the message.
    is_unclear: bool,
    /// It waits for a usual render that tells how far it is.
    waits_honestly: bool,
    began: Instant,
    steps: u32,
    pub(crate) requests: u32,
    text: usize,
    /// The last answer was a redirect; how many came in a row.
    redirected: bool,
    hops: u32,
    /// When it last said something while the stream is open.
    quiet_since: Option<Instant>,
    broke_at: Option<Duration>,
    looked_at: Option<Duration>,
    polled_at: Option<Duration>,
    /// When it first heard of a render that goes on, and how often in the usual time.
    waits_since: Option<Duration>,
    polls: u32,
    limited: Vec<(Route, Duration)>,
    /// Renders that it was told have failed.
    pub(crate) failed: Vec<String>,
    refused: Option<Fault>,
}

impl Conduct {
    /// Begins now; goes on from a checkpoint, if there is one.
    pub(crate) fn new(now: Now, from: Option<&Checkpoint>, server: &Server) -> Self {
        let before = match from {
            Some(Checkpoint::Charging { session, before, .. }) => {
                let before = before.as_deref().unwrap_or_default();
                server.session(session.as_str()).and_then(|session| session.version_of(before))
            }
            _ => None,
        };
        Self {
            broken: None,
            follows_render: from.is_some_and(|from| from.render().is_some()),
            served: None,
            before,
            was_shown_change: false,
            is_unclear: matches!(from, Some(Checkpoint::Charging { .. })),
            waits_honestly: false,
            began: now.monotonic,
            steps: 0,
            requests: 0,
            text: 0,
            redirected: false,
            hops: 0,
            quiet_since: None,
            broke_at: None,
            looked_at: None,
            polled_at: None,
            waits_since: None,
            polls: 0,
            limited: Vec::new(),
            failed: Vec::new(),
            refused: None,
        }
    }

    /// A step; the bounds that every process has.
    pub(crate) fn step(&mut self, now: Now) {
        self.steps += 1;
        self.hold(Rule::StepsAreBounded, self.steps <= limits::STEPS, || "too many steps".into());
        let passed = now.monotonic - self.began;
        self.hold(Rule::TimeIsBounded, passed <= limits::TIME, || format!("{} s", passed.as_secs()));
        if let Some(since) = self.quiet_since {
            let quiet = now.monotonic - since;
            self.hold(Rule::SpeaksUp, quiet <= limits::SILENCE, || format!("silent for {} s", quiet.as_secs()));
        }
    }

    /// A request is about to leave; `honest` if it is about a usual render whose progress can be believed.
    pub(crate) fn asked(&mut self, truth: Duration, now: Now, asked: &Asked<'_>, honest: bool) {
        self.requests += 1;
        let requests = self.requests;
        self.hold(Rule::RequestsAreBounded, requests <= limits::REQUESTS, || format!("request {requests}"));
        let refused = self.refused;
        self.hold(Rule::NoIsNo, refused.is_none(), || format!("{:?} after {refused:?}", asked.route));
        let route = asked.route;
        let early = self.limited.iter().any(|(limited, until)| *limited == route && truth < *until);
        self.hold(Rule::RetryAfterIsObeyed, !early, || format!("{route:?} is asked again too soon"));
        self.limited.retain(|(limited, _)| *limited != route);
        self.quiet_since = None;
        match route {
            Route::Chat => {
                self.quiet_since = Some(now.monotonic);
                self.before = self.served;
            }
            Route::State => self.looks(truth),
            Route::Status => {
                self.waits_honestly = honest;
                self.polls(truth);
            }
            _ => {}
        }
        // A request with the token is one of our own again, and not where a redirect led.
        let follows = std::mem::take(&mut self.redirected) && asked.bearer.is_none();
        self.hops = if follows { self.hops + 1 } else { 0 };
        let hops = self.hops;
        self.hold(Rule::HopsAreBounded, hops <= limits::HOPS, || format!("{hops} redirects in a row"));
    }

    fn looks(&mut self, truth: Duration) {
        let since = |at: Option<Duration>| at.map_or(Duration::MAX, |at| truth.saturating_sub(at));
        let (broke, looked) = (since(self.broke_at), since(self.looked_at));
        let is_first = self.looked_at.is_none();
        let holds = if is_first { broke >= limits::FIRST_LOOK } else { looked >= limits::NEXT_LOOK };
        self.hold(Rule::LooksAreSpaced, holds, || "the state is asked for too soon".into());
    }

    fn polls(&mut self, truth: Duration) {
        let gap = self.polled_at.take().map_or(Duration::MAX, |at| truth.saturating_sub(at));
        self.hold(Rule::PollsAreSpaced, gap >= limits::POLL, || format!("asked again after {} ms", gap.as_millis()));
    }

    /// Answers count, not questions: one that got lost is asked again at once.
    fn polled(&mut self, truth: Duration) {
        self.polled_at = Some(truth);
        let since = *self.waits_since.get_or_insert(truth);
        self.polls += 1;
        let polls = self.polls;
        let holds = !self.waits_honestly || polls <= limits::POLLS || truth - since > limits::USUAL_RENDER;
        self.hold(Rule::PollsAreFew, holds, || format!("answer {polls} within 90 s"));
    }

    /// An answer came, whole.
    pub(crate) fn heard(&mut self, truth: Duration, tells: &Telling, message_is_out: bool) {
        let Telling { route, meaning, retry_after, .. } = tells;
        match meaning {
            Meaning::State(version) => self.heard_state(truth, *version),
            Meaning::Started => {
                self.waits_since = Some(truth);
                self.polls = 0;
            }
            Meaning::Going | Meaning::Completed => self.polled(truth),
            Meaning::Elsewhere => self.redirected = true,
            Meaning::Refused(fault) => self.heard_no(truth, *route, *fault, *retry_after, message_is_out),
            _ => {}
        }
    }

    fn heard_state(&mut self, truth: Duration, version: usize) {
        self.served = Some(version);
        if self.before.is_some_and(|before| before != version) {
            self.was_shown_change = true;
            (self.broke_at, self.looked_at) = (None, None);
        }
        if self.broke_at.is_some() {
            self.looked_at = Some(truth);
        }
    }

    fn heard_no(&mut self, truth: Duration, route: Route, fault: Fault, wait: Option<u64>, message_is_out: bool) {
        match fault {
            Fault::RateLimited | Fault::RateLimitedLong | Fault::RateLimitedOddly if route != Route::File => {
                let wait = wait.map_or(limits::RATE_LIMIT, Duration::from_secs);
                self.limited.push((route, truth.saturating_add(wait)));
            }
            // A look at the state costs nothing and is the only way to learn what became of the message.
            _ if route == Route::State && message_is_out => {}
            _ if matches!(route, Route::File | Route::Fallback | Route::Nowhere | Route::Claim) => {}
            Fault::NoCredits
            | Fault::Unsupported
            | Fault::TooLarge
            | Fault::PlanNeeded
            | Fault::ScopeMissing
            | Fault::StorageFull
            | Fault::NoClientId
            | Fault::OtherRefusal => self.refused = self.refused.or(Some(fault)),
            _ => {}
        }
    }

    /// The stream of the agent broke.
    pub(crate) fn broke(&mut self, truth: Duration) {
        self.quiet_since = None;
        self.is_unclear = true;
        self.broke_at.get_or_insert(truth);
    }

    /// The stream of the agent ended.
    pub(crate) fn closed(&mut self) {
        self.quiet_since = None;
    }

    /// It said something.
    pub(crate) fn told(&mut self, now: Now, event: &Event) {
        if self.quiet_since.is_some() {
            self.quiet_since = Some(now.monotonic);
        }
        if let Event::Said(text) | Event::Note(text) = event {
            self.text += text.len();
        }
        if matches!(event, Event::Checkpoint(Checkpoint::Edited { .. })) {
            self.holds_edit();
        }
        let text = self.text;
        self.hold(Rule::TextIsBounded, text <= limits::TEXT, || format!("{text} bytes"));
    }

    /// The edit is called done.
    pub(crate) fn holds_edit(&mut self) {
        let holds = !self.is_unclear || self.was_shown_change;
        self.hold(Rule::CutIsNotDone, holds, || "no answer showed a change".into());
    }

    fn hold(&mut self, rule: Rule, holds: bool, why: impl FnOnce() -> String) {
        if !holds && self.broken.is_none() {
            self.broken = Some(Broken { rule, why: why() });
        }
    }
}
