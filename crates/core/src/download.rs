//! The finished file: fetched without the token, checked, and put in place whole or not at all.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::api::{DOWNLOAD, Link, fetch_fallback, fetch_url, hop, redirected, url_in_reply};
use crate::call::{Head, SinkId};
use crate::config::{Config, DOWNLOAD_STALL, MAX_DOWNLOAD_BYTES, MAX_ERROR_BYTES, REPLY};
use crate::envelope;
use crate::error::{Error, Fault, Phase, What};
use crate::event::{Event, Stage};
use crate::export::Rendered;
use crate::json::Object;
use crate::machine::{Input, Machine, Op, Step};
use crate::media;
use crate::time::{Instant, Now};

/// Fetches a finished render into a sink.
///
/// The link first, without the token, over at most five redirects; then the API's own route, with it.
/// What arrives is published only if it is as long as announced and begins like an MP4.
#[derive(Debug)]
pub struct Download {
    config: Arc<Config>,
    rendered: Rendered,
    sink: SinkId,
    tries: u32,
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
    Link { link: Link, hops: u32 },
    Fallback,
}

#[derive(Debug)]
enum State {
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
        expected: Option<u64>,
    },
    Saving {
        route: Route,
        expected: Option<u64>,
    },
    Checked {
        bytes: u64,
    },
    Publishing {
        bytes: u64,
    },
    Finished(Option<Result<Downloaded, Error>>),
}

/// How often a download that broke is begun anew.
const TRIES: u32 = 3;
/// Redirects that are followed; a longer chain is a loop.
const MAX_HOPS: u32 = 5;

impl Download {
    /// Fetches `rendered` into `sink`.
    #[must_use]
    pub fn new(config: Arc<Config>, rendered: Rendered, sink: SinkId) -> Self {
        let route = first_route(&rendered);
        let events = VecDeque::from([Event::Began(Stage::Downloading)]);
        Self { config, rendered, sink, tries: 1, state: State::Ready(route), events }
    }

    fn send(&mut self, route: Route, now: Now) -> Result<Op, Box<State>> {
        let call = match &route {
            Route::Link { link, .. } => match fetch_url(&self.config, link, now.monotonic) {
                Ok(call) => call,
                Err(why) => return Err(Box::new(self.fall_back(&route, why))),
            },
            Route::Fallback => fetch_fallback(&self.config, &self.rendered.render, now.monotonic),
        };
        self.state = State::Sent(route);
        Ok(Op::Send(call))
    }

    fn answered(&mut self, now: Now, route: Route, head: Head) -> State {
        let is_words =
            matches!(head.content_type().as_str(), "application/json" | "text/html" | "application/problem+json");
        match head.status {
            200 if !is_words => State::Head { route, expected: head.content_length() },
            300..=399 => self.redirect(&route, &head),
            _ => State::Words { route, head, body: Vec::new(), until: now.monotonic + REPLY },
        }
    }

    fn redirect(&mut self, route: &Route, head: &Head) -> State {
        match redirected(head).and_then(|location| match route {
            Route::Link { link, hops } if *hops < MAX_HOPS => hop(link, location).map(|link| (link, hops + 1)),
            Route::Link { .. } => None,
            Route::Fallback => hop(&Link::at(&self.config.api), location).map(|link| (link, 1)),
        }) {
            Some((link, hops)) => State::Ready(Route::Link { link, hops }),
            None => self.fall_back(route, "it redirects to nowhere".into()),
        }
    }

    /// JSON or a page instead of a file: a link, or a refusal.
    fn worded(&mut self, route: &Route, head: &Head, body: &[u8]) -> State {
        let object = Object::parse(body);
        if let Some(refusal) = envelope::refusal(DOWNLOAD, head, object.as_ref()) {
            return match route {
                Route::Link { .. } => self.fall_back(route, refusal.to_string()),
                Route::Fallback => self.fail(Error::refused(refusal)),
            };
        }
        match (route, url_in_reply(body)) {
            (Route::Fallback, Some(link)) => State::Ready(Route::Link { link, hops: MAX_HOPS }),
            _ => self.fall_back(route, "it is no video".into()),
        }
    }

