//! The finished file: fetched without the token, checked, and put in place whole or not at all.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::api::{DOWNLOAD, Link, fetch_fallback, fetch_url, hop, redirected, url_in_reply};
use crate::call::{Head, SinkId};
use crate::config::{BACKOFF_FIRST, Config, DOWNLOAD_STALL, MAX_DOWNLOAD_BYTES, MAX_ERROR_BYTES, REPLY};
use crate::envelope;
use crate::error::{BoxError, Error, Fault, Phase, What};
use crate::event::{Checkpoint, Event, Stage};
use crate::export::Rendered;
use crate::json::Object;
use crate::machine::{Input, Machine, Op, Step};
use crate::media;
use crate::planted;
use crate::time::{Instant, Now};

mod part;

use part::{Part, Piece};

/// Fetches a finished render into a sink.
///
/// ```text
/// Measuring → Ready → Sent → Head → Saving → Checked → Publishing → done
///               ↑       └ words, redirects ┘    │
///               └────────── Pausing ←───────────┘ cut off: the rest, if it is still the same file
/// ```
/// The link first, without the token, over at most five redirects; then the API's own route, with it. What arrives is
/// published only if it is as long as announced and begins like an MP4. A download that breaks off goes on where it broke
/// off, if the server names the file's version (a strong `ETag`) and answers with exactly the rest.
#[derive(Debug)]
pub struct Download {
    config: Arc<Config>,
    rendered: Rendered,
    sink: SinkId,
    tries: u32,
    part: Part,
    /// The longest part there ever was, in bytes.
    furthest: u64,
    told: Option<Option<String>>,
    state: State,
    events: VecDeque<Event>,
}

/// A file in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// Its length in bytes.
    pub bytes: u64,
}

/// Where the bytes are asked from.
#[derive(Clone, Debug)]
enum Route {
    Link {
        link: Link,
        hops: u32,
    },
    /// The API itself: its own route, or where that redirects to on the same origin.
    Fallback {
        path: Option<String>,
        hops: u32,
    },
}

#[derive(Debug)]
enum State {
    Measuring,
    Ready(Route),
    Sent(Route),
    /// An answer that is no file: read for its words, or for a link.
    Words {
        route: Route,
        head: Head,
        body: Vec<u8>,
        until: Instant,
    },
    Head {
        route: Route,
        piece: Piece,
    },
    Saving {
        route: Route,
        piece: Piece,
    },
    Pausing {
        route: Route,
        until: Instant,
    },
    Checked {
        bytes: u64,
    },
    Publishing {
        bytes: u64,
    },
    Finished(Option<Result<Downloaded, Error>>),
}

const FALLBACK: Route = Route::Fallback { path: None, hops: 0 };
/// How often in a row a download may break off without having got on.
const TRIES: u32 = 3;
/// A try that brought less than this has not got on: a server that sends a byte a try would never be done.
const GOT_ON_BYTES: u64 = 1024 * 1024;
/// Redirects that are followed; a longer chain is a loop.
const MAX_HOPS: u32 = 5;

impl Download {
    /// Fetches `rendered` into `sink`.
    #[must_use]
    pub fn new(config: Arc<Config>, rendered: Rendered, sink: SinkId) -> Self {
        Self::resume(config, rendered, sink, None)
    }

    /// Goes on with a download that was cut off with its process; `etag` is the version that the part file is of
    /// ([`Checkpoint::Downloading`]).
    #[must_use]
    pub fn resume(config: Arc<Config>, rendered: Rendered, sink: SinkId, etag: Option<String>) -> Self {
        let events = VecDeque::from([Event::Began(Stage::Downloading)]);
        let (part, state) = (Part::of(etag), State::Measuring);
        Self { config, rendered, sink, tries: 1, part, furthest: 0, told: None, state, events }
    }

    fn send(&mut self, route: Route, now: Now) -> Result<Op, Box<State>> {
        let mut call = match &route {
            #[cfg(feature = "planted")]
            Route::Link { link, hops: 1.. } if planted!(HopUnchecked) => link.unchecked(now.monotonic),
            Route::Link { link, .. } => match fetch_url(&self.config, link, now.monotonic) {
                Ok(call) => call,
                Err(why) => return Err(Box::new(self.fall_back(&route, why))),
            },
            Route::Fallback { path, .. } => {
                fetch_fallback(&self.config, &self.rendered.render, path.as_deref(), now.monotonic)
            }
        };
        let is_hop = matches!(route, Route::Link { hops: 1.., .. });
        call.bearer |= is_hop && planted!(TokenAfterRedirect);
        self.part.ask_for_the_rest(&mut call);
        self.state = State::Sent(route);
        Ok(Op::Send(call))
    }

