//! Whether a clause asks for facts: about the account or about the project.

use super::super::message::QUOTE;
use super::super::{Action, Judged, has};
use super::View;
use super::words::{EDITS, PROJECT, TELLS, listed};

/// Credits at the end of a film, and balances of other things.
const OTHER_SENSES: &str = "end credit|opening credit|closing credit|rolling credit|title credit|\
    credits roll|credits scene|white balance|color balance|colour balance|audio balance|\
    sound balance|balance bike|balance sheet";

/// The question is for the agent: what it can do, why something is so, what is best.
const FOR_THE_AGENT: &str = "can you|could you|would you|should i|why |what if|how about|\
    do you think|recommend|possible|how much does";

pub(super) fn credits(view: &View<'_>) -> Option<Judged> {
    let word = view.any("credits créditos crédits");
    let money = view.any("balance points quota allowance refund refunded subscription billing plan topup");
    let left_in_account = view.any("account") && view.any("left remaining charged");
    if has(view.text, OTHER_SENSES) || !(word || money || left_in_account) {
        return None;
    }
    if view.any("would cost costs price should") || view.head("use spend") {
        return Some(Judged::Step(Action::Chat, "speaks of a price or of spending"));
    }
    let bare = view.words.len() <= 3;
    let shows = view.head("show") && !view.any("me my us") && !bare;
    if shows || (view.head(EDITS) && !view.any("left")) {
        return None;
    }
    let frames = "check show tell how what what's left remaining my account have do cuántos me";
    let asks = view.asked || view.any(frames);
    let account = view.any("my account left remaining have");
    let means = (word && (asks || bare)) || (money && (account || bare)) || left_in_account;
    means.then_some(Judged::Step(Action::Credits, "asks about the account"))
}

pub(super) fn state(view: &View<'_>) -> Option<Judged> {
    let other = view.any("bar should") && view.any("status progress");
    if other || has(view.text, FOR_THE_AGENT) {
        return None;
    }
    if view.asks() && view.words.len() <= 5 && view.any("done ready finished") {
        return Some(Judged::Ready);
    }
    let says = stands_alone(view) || told(view) || asked(view);
    says.then_some(Judged::Step(Action::State, "asks about the project"))
}

/// `project status please`; but `status symbol` is another word.
fn stands_alone(view: &View<'_>) -> bool {
    let follows = "of on for please pls plz report update now and so yet check";
    let ends = |at: usize| view.words.get(at + 1).is_none_or(|next| listed(follows, next));
    let mut words = view.words.iter().enumerate();
    view.words.len() <= 5
        && !view.any(EDITS)
        && words.any(|(at, word)| listed("status progress eta timeline tracks", word) && ends(at))
}

/// `list all tracks`, `tell me what's on it`.
fn told(view: &View<'_>) -> bool {
    let project = view.any(PROJECT) || has(view.text, "what's|what is|what we|so far");
    view.head(TELLS) && project && !view.any("how")
}

/// `what's at 0:12`, `how far along are you`.
fn asked(view: &View<'_>) -> bool {
    let number = |word: &str| word.bytes().all(|digit| digit.is_ascii_digit());
    let at_time = |w: &[&str]| w[0] == "at" && number(w[1]) && number(w[2]);
    let about = view.any(PROJECT)
        || view.words.windows(3).any(at_time)
        || has(view.text, "so far|how far|how long")
        || view.text.contains(QUOTE);
    let for_agent = has(view.text, "formats| i ") || view.any("you best better");
    (view.asks() && about && !for_agent) || has(view.text, "how far along|what have we got")
}
