//! Judges clauses in English.

use super::pieces::QUOTED;
use super::{GuiAction, Verdict, has};

/// Verbs that only make sense on a screen.
const SCREEN_VERBS: &str =
    "click|tap|press|drag|scrub|toggle|right-click|double-click|swipe|pinch|refresh|drop|hover|tick|untick";

/// Verbs that need something of the screen beside them.
const OTHER_VERBS: &str = "open|go|head|switch|navigate|use|check|choose|pick|select|hit|enable|see|find|visit|\
    look|upgrade|top|manage|adjust|view|review|watch|play|preview|turn|expand|scroll|slide|pull|move|change|edit|\
    save|download|export|fix|try|compare|confirm|hide|show|access|browse|set|reload";

/// Verbs that go on with an instruction.
const CONTINUING: &str = "pick|choose|select|confirm|then|set|type|enter";

/// Things of a screen.
const SCREEN: &str = "button|panel|tab|menu|icon|sidebar|toolbar|dialog|checkbox|playhead|slider|dropdown|inspector|\
    billing|account|settings page|the page|shortcut|ctrl+|cmd+|upload area|media library|pricing|subscription|\
    toggle|switch|handle|hit play|press play|spacebar| > |popup|window on|workspace";

/// Verbs that look at the timeline.
const LOOKING: &str = "preview|play|watch|see|view|check|open|go|review|look";

/// Words before the verb of an instruction.
const BEFORE: &[&str] = &[
    "you can also ",
    "you can now ",
    "you can ",
    "you could ",
    "you may ",
    "you might want to ",
    "you'll need to ",
    "you need to ",
    "you should ",
    "please ",
    "then ",
    "now ",
    "just ",
    "simply ",
    "also ",
    "next ",
    "first ",
    "feel free to ",
    "or ",
    "and ",
    "to continue ",
    "finally ",
    "if you like ",
    "go ahead and ",
    "either ",
];

/// Words that turn an instruction into its opposite.
const NEGATED: &str = "needn't|don't need to|do not need to|no need to|don't have to|do not have to|without clicking";

/// Where a clause says in which part of the screen something is.
const POINTERS: &[&str] = &[
    " is now sitting in ",
    " is sitting in ",
    " is waiting in ",
    " are waiting in ",
    " is now in ",
    " are now in ",
    " is available in ",
    " are available in ",
    " is ready in ",
    " are ready in ",
    " is in ",
    " are in ",
    " can be found in ",
];

pub(super) fn judge(masked: &str, labels: &str, start: usize) -> Verdict {
    let words = instruction(masked);
    let verb = words.split(|c: char| !(c.is_alphanumeric() || c == '-')).next().unwrap_or_default();
    let screen = has(masked, SCREEN);
    let own = ["i clicked", "i tapped", "i pressed", "i opened the", "i dragged", "i toggled", "i've clicked"];
    if own.iter().any(|own| masked.trim_start().starts_with(own)) {
        return Verdict::Instruction(None);
    }
    if has(masked, NEGATED) && (screen || has(masked, SCREEN_VERBS)) {
        return Verdict::Instruction(None);
    }
    let looks = listed(LOOKING, verb) && has(masked, "timeline");
    if listed(SCREEN_VERBS, verb) || looks || (listed(OTHER_VERBS, verb) && screen) {
        return Verdict::Instruction(action(verb, masked, labels));
    }
    if let Some(verdict) = pointer(masked, start) {
        return verdict;
    }
    if listed(CONTINUING, verb) {
        return Verdict::Continues;
    }
    let leads = ["if you", "when you", "whenever you", "once you", "to ", "for more", "if it", "if anything"];
    if leads.iter().any(|lead| words.starts_with(lead)) { Verdict::LeadIn } else { Verdict::Content }
}

/// The most specific meaning of an instruction; none for handing over a new file.
fn action(verb: &str, masked: &str, labels: &str) -> Option<GuiAction> {
    let drags = matches!(verb, "drag" | "drop" | "slide" | "pull") || masked.contains("slider");
    if has(masked, "upload area|your file|your logo file|into the upload|new file") && drags {
        return None;
    }
    let meaning = if has(labels, "export|download") {
        GuiAction::Export
    } else if has(labels, "account|billing|subscription|pricing|top up|top-up|upgrade|plan page") {
        GuiAction::Credits
    } else if drags && !masked.contains("playhead") {
        GuiAction::Edit
    } else if has(masked, "timeline|preview|playhead|playback|play button|hit play|press play") || verb == "play" {
        GuiAction::Tracks
    } else if matches!(
        verb,
        "open"
            | "go"
            | "head"
            | "switch"
            | "navigate"
            | "refresh"
            | "reload"
            | "visit"
            | "see"
            | "find"
            | "look"
            | "check"
            | "browse"
            | "access"
            | "view"
    ) || has(masked, " tab| panel")
    {
        GuiAction::State
    } else {
        GuiAction::Execute
    };
    Some(meaning)
}

/// `The drone shot is now sitting in the Media panel on the left`
fn pointer(masked: &str, start: usize) -> Option<Verdict> {
    let (at, place) = POINTERS.iter().find_map(|word| Some((masked.find(word)?, *word)))?;
    let place = &masked[at + place.len()..];
    if !has(place, "panel|tab|sidebar|timeline panel|timeline view|media library") {
        return None;
    }
    let action = if place.contains("timeline") { GuiAction::Tracks } else { GuiAction::State };
    let plural = masked[at..].starts_with(" are");
    let keep = start + masked[..at].chars().count();
    Some(Verdict::Pointer { keep, ending: if plural { " are ready" } else { " is ready" }, action })
}

/// The clause from its verb on, without Markdown and polite words.
fn instruction(masked: &str) -> String {
    let plain = masked.replace(['*', '_', '`', QUOTED], "");
    let mut words = plain.trim_start_matches(|c: char| !c.is_alphanumeric());
    while let Some(rest) = BEFORE.iter().find_map(|before| words.strip_prefix(before)) {
        words = rest.trim_start();
    }
    words.to_owned()
}

fn listed(list: &str, word: &str) -> bool {
    list.split('|').any(|entry| entry == word)
}