    fn saved(&mut self, route: &Route, expected: Option<u64>, bytes: u64, start: &[u8]) -> State {
        let why = match expected {
            Some(expected) if expected != bytes => format!("{bytes} of {expected} bytes came"),
            _ if bytes == 0 => "it is empty".into(),
            _ if !media::is_mp4(start) => "it does not begin like an MP4".into(),
            _ => return State::Checked { bytes },
        };
        self.again_or(route, What::Damaged { why }.into())
    }

    fn broke(&mut self, route: &Route, fault: Fault) -> State {
        let local = fault.phase.is_local();
        let error = Error::from(What::Transport { endpoint: DOWNLOAD, fault });
        if local { self.fail(error) } else { self.again_or(route, error) }
    }

    fn again_or(&mut self, route: &Route, error: Error) -> State {
        if self.tries < TRIES {
            self.tries += 1;
            self.events.push_back(Event::Note(format!("{error}; downloading again")));
            return State::Ready(first_route(&self.rendered));
        }
        match route {
            Route::Link { .. } => self.fall_back(route, error.to_string()),
            Route::Fallback => self.fail(error),
        }
    }

    fn fall_back(&mut self, route: &Route, why: String) -> State {
        match route {
            Route::Link { .. } if self.rendered.link.is_some() => {
                self.events
                    .push_back(Event::Note(format!("the download link does not work ({why}); asking the API instead")));
                self.rendered.link = None;
                State::Ready(Route::Fallback)
            }
            Route::Link { .. } | Route::Fallback => self.fail(What::NoDownload { why }.into()),
        }
    }

    fn fail(&self, error: Error) -> State {
        State::Finished(Some(Err(error.of_render(&self.rendered.render))))
    }
}

fn first_route(rendered: &Rendered) -> Route {
    match &rendered.link {
        Some(link) => Route::Link { link: link.clone(), hops: 0 },
        None => Route::Fallback,
    }
}

impl Machine for Download {
    type Output = Downloaded;

