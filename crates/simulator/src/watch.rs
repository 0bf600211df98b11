//! Whoever watches: holds every step of a session to the rules.
//!
//! What outlives a process (what is charged, what is written down) stands here; what is one process's own stands in
//! [`Conduct`].

mod conduct;
mod ending;
mod manners;
mod talk;
mod words;

use std::time::Duration;

use http::Request;
use weixin_video_core::call::{Body, Call, Charge};
use weixin_video_core::event::{Checkpoint, Event};
use weixin_video_core::time::Now;

use crate::fault::Fault;
use crate::network::Telling;
use crate::rule::Rule;
use crate::secrets;
use crate::server::{Asked, Meaning, Render, Route, Server};

pub(crate) use conduct::Conduct;
pub(crate) use ending::Ended;
use manners::Manners;

/// A rule that was broken, and how.
#[derive(Clone, Debug)]
pub(crate) struct Broken {
    pub(crate) rule: Rule,
    pub(crate) why: String,
}

/// What is known of a session, over all its processes.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// The first rule that was broken.
    pub(crate) broken: Option<Broken>,
    /// The last checkpoint that is written down.
    pub(crate) journal: Option<Checkpoint>,
    /// It is the session of a whole job.
    pub(crate) is_job: bool,
    /// Which operation has the message.
    pub(crate) speaker: usize,
    /// What is said to the agent.
    pub(crate) message: String,
    /// The user's own token, where there is one.
    pub(crate) given: Option<String>,
    /// What the installation calls itself.
    pub(crate) client: String,
    /// Charged calls that left.
    charged_calls: u32,
    /// The server said no to the last of them.
    said_no: bool,
    /// The session, clip and render that the client knows of.
    session: Option<String>,
    uploaded_to: Option<String>,
    render: Option<String>,
    /// The server said that a session is gone.
    said_gone: bool,
    /// The server said that the render is over without a file, or not there.
    said_over: bool,
    asks_for_token: Option<usize>,
    pub(crate) conducts: Vec<Conduct>,
    manners: Vec<Manners>,
    /// The ids of all renders that were asked for.
    rendered: Vec<String>,
    /// The version of the file that comes, where it has a strong name.
    coming: Option<String>,
}

impl Watch {
    /// Holds a rule.
    pub(crate) fn hold(&mut self, rule: Rule, holds: bool, why: impl FnOnce() -> String) {
        if !holds && self.broken.is_none() {
            self.broken = Some(Broken { rule, why: why() });
        }
    }

    /// A process begins, with so many operations.
    pub(crate) fn process(&mut self, now: Now, operations: usize, server: &Server) {
        self.conducts = (0..operations).map(|_| Conduct::new(now, self.journal.as_ref(), server)).collect();
        self.begin_manners(operations);
        self.asks_for_token = None;
        // A message that was refused, and is written down as still to be said, may be said.
        let is_unsaid = matches!(self.journal, Some(Checkpoint::Opened { .. } | Checkpoint::Uploaded { .. }));
        if is_unsaid && self.said_no {
            self.charged_calls = 0;
        }
    }

    /// A request is about to be handed to the network.
    pub(crate) fn asked(
        &mut self,
        who: usize,
        now: Now,
        truth: Duration,
        call: &Call,
        asked: &Asked<'_>,
        server: &Server,
    ) {
        self.holds_origin(call.request(), asked);
        self.holds_token(who, asked);
        self.holds_what_is_kept(who, asked, server);
        if call.charge() == Charge::Charged {
            self.holds_charge(who, asked);
        }
        let honest = server.render(&asked.render).is_some_and(Render::is_honest);
        self.conducts[who].asked(truth, now, asked, honest);
        self.conduct(who);
        self.minds_request(who, now, asked, server);
    }

    /// The machine hears that nothing left.
    pub(crate) fn not_sent(&mut self, charge: Charge) {
        if charge == Charge::Charged {
            self.charged_calls = self.charged_calls.saturating_sub(1);
        }
    }