    fn answered(&mut self, now: Now, route: Route, head: Head) -> State {
        let is_words =
            matches!(head.content_type().as_str(), "application/json" | "text/html" | "application/problem+json");
        match head.status {
            200 if !is_words => {
                let piece = self.part.whole(&head);
                self.begin_saving(route, piece)
            }
            416 if self.part.was_whole(&head) => State::Ready(route),
            206 | 416 => match self.part.rest(&head) {
                Some(piece) => self.begin_saving(route, piece),
                None => {
                    self.part.forget();
                    self.again_or(now, &route, damaged("the rest that came is of another file"))
                }
            },
            300..=399 => self.redirect(&route, &head),
            _ => State::Words { route, head, body: Vec::new(), until: now.monotonic + REPLY },
        }
    }

    fn begin_saving(&mut self, route: Route, piece: Piece) -> State {
        self.tell();
        State::Head { route, piece }
    }

    /// What lies in the part file from now on is of a certain version: who resumes must know it.
    fn tell(&mut self) {
        let etag = self.part.tellable().filter(|_| !planted!(VersionNotTold)).map(str::to_owned);
        if self.told.as_ref() != Some(&etag) {
            self.told = Some(etag.clone());
            let (session, render) = (self.rendered.session.clone(), self.rendered.render.clone());
            self.events.push_back(Event::Checkpoint(Checkpoint::Downloading { session, render, etag }));
        }
    }

    fn redirect(&mut self, route: &Route, head: &Head) -> State {
        let api = Link::at(&self.config.api);
        let (from, hops) = match route {
            Route::Link { link, hops } => (link, *hops),
            Route::Fallback { hops, .. } => (&api, *hops),
        };
        let followed = hops < MAX_HOPS || planted!(HopsUnbounded);
        let Some(link) = redirected(head).filter(|_| followed).and_then(|location| hop(from, location)) else {
            return self.fall_back(route, "it redirects to nowhere".into());
        };
        let own = matches!(route, Route::Fallback { .. }).then(|| link.path_at(&self.config.api)).flatten();
        let hops = hops + 1;
        State::Ready(match own {
            Some(path) => Route::Fallback { path: Some(path), hops },
            None => Route::Link { link, hops },
        })
    }

    /// JSON or a page instead of a file: a link, or a refusal.
    fn worded(&mut self, route: &Route, head: &Head, body: &[u8]) -> State {
        let object = Object::parse(body);
        if let Some(refusal) = envelope::refusal(DOWNLOAD, head, object.as_ref()) {
            return match route {
                Route::Link { .. } => self.fall_back(route, refusal.to_string()),
                Route::Fallback { .. } => self.fail(Error::refused(refusal)),
            };
        }
        match (route, url_in_reply(body)) {
            (Route::Fallback { .. }, Some(link)) => State::Ready(Route::Link { link, hops: MAX_HOPS }),
            _ => self.fall_back(route, "it is no video".into()),
        }
    }

    fn saved(&mut self, now: Now, route: &Route, piece: &Piece, bytes: u64, start: &[u8], whole: bool) -> State {
        let why = match piece.total {
            Some(total) if total != bytes && !planted!(LengthUnchecked) => format!("{bytes} of {total} bytes came"),
            _ if bytes == 0 => "it is empty".into(),
            _ if !media::is_mp4(start) && !planted!(KindUnchecked) => "it does not begin like an MP4".into(),
            _ if !whole => "it ends in the middle".into(),
            _ => return self.checked(bytes),
        };
        self.part.holds(bytes);
        self.part.forget();
        self.again_or(now, route, damaged(why))
    }

    fn checked(&mut self, bytes: u64) -> State {
        planted!(PublishNotTold => return State::Checked { bytes });
        let (session, render) = (self.rendered.session.clone(), self.rendered.render.clone());
        self.events.push_back(Event::Checkpoint(Checkpoint::Publishing { session, render, bytes }));
        State::Checked { bytes }
    }

    fn cut(&mut self, now: Now, route: &Route, bytes: u64, why: BoxError) -> State {
        planted!(CutIsComplete => return self.checked(bytes));
        self.part.holds(bytes);
        self.tell();
        // Bytes that came before, and were thrown away, are no progress.
        if bytes.saturating_sub(self.furthest) >= GOT_ON_BYTES {
            self.tries = 1;
        }
        self.furthest = self.furthest.max(bytes);
        let fault = Fault { phase: Phase::Receiving, source: why };
        self.again_or(now, route, What::Transport { endpoint: DOWNLOAD, fault }.into())
    }

    fn broke(&mut self, now: Now, route: &Route, fault: Fault) -> State {
        let local = fault.phase.is_local();
        let error = Error::from(What::Transport { endpoint: DOWNLOAD, fault });
        if local { self.fail(error) } else { self.again_or(now, route, error) }
    }

    fn again_or(&mut self, now: Now, route: &Route, error: Error) -> State {
        if self.tries < TRIES {
            self.tries += 1;
            self.events.push_back(Event::Note(format!("{error}; {}", self.part.next_try())));
            let until = now.monotonic + BACKOFF_FIRST * self.tries;
            return State::Pausing { route: first_route(&self.rendered), until };
        }
        match route {
            Route::Link { .. } => self.fall_back(route, error.to_string()),
            Route::Fallback { .. } => self.fail(error),
        }
    }

