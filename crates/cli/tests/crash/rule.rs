//! What holds wherever the program is killed.

use std::collections::BTreeMap;
use std::fmt;

use weixin_video_fake_backend::{Exchange, Route};

/// An invariant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// The program is killed where it is to be killed.
    IsKilled,
    /// Every run ends.
    Ends,
    /// The output is what stood there, nothing, or the whole video.
    OutputIsWhole,
    /// What was begun is listed until it is over.
    JobIsKept,
    /// What is told of the cost agrees with the books.
    CostIsTold,
    /// The last run comes to the end that the first would have come to.
    SameEnd,
    /// Nothing is paid for twice, and all that is delivered is paid.
    PaidOnce,
    /// A message that may have been heard is not said again.
    SaidOnce,
    /// A break costs one request done again, and looks.
    LittleIsDoneAgain,
    /// A download goes on where it was.
    DownloadGoesOn,
    /// Another process does not do the same job at the same time.
    OneAtATime,
    /// A file of somebody else's stays.
    ForeignFileStays,
    /// At the end nothing lies around.
    NothingIsLeft,
    /// The server's books add up.
    BooksAddUp,
    /// The client broke no rule of the protocol.
    IsPolite,
    /// No token is printed.
    NoSecretShows,
    /// The case itself could be done.
    CanBeDone,
}

/// A rule that was broken, and how.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) rule: Rule,
    pub(crate) why: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.rule, self.why)
    }
}

/// How often each kind of request was made.
pub(crate) type Counts = BTreeMap<&'static str, usize>;

/// Counts the requests. A render is looked at as often as time passes: only the looks that showed its end count. To be told
/// that there is no rest is to have all of the video.
pub(crate) fn counts(exchanges: &[Exchange]) -> Counts {
    let mut counts = Counts::new();
    for exchange in exchanges {
        let is_early = exchange.route == Route::ExportStatus && !exchange.answer_text().contains("completed");
        if !is_early && exchange.status != Some(416) {
            *counts.entry(exchange.route.name()).or_default() += 1;
        }
    }
    counts
}

/// Requests that may be made again after one break, because what they answered was lost, or is not kept: a video's address is
/// signed, and a rest is a request of its own. A timeline is looked at once, or as often as it takes to see what came of a
/// message. What else was lost is looked for first, and so is made again only where the server did not do it.
const AGAIN: [(Route, usize); 6] = [
    (Route::AnonymousToken, 1),
    (Route::Session, 1),
    (Route::State, 7),
    (Route::ExportStatus, 1),
    (Route::Cdn, 1),
    (Route::Credits, 1),
];

/// What was done more often than a run without a break does it, beyond what so many breaks excuse. `undone` are the requests
/// that arrived, and of which the server did nothing.
pub(crate) fn done_again(happy: &Counts, now: &Counts, breaks: usize, undone: &[Route]) -> Option<String> {
    let count = |counts: &Counts, name| counts.get(name).copied().unwrap_or(0);
    let more = |route: Route| count(now, route.name()).saturating_sub(count(happy, route.name()));
    let allowed = |route: Route| {
        let lost = undone.iter().filter(|undone| **undone == route).count();
        AGAIN.iter().find(|(known, _)| *known == route).map_or(lost, |(_, times)| times * breaks)
    };
    if let Some(route) = Route::ALL.into_iter().find(|route| more(*route) > allowed(*route)) {
        return Some(format!(
            "{}: {} times, {} without a break",
            route.name(),
            count(now, route.name()),
            count(happy, route.name())
        ));
    }
    // Of what changes something, one in all.
    let changes = || Route::ALL.into_iter().filter(|route| route.changes_something() && more(*route) > 0);
    let total: usize = changes().map(more).sum();
    let names = || changes().map(Route::name).collect::<Vec<_>>();
    (total > breaks).then(|| format!("{breaks} breaks, and done again: {:?}", names()))
}

#[test]
fn one_break_excuses_one_request() {
    let counts = |of: &[(&'static str, usize)]| of.iter().copied().collect::<Counts>();
    let happy = counts(&[("session", 1), ("upload", 1), ("chat", 1), ("cdn", 1)]);
    let again =
        |now: &[(&'static str, usize)], breaks, undone: &[Route]| done_again(&happy, &counts(now), breaks, undone);
    assert_eq!(again(&[("session", 1), ("upload", 2), ("chat", 1), ("cdn", 2)], 1, &[Route::Upload]), None);
    assert_eq!(again(&[("session", 2), ("upload", 2)], 2, &[Route::Upload]), None);
    for (now, breaks, undone) in [
        (&[("session", 2), ("upload", 2)][..], 1, &[Route::Upload][..]),
        (&[("upload", 2)], 1, &[]),
        (&[("upload", 3)], 2, &[Route::Upload]),
        (&[("chat", 2)], 3, &[Route::Upload]),
        (&[("cdn", 3)], 1, &[]),
        (&[("session", 2)], 0, &[]),
    ] {
        assert!(again(now, breaks, undone).is_some(), "{now:?}");
    }
}