    /// The machine hears the last words of an answer, if not yet that they are: a refusal is whole by its last brace.
    pub(crate) fn heard_words(&mut self, tells: &Telling) {
        self.said_no |= tells.route == Route::Chat && is_no(&tells.meaning);
    }

    /// The machine hears an answer, whole.
    pub(crate) fn heard(&mut self, who: usize, truth: Duration, tells: &Telling) {
        let Telling { route, id, meaning, .. } = tells;
        match meaning {
            Meaning::Opened(session) => self.session = Some(session.clone()),
            Meaning::Uploaded => self.uploaded_to = Some(id.clone()),
            Meaning::Started | Meaning::Going | Meaning::Completed | Meaning::Refused(Fault::DuplicateRender) => {
                self.render = Some(id.clone());
                self.said_over = false;
            }
            Meaning::Failed => {
                self.said_over = true;
                self.conducts[who].failed.push(id.clone());
            }
            Meaning::Refused(Fault::NotFound | Fault::RenderForgotten) => self.said_over = true,
            Meaning::Refused(Fault::NoSession | Fault::SessionGone) => self.said_gone = true,
            _ => {}
        }
        if *route == Route::Chat {
            self.said_no = is_no(meaning);
        }
        self.minds_answer(who, *route, meaning);
        let message_is_out = self.charged_calls > 0;
        self.conducts[who].heard(truth, tells, message_is_out);
    }

    /// The machine got an answer to what it asked; `route` is what that was.
    pub(crate) fn handled(&mut self, who: usize) {
        if self.asks_for_token == Some(who) {
            self.asks_for_token = None;
        }
    }

    /// A word for whoever watches.
    pub(crate) fn event(&mut self, who: usize, now: Now, event: &Event) {
        self.conducts[who].told(now, event);
        self.holds_words(event);
        self.conduct(who);
        self.minds_event(who, event);
    }

    /// Makes a broken rule of one operation the session's.
    pub(crate) fn conduct(&mut self, who: usize) {
        if self.broken.is_none() {
            self.broken = self.conducts[who].broken.take();
        }
    }

    fn holds_origin(&mut self, request: &Request<Body>, asked: &Asked<'_>) {
        let uri = request.uri();
        let (host, scheme) = (asked.host, uri.scheme_str().unwrap_or_default());
        let is_known = matches!(host, "api.example" | "cdn.example" | "cdn2.example");
        self.hold(Rule::HostIsAllowed, is_known && scheme == "https", || format!("a request to {scheme}://{host}"));
        if asked.route == Route::File {
            let tells = |value: &http::HeaderValue| value.to_str().is_ok_and(secrets::is_in);
            let leaks = request.headers().values().any(tells) || asked.bearer.is_some();
            self.hold(Rule::TokenStaysHome, !leaks, || format!("a secret in a header to {host}"));
        } else {
            // A redirect can lead here too; such a request carries nothing of ours.
            let is_ours = asked.bearer.is_some() || asked.route == Route::Token;
            let in_url = uri.path_and_query().is_some_and(|path| secrets::is_in(path.as_str()));
            self.hold(Rule::TokenStaysHome, !in_url || !is_ours, || format!("a secret in {uri}"));
            self.hold(Rule::AttributionIsComplete, asked.attribution == 3 || !is_ours, || {
                format!("{} of 3 headers on {:?}", asked.attribution, asked.route)
            });
        }
    }

    fn holds_token(&mut self, who: usize, asked: &Asked<'_>) {
        if asked.route == Route::Token {
            self.hold(Rule::GivenTokenIsKept, self.given.is_none(), || "a new token is asked for".into());
            let is_same = asked.client == Some(self.client.as_str());
            self.hold(Rule::ClientIdIsConstant, is_same, || format!("client id {:?}", asked.client));
            let other = self.asks_for_token.filter(|&other| other != who);
            self.hold(Rule::OneRenewalAtATime, other.is_none(), || "two ask for a token at once".into());
            self.asks_for_token = Some(who);
        } else if let (Some(given), Some(bearer)) = (&self.given, asked.bearer) {
            let is_it = given == bearer;
            self.hold(Rule::GivenTokenIsKept, is_it, || "another token is sent".into());
        }
    }

