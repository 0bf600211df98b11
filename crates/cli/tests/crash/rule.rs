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

/// Requests that may be made again after one break, because their answer was lost, or because what they answered is not kept:
/// a video's address is signed, and a rest is a request of its own. A timeline is looked at once, or as often as it takes to
/// see what came of a message.
const AGAIN: [(Route, usize); 8] = [
    (Route::State, 7),
    (Route::AnonymousToken, 1),
    (Route::Session, 1),
    (Route::Upload, 1),
    (Route::Export, 1),
    (Route::ExportStatus, 1),
    (Route::Cdn, 1),
    (Route::Credits, 1),
];

/// What was done more often than a run without a break does it, beyond what so many breaks excuse.
pub(crate) fn done_again(happy: &Counts, now: &Counts, breaks: usize) -> Option<String> {
    let more = |name: &str| now.get(name).copied().unwrap_or(0).saturating_sub(happy.get(name).copied().unwrap_or(0));
    let allowed = |name: &str| AGAIN.iter().find(|(route, _)| route.name() == name).map_or(0, |(_, times)| *times);
    let too_often = now.keys().find(|name| more(name) > allowed(name) * breaks);
    if let Some(name) = too_often {
        return Some(format!("{name}: {} times, {} without a break", now[name], happy.get(name).copied().unwrap_or(0)));
    }
    // Of what changes something, one in all.
    let changing = Route::ALL.into_iter().filter(|route| route.changes_something());
    let changes: Vec<_> =
        changing.map(|route| (route.name(), more(route.name()))).filter(|(_, more)| *more > 0).collect();
    let total: usize = changes.iter().map(|(_, more)| more).sum();
    (total > breaks).then(|| format!("{breaks} breaks, and done again: {changes:?}"))
}

#[test]
fn one_break_excuses_one_request() {
    let counts = |of: &[(&'static str, usize)]| of.iter().copied().collect::<Counts>();
    let happy = counts(&[("session", 1), ("upload", 1), ("chat", 1), ("cdn", 1)]);
    let again = |now: &[(&'static str, usize)], breaks| done_again(&happy, &counts(now), breaks);
    assert_eq!(again(&[("session", 1), ("upload", 2), ("chat", 1), ("cdn", 2)], 1), None);
    assert_eq!(again(&[("session", 2), ("upload", 2)], 2), None);
    for (now, breaks) in [
        (&[("session", 2), ("upload", 2)][..], 1),
        (&[("upload", 3)], 1),
        (&[("chat", 2)], 3),
        (&[("cdn", 3)], 1),
        (&[("upload", 2)], 0),
    ] {
        assert!(again(now, breaks).is_some(), "{now:?}");
    }
}