    fn poll(&mut self, now: Now) -> Step<Downloaded> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Step::Emit(event);
            }
            match std::mem::replace(&mut self.state, State::Finished(None)) {
                State::Ready(route) => match self.send(route, now) {
                    Ok(op) => return Step::Do(op),
                    Err(state) => self.state = *state,
                },
                State::Words { route, head, body, until } => {
                    self.state = State::Words { route, head, body, until };
                    return Step::Do(Op::Read { until });
                }
                State::Head { route, expected } => {
                    self.state = State::Saving { route, expected };
                    return Step::Do(Op::Save {
                        sink: self.sink,
                        from: 0,
                        limit: MAX_DOWNLOAD_BYTES,
                        stall: DOWNLOAD_STALL,
                    });
                }
                State::Checked { bytes } => {
                    self.state = State::Publishing { bytes };
                    return Step::Do(Op::Publish(self.sink));
                }
                State::Finished(Some(result)) => return Step::Done(result),
                State::Finished(None) => unreachable!("polled after Done"),
                // The driver answered something that was not asked: what was asked gets no answer any more.
                state @ (State::Sent(_) | State::Saving { .. } | State::Publishing { .. }) => {
                    self.state = state;
                    return Step::Do(Op::Wait { until: now.monotonic + REPLY });
                }
            }
        }
    }

    fn handle(&mut self, now: Now, input: Input) {
        let timed_out = || Error::from(What::TimedOut { endpoint: DOWNLOAD });
        self.state = match (std::mem::replace(&mut self.state, State::Finished(None)), input) {
            (State::Sent(route), Input::Head(head)) => self.answered(now, route, head),
            (State::Sent(route), Input::NotSent { why, .. }) => self.again_or(
                &route,
                What::Transport { endpoint: DOWNLOAD, fault: Fault { phase: Phase::Connecting, source: why } }.into(),
            ),
            (State::Words { route, head, mut body, until }, Input::Chunk(chunk)) if body.len() < MAX_ERROR_BYTES => {
                body.extend_from_slice(&chunk);
                State::Words { route, head, body, until }
            }
            (
                State::Words { route, head, body, .. },
                Input::Chunk(_) | Input::End | Input::Elapsed | Input::Failed(_),
            ) => self.worded(&route, &head, &body),
            (State::Saving { route, expected }, Input::Saved { bytes, start }) => {
                self.saved(&route, expected, bytes, &start)
            }
            (State::Sent(route) | State::Saving { route, .. }, Input::Failed(fault)) => self.broke(&route, fault),
            (State::Sent(route) | State::Saving { route, .. }, Input::Elapsed) => self.again_or(&route, timed_out()),
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
mod tests {
    use super::*;
    use crate::ids::RenderId;
    use crate::script::Script;

    const FALLBACK: &str = "/api/render/proxy/render_1/download";

    fn download(link: Option<&str>) -> Script<Download> {
        let config = Arc::new(Config::new("https://api.example").expect("an origin"));
        let rendered = Rendered { render: RenderId::new("render_1").expect("an id"), link: link.map(Link::to) };
        Script::new(Download::new(config, rendered, SinkId(0)))
    }

    fn head(status: u16, headers: &[(&'static str, &str)]) -> Head {
        let mut head = Head::status(status);
        for (name, value) in headers {
            head.headers.insert(*name, value.parse().expect("a header value"));
        }
        head
    }

    fn saved(bytes: u64) -> Input {
        Input::Saved { bytes, start: b"\0\0\0\x18ftypmp42".to_vec() }
    }

    #[test]
    fn a_whole_mp4_is_published() {
        let downloaded = download(Some("https://cdn.example/v"))
            .sends("/v")
            .gets(Input::Head(head(200, &[("content-length", "9")])))
            .saves()
            .gets(saved(9))
            .publishes()
            .gets(Input::Published)
            .done();
        assert_eq!(downloaded.expect("a file"), Downloaded { bytes: 9 });
    }

    #[test]
    fn half_a_file_is_never_published() {
        let mut script = download(None);
        for _ in 0..3 {
            script =
                script.sends(FALLBACK).gets(Input::Head(head(200, &[("content-length", "10")]))).saves().gets(saved(9));
        }
        let error = script.done().expect_err("three halves");
        assert_eq!(error.code(), "damaged");
    }

    #[test]
    fn a_dead_link_gives_way_to_the_fallback_route() {
        for status in [403, 404, 500] {
            download(Some("https://cdn.example/v"))
                .sends("/v")
                .gets(Input::Head(head(status, &[])))
                .reads()
                .gets(Input::End)
                .sends(FALLBACK)
                .with(|call| assert!(call.bearer))
                .gets(Input::Head(head(200, &[])))
                .saves()
                .gets(saved(5))
                .publishes()
                .gets(Input::Published)
                .done()
                .expect("a file");
        }
    }

    #[test]
    fn the_fallback_may_answer_with_a_link() {
        download(None)
            .sends(FALLBACK)
            .gets(Input::Head(head(200, &[("content-type", "application/json; charset=utf-8")])))
            .reads()
            .gets(Input::Chunk(br#"{"code":0,"data":{"url":"https://cdn.example/w"}}"#.to_vec()))
            .reads()
            .gets(Input::End)
            .sends("/w")
            .with(|call| assert!(!call.bearer))
            .gets(Input::Head(head(200, &[])))
            .saves()
            .gets(saved(5))
            .publishes()
            .gets(Input::Published)
            .done()
            .expect("a file");
    }

    #[test]
    fn a_redirect_is_checked_like_the_first_link() {
        let error = download(Some("https://cdn.example/v"))
            .sends("/v")
            .gets(Input::Head(head(302, &[("location", "http://10.0.0.1/v")])))
            .sends(FALLBACK)
            .gets(Input::Head(head(404, &[])))
            .reads()
            .gets(Input::End)
            .done()
            .expect_err("nowhere to fetch it");
        assert_eq!(error.code(), "not_found");
    }

    #[test]
    fn a_full_disk_is_told_at_once() {
        let fault = Fault { phase: Phase::Sink, source: "no space left on device".into() };
        let error = download(Some("https://cdn.example/v"))
            .sends("/v")
            .gets(Input::Head(head(200, &[])))
            .saves()
            .gets(Input::Failed(fault))
            .done()
            .expect_err("a full disk");
        assert_eq!(error.code(), "output_unwritable");
    }
}
