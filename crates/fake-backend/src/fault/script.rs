//! The faults of a server, counted: which one is due, and which never happened.

use super::kind::{Kind, Request};
use super::{Act, Fault, Mark, Site, Times};
use crate::journal::lock;
use crate::route::{Origin, Route};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// A fault that strikes the request at hand.
#[derive(Debug, Clone)]
pub(crate) struct Strike {
    pub(crate) act: Act,
    /// Whether the work is done, when the script said so.
    pub(crate) commit: Option<bool>,
    fired: Arc<AtomicU32>,
}

impl Strike {
    /// To be called when it has really happened: a cut beyond the end of a body never does.
    pub(crate) fn fired(&self) {
        self.fired.fetch_add(1, Ordering::SeqCst);
    }

    /// After how many bytes of the request's body the connection ends; `length`: how many it announced.
    pub(crate) fn cuts_request(&self, length: Option<u64>) -> Option<u64> {
        if let Act::CutRequest(at) = &self.act {
            return Some(*at);
        }
        let Act::Do(Kind::Request(Request::CutRequest), how) = &self.act else {
            return None;
        };
        match how.mark {
            Some(Mark::Byte(at)) => Some(at),
            Some(Mark::Event(_)) | None => Some(length.unwrap_or(0) / 2),
        }
    }
}

/// All scripted faults of a server.
#[derive(Debug, Default)]
pub(crate) struct Script(Mutex<Vec<Entry>>);

#[derive(Debug)]
struct Entry {
    fault: Fault,
    seen: u32,
    fired: Arc<AtomicU32>,
}

/// What became of one scripted fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) fault: String,
    pub(crate) seen: u32,
    pub(crate) fired: u32,
    pub(crate) wanted: u32,
}

impl Script {
    pub(crate) fn add(&self, fault: Fault) {
        lock(&self.0).push(Entry { fault, seen: 0, fired: Arc::default() });
    }

    /// Forgets all faults, fired or not.
    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }

    /// The fault for a request, the one scripted first if there are several. All that match count the request.
    pub(crate) fn strike(&self, route: Route, token: Option<&str>) -> Option<Strike> {
        self.first(
            |site| {
                let meant = site.token.as_ref().map(|wanted| wanted.0.as_str());
                site.route == route && meant.is_none_or(|wanted| Some(wanted) == token)
            },
            false,
        )
    }

    /// The fault for a connection that was just accepted.
    pub(crate) fn arrival(&self, origin: Origin) -> Option<Strike> {
        self.first(|site| site.route.origin() == origin, true)
    }

    fn first(&self, meant: impl Fn(&Site) -> bool, arriving: bool) -> Option<Strike> {
        let mut strike = None;
        for entry in lock(&self.0).iter_mut() {
            let site = &entry.fault.site;
            if entry.fault.arriving() != arriving || !meant(site) {
                continue;
            }
            entry.seen += 1;
            if strike.is_none() && site.due(entry.seen) {
                strike = Some(entry.strike());
            }
        }
        strike
    }

    /// What became of each, in the order they were scripted.
    pub(crate) fn reports(&self) -> Vec<Report> {
        lock(&self.0).iter().map(Entry::report).collect()
    }

    /// Faults that struck less often than scripted, in words.
    pub(crate) fn unfired(&self) -> Vec<String> {
        let unfired = self.reports().into_iter().filter(|report| report.fired < report.wanted);
        unfired
            .map(|Report { fault, seen, fired, wanted }| {
                format!("{fault} (requests seen: {seen}, fired: {fired} of {wanted})")
            })
            .collect()
    }
}

impl Entry {
    fn strike(&self) -> Strike {
        let Fault { site, act, .. } = &self.fault;
        Strike { act: act.clone(), commit: site.commit, fired: Arc::clone(&self.fired) }
    }

    fn report(&self) -> Report {
        let wanted = match self.fault.site.times {
            Times::Exactly(times) => times,
            Times::Always => 1,
        };
        let fired = self.fired.load(Ordering::SeqCst);
        Report { fault: self.fault.to_string(), seen: self.seen, fired, wanted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_its_request_and_no_other() {
        let script = Script::default();
        script.add(Fault::on(Route::State).nth(2).times(2).empty(500));
        let struck: Vec<bool> = (0..5).map(|_| script.strike(Route::State, None).is_some()).collect();
        assert_eq!(struck, [false, true, true, false, false]);
        assert!(script.strike(Route::Chat, None).is_none());
    }

    #[test]
    fn a_fault_for_a_token_leaves_others_alone() {
        let script = Script::default();
        script.add(Fault::on(Route::Chat).for_token("a").drop_connection());
        assert!(script.strike(Route::Chat, Some("b")).is_none());
        assert!(script.strike(Route::Chat, None).is_none());
        assert!(script.strike(Route::Chat, Some("a")).is_some());
    }

    #[test]
    fn striking_is_not_firing() {
        let script = Script::default();
        script.add(Fault::on(Route::Chat).cut_after_event(9));
        let strike = script.strike(Route::Chat, None).expect("the first request");
        assert_eq!(script.unfired(), ["Chat, request 1: cut after event 9 (requests seen: 1, fired: 0 of 1)"]);
        strike.fired();
        assert!(script.unfired().is_empty());
    }
}