    fn fall_back(&mut self, route: &Route, why: String) -> State {
        #[cfg(feature = "planted")]
        let why = if let Route::Link { link, .. } = route { link.revealed(why) } else { why };
        match route {
            Route::Link { .. } if self.rendered.link.is_some() => {
                self.events
                    .push_back(Event::Note(format!("the download link does not work ({why}); asking the API instead")));
                self.rendered.link = None;
                State::Ready(FALLBACK)
            }
            Route::Link { .. } | Route::Fallback { .. } => self.fail(What::NoDownload { why }.into()),
        }
    }

    fn fail(&self, error: Error) -> State {
        State::Finished(Some(Err(error.of_render(&self.rendered.render))))
    }
}

fn damaged(why: impl Into<String>) -> Error {
    What::Damaged { why: why.into() }.into()
}

fn first_route(rendered: &Rendered) -> Route {
    match &rendered.link {
        Some(link) => Route::Link { link: link.clone(), hops: 0 },
        None => FALLBACK,
    }
}

impl Machine for Download {
    type Output = Downloaded;

    fn poll(&mut self, now: Now) -> Step<Downloaded> {
        loop {
            let is_kept_back = planted!(DownloadToldLate) && matches!(self.state, State::Head { .. });
            if !is_kept_back && let Some(event) = self.events.pop_front() {
                return Step::Emit(event);
            }
            let (state, op) = match std::mem::replace(&mut self.state, State::Finished(None)) {
                State::Measuring => (State::Measuring, Op::Measure(self.sink)),
                State::Ready(route) => match self.send(route, now) {
                    Ok(op) => return Step::Do(op),
                    Err(state) => {
                        self.state = *state;
                        continue;
                    }
                },
                State::Words { route, head, body, until } => {
                    (State::Words { route, head, body, until }, Op::Read { until })
                }
                State::Head { route, piece } => {
                    let (sink, from) = (self.sink, piece.from);
                    let save = Op::Save { sink, from, limit: MAX_DOWNLOAD_BYTES, stall: DOWNLOAD_STALL };
                    (State::Saving { route, piece }, save)
                }
                State::Pausing { route, until } => (State::Pausing { route, until }, Op::Wait { until }),
                State::Checked { bytes } if planted!(PublishSkipped) => return Step::Done(Ok(Downloaded { bytes })),
                State::Checked { bytes } => (State::Publishing { bytes }, Op::Publish(self.sink)),
                State::Finished(Some(result)) => return Step::Done(result),
                State::Finished(None) => unreachable!("polled after Done"),
                // The driver answered something that was not asked: what was asked gets no answer any more.
                state @ (State::Sent(_) | State::Saving { .. } | State::Publishing { .. }) => {
                    (state, Op::Wait { until: now.monotonic + REPLY })
                }
            };
            self.state = state;
            return Step::Do(op);
        }
    }

    fn handle(&mut self, now: Now, input: Input) {
        let timed_out = || Error::from(What::TimedOut { endpoint: DOWNLOAD });
        self.state = match (std::mem::replace(&mut self.state, State::Finished(None)), input) {
            (State::Measuring, Input::Measured { part, .. }) => {
                self.part.measured(part);
                State::Ready(first_route(&self.rendered))
            }
            (State::Measuring, Input::Failed(fault)) => self.broke(now, &first_route(&self.rendered), fault),
            (State::Measuring, _) => State::Ready(first_route(&self.rendered)),
            (State::Sent(route), Input::Head(head)) => self.answered(now, route, head),
            (State::Sent(route), Input::NotSent { why, .. }) => {
                self.broke(now, &route, Fault { phase: Phase::Connecting, source: why })
            }
            (State::Words { route, head, mut body, until }, Input::Chunk(chunk)) if body.len() < MAX_ERROR_BYTES => {
                body.extend_from_slice(&chunk);
                State::Words { route, head, body, until }
            }
            (
                State::Words { route, head, body, .. },
                Input::Chunk(_) | Input::End | Input::Elapsed | Input::Failed(_),
            ) => self.worded(&route, &head, &body),
            (State::Saving { route, piece }, Input::Saved { bytes, start, whole }) => {
                self.saved(now, &route, &piece, bytes, &start, whole)
            }
            (State::Saving { route, .. }, Input::Cut { bytes, why }) => self.cut(now, &route, bytes, why),
            (State::Pausing { route, until }, Input::Elapsed) if now.monotonic >= until => State::Ready(route),
            (State::Sent(route) | State::Saving { route, .. }, Input::Failed(fault)) => self.broke(now, &route, fault),
            (State::Sent(route) | State::Saving { route, .. }, Input::Elapsed) => {
                self.again_or(now, &route, timed_out())
            }
            (State::Publishing { bytes }, Input::Published) => State::Finished(Some(Ok(Downloaded { bytes }))),
            (State::Publishing { .. }, Input::Elapsed) => self.fail(timed_out()),
            (State::Publishing { .. }, Input::Failed(fault)) => {
                self.fail(What::Transport { endpoint: DOWNLOAD, fault }.into())
            }
            (state, _) => state,
        };
    }
}

#[cfg(test)]
mod tests;
