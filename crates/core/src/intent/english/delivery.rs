//! Whether a clause asks for the file.

use super::super::{Action, Judged, has};
use super::View;
use super::words::{DELIVERED, EXPORT_VERBS, GIVE_VERBS, WANTED, listed};

/// How a condition ends that is followed by an order without a comma: `if it is fine export it`.
const ORDERED_AT_THE_END: &[&str] =
    &[" export it", " export", " render it", " download it", " send it", " send it over"];

pub(super) fn export(view: &View<'_>) -> Option<Judged> {
    if view.head("do it") && has(view.text, "do it|do that") {
        return Some(Judged::DoIt);
    }
    // "Exports should be 720p" states a rule and asks for no file.
    if view.any("should must always settings setting") {
        return None;
    }
    let conditional =
        view.words.first() == Some(&"if") && ORDERED_AT_THE_END.iter().any(|end| view.text.ends_with(end));
    let says = ordered(view) || given(view) || finished(view) || conditional;
    says.then_some(Judged::Step(Action::Export, "asks for the file"))
}

/// `export it in 720p`, `save the video`.
fn ordered(view: &View<'_>) -> bool {
    let elsewhere = has(view.text, "youtube|tiktok|instagram|speed|button");
    let exports = view.head(EXPORT_VERBS) && is_deliverable(view.object());
    let saves = view.head("save") && view.object().iter().any(|word| listed(DELIVERED, word));
    (exports || saves) && !elsewhere
}

/// `send me the video`; but `send me some ideas` is for the agent.
fn given(view: &View<'_>) -> bool {
    let to_user = view.any("me us over my") || view.text.contains("send it");
    let object = view.object();
    view.head(GIVE_VERBS)
        && to_user
        && !object.iter().take(2).any(|word| listed(WANTED, word))
        && object.iter().any(|word| listed(DELIVERED, word))
}

/// `final file?`, `show me the finished video`.
fn finished(view: &View<'_>) -> bool {
    let names_it = view.any("final finished completed rendered exported")
        && view.any("file video cut version clip movie film vid");
    let wants = view.words.len() <= 3 || has(view.text, "i need|i want|can i |let me|show me|watch");
    names_it && wants
}

/// Whether what stands after the verb is the video, its form, or nothing.
fn is_deliverable(object: &[&str]) -> bool {
    let skipped = "the my this that whole our entire what el la final";
    let forms = "as in to at for now please pls plz with we and again en";
    match object.iter().find(|word| !listed(skipped, word)) {
        None => true,
        Some(word) => listed(DELIVERED, word) || listed(forms, word) || word.starts_with(|c: char| c.is_ascii_digit()),
    }
}