    fn holds_what_is_kept(&mut self, who: usize, asked: &Asked<'_>, server: &Server) {
        match asked.route {
            Route::Open if self.is_job => {
                let lost = !self.said_gone && self.journal.is_some() && self.session.is_some();
                self.hold(Rule::SessionIsKept, !lost, || "a second session is opened without cause".into());
            }
            Route::Upload if self.is_job => self.holds_upload(asked),
            Route::Start => self.holds_start(who, asked, server),
            _ => {}
        }
    }

    fn holds_upload(&mut self, asked: &Asked<'_>) {
        let is_noted = !matches!(self.journal, None | Some(Checkpoint::Opened { .. }));
        let again = is_noted && self.uploaded_to.as_deref() == Some(asked.session) && !self.said_gone;
        self.hold(Rule::UploadIsKept, !again, || "the clip is uploaded a second time without cause".into());
        let opened =
            matches!(&self.journal, Some(Checkpoint::Opened { session, .. }) if session.as_str() == asked.session);
        self.holds_announced(opened, || "an upload".into());
    }

    fn holds_start(&mut self, who: usize, asked: &Asked<'_>, server: &Server) {
        let noted =
            self.journal.as_ref().and_then(Checkpoint::render).is_some_and(|render| render.as_str() == asked.render);
        self.holds_announced(noted, || format!("render {}", asked.render));
        let kept = self.render.is_some() && !self.said_over && self.conducts[who].follows_render;
        self.hold(Rule::RenderIsKept, !kept, || format!("{} although another is under way", asked.render));
        let dead = self.conducts[who].failed.contains(&asked.render);
        self.hold(Rule::FailedIdIsDead, !dead, || format!("{} failed before", asked.render));
        let served = self.conducts[who].served;
        let told = server.session(asked.session).map(|session| session.draft_of(served.unwrap_or(0)));
        self.hold(Rule::DraftToTheLetter, served.is_some() && told == Some(asked.draft.as_str()), || {
            format!("draft {} where the server told {told:?}", asked.draft)
        });
    }

    fn holds_charge(&mut self, who: usize, asked: &Asked<'_>) {
        self.charged_calls += 1;
        let calls = self.charged_calls;
        self.hold(Rule::ChargedCallOnce, calls <= 1, || format!("charged call number {calls} of one message"));
        let first = self.conducts[who].served.is_some();
        self.hold(Rule::FreeCallFirst, first, || "no free call succeeded before".into());
        let noted =
            matches!(&self.journal, Some(Checkpoint::Charging { session, .. }) if session.as_str() == asked.session);
        self.holds_announced(noted, || "a charged call".into());
    }

    /// What the disk is about to be asked.
    pub(crate) fn saves(&mut self, from: u64, there: u64) {
        self.minds_version(there);
        self.hold(Rule::PartIsThere, from <= there, || format!("from byte {from} of {there}"));
        let noted = matches!(self.journal, Some(Checkpoint::Downloading { .. }));
        self.holds_announced(noted, || "bytes are written".into());
    }

    /// The part file is about to get its name.
    pub(crate) fn publishes(&mut self, there: u64) {
        let noted = matches!(&self.journal, Some(Checkpoint::Publishing { bytes, .. }) if *bytes == there);
        self.holds_announced(noted, || format!("{there} bytes are published"));
    }

    fn holds_announced(&mut self, noted: bool, what: impl FnOnce() -> String) {
        if !noted {
            let journal = format!("{:?}", self.journal);
            self.hold(Rule::AnnouncedFirst, false, || format!("{} after {journal}", what()));
        }
    }
}

/// Whether it says that a message was not taken; a server in trouble may have taken it.
fn is_no(meaning: &Meaning) -> bool {
    matches!(meaning, Meaning::Refused(fault) if *fault != Fault::Trouble)
}
