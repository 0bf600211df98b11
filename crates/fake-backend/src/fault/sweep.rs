//! Every fault that a recorded run has a place for.

use super::kind::{Kind, Request};
use super::whole::events;
use super::{Fault, Marks, Site, Times};
use crate::journal::Exchange;
use crate::route::Route;
use bytes::Bytes;
use std::collections::HashMap;

impl Fault {
    /// From the journal of a run without faults, every program that breaks one thing in it: each request, each kind that can
    /// stand there, done and undone, in each shape, at each event and at bytes of either end and the middle.
    ///
    /// Kinds of connections count the requests of the recording as connections: [`Builder::keep_alive`](crate::Builder::keep_alive)
    /// off makes that true. Kinds that need a request for a part come after a download that was cut.
    pub fn sweep(journal: &[Exchange]) -> Vec<Vec<Self>> {
        let (mut routes, mut origins, mut programs) = (HashMap::new(), HashMap::new(), Vec::new());
        for exchange in journal.iter().filter(|exchange| exchange.route != Route::Unknown) {
            let nth = *routes.entry(exchange.route).and_modify(|count| *count += 1).or_insert(1);
            let connection = *origins.entry(exchange.origin).and_modify(|count| *count += 1).or_insert(1);
            for kind in Kind::ALL.iter().copied().filter(|kind| fits(*kind, exchange)) {
                let nth = if matches!(kind, Kind::Connection(_)) { connection } else { nth };
                programs.extend(sites(exchange, kind, nth).into_iter().map(|site| leading(site.does(kind), nth)));
            }
        }
        programs
    }

    /// The same fault on every request from its first on.
    #[must_use = "this makes another fault"]
    pub const fn always(mut self) -> Self {
        self.site.times = Times::Always;
        self
    }

    /// What it does, where it is one of the known kinds.
    pub const fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// Where it strikes.
    pub const fn route(&self) -> Route {
        self.site.route
    }
}

fn fits(kind: Kind, exchange: &Exchange) -> bool {
    kind.stands_at(exchange.route) && (!kind.needs_url() || exchange.answer_text().contains("://"))
}

/// A fault with what has to happen before it.
fn leading(mut fault: Fault, nth: u32) -> Vec<Fault> {
    if !fault.kind.is_some_and(Kind::needs_range) {
        return vec![fault];
    }
    fault.site.nth = nth + 1;
    vec![Fault::on(fault.site.route).nth(nth).does(Request::FinMidBody), fault]
}

fn sites(exchange: &Exchange, kind: Kind, nth: u32) -> Vec<Site> {
    let route = exchange.route;
    let site = || Fault::on(route).nth(nth);
    let shaped: Vec<Site> = match kind.shapes() {
        [] => vec![site()],
        shapes => shapes.iter().map(|shape| site().shape(*shape)).collect(),
    };
    let committed = shaped.into_iter().flat_map(|site| match kind.commits_at(route) {
        (true, true) => vec![site.clone().before_commit(), site.after_commit()],
        (_, _) => vec![site],
    });
    committed.flat_map(|site| marked(&site, exchange, kind)).collect()
}

fn marked(site: &Site, exchange: &Exchange, kind: Kind) -> Vec<Site> {
    let bytes = |bytes: &[u64]| bytes.iter().map(|byte| site.clone().at_byte(*byte)).collect();
    let each_event = || {
        let count = events(&Bytes::copy_from_slice(&exchange.answer)).len();
        (0..=u32::try_from(count).unwrap_or(u32::MAX)).map(|event| site.clone().at_event(event)).collect()
    };
    match kind.marks() {
        Marks::None => vec![site.clone()],
        Marks::RequestByte => bytes(&spread(exchange.body_len)),
        // The status line's first byte, and the middle.
        Marks::HeadByte => vec![site.clone().at_byte(1), site.clone()],
        Marks::Event => each_event(),
        Marks::BodyByteOrEvent if exchange.route == Route::Chat => each_event(),
        Marks::BodyByteOrEvent => bytes(&spread(exchange.answer_len)),
    }
}

/// First, middle and last of so many bytes.
fn spread(len: u64) -> Vec<u64> {
    let mut places = vec![0, len / 2, len.saturating_sub(1)];
    places.dedup();
    places
}
