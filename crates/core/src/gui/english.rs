//! Judges clauses in English.

mod words;

use super::find::{Words, begins, first, has, listed, plain};
use super::{GuiAction, Verdict};

use words::{
    BEFORE, CONTINUING, KEYS, LOOKING, NEGATED, OTHER_VERBS, OWN, PLACES, POINTERS, PRESSING, SCREEN, SCREEN_VERBS,
};

/// Words that lead to an instruction.
const LEADS: &str = "\
    if you|when you|whenever you|once you|to |for more|if it|if anything|if the|when |otherwise|alternatively|as soon as|\
    if not|if so|for a |should you|if that|once it|if any|for the full|in case|after that|for details|if something|\
    if they|at any time|next|tip|for other";

/// Where what an instruction is good for begins.
const PURPOSES: &str = "\
    \x20to get |\x20to grab |\x20to save |\x20to download |\x20to see |\x20for the |\x20to make the |\x20to edit the |\
    \x20to view the |\x20to watch the |\x20to hear the |\x20to change the |\x20to play the |\x20to receive your |\x20to keep the ";

/// What the user has and the agent has not.
const NEW_FILES: &str = "\
    upload area|drop zone|dropzone|your file|your logo file|into the upload|new file|your own file|your photos|your clips|\
    your footage";

/// Verbs that open a part of the screen.
const OPENING: &str = "\
    open|go|head|switch|navigate|refresh|reload|visit|see|find|look|check|browse|access|view|take|search|locate|return|\
    opening|going|visiting|switching|expand|hop|pop|consult|inspect|close|peek";

pub(super) fn judge(clause: &Words) -> Verdict {
    let words = instruction(&clause.masked);
    let verb = words.split(|c: char| !(c.is_alphanumeric() || c == '-')).next().unwrap_or_default();
    let screen = has(&clause.masked, SCREEN);
    if own_act(clause, screen) {
        return Verdict::Done;
    }
    let operates = operates(verb, &words, clause, screen);
    if refused(clause, screen || operates) {
        return Verdict::Done;
    }
    if let Some(verdict) = found(clause, verb, &words) {
        return verdict;
    }
    if operates {
        return instructs(clause, verb, &words);
    }
    if let Some(verdict) = pointer(clause) {
        return verdict;
    }
    if listed(CONTINUING, verb) || (clause.labelled() && clause.words() <= 3) {
        return Verdict::Continues(has(&clause.labels, "export|download").then_some(GuiAction::Export));
    }
    let leads = begins(clause.masked.trim_start_matches(|c: char| !c.is_alphanumeric()), LEADS);
    if leads { Verdict::LeadIn } else { Verdict::Content }
}

/// `you needn't press Export`
fn refused(clause: &Words, operates: bool) -> bool {
    let masked = &clause.masked;
    let speaks =
        operates || has(masked, SCREEN_VERBS) || has(masked, "open the timeline|the preview") || presses_key(masked);
    has(masked, NEGATED) && speaks && !masked.trim_start().starts_with("don't forget")
}

/// An act of the user on a screen: the verb stands first, and what it acts on is a thing of a screen.
fn operates(verb: &str, words: &str, clause: &Words, screen: bool) -> bool {
    let player = "the timeline|your timeline|preview window|preview player|preview pane|preview area|the viewer|the player|\
                  the preview";
    let looks = listed(LOOKING, verb) && has(&clause.masked, player);
    let label = clause.labels_after(verb) || presses_key(words);
    let presses = listed(PRESSING, verb) && (screen || (label && verb != "use"));
    let turns = begins(words, "turn on|turn off") && (screen || label);
    let plays = begins(words, "play it|play the|play from|play to") && !words.contains("music");
    // The drag race, the tap water: things, and no acts.
    let second = words.split_whitespace().nth(1).unwrap_or_default();
    let thing = listed("is|was|are|race|queen|sound|through|rate|rates|track|sounds|shoes|dance|water", second);
    let names_it = listed(OTHER_VERBS, verb) && screen && !clause.narrates();
    let exports =
        listed("choose|select|pick|go|head|proceed|jump|skip", verb) && has(&clause.labels, "export|download");
    (listed(SCREEN_VERBS, verb) && !thing)
        || looks
        || presses
        || turns
        || plays
        || names_it
        || exports
        || by_hand(words, clause, screen)
}

/// `resize it by dragging its corners`
fn by_hand(words: &str, clause: &Words, screen: bool) -> bool {
    let ways = "by dragging|by clicking|by pulling|by tapping|by pressing|by moving the|by using the";
    let past = words.starts_with("i ") || (has(words, "ed ") && !screen);
    has(&clause.masked, ways) && !past && !clause.narrates()
}

/// `press Enter`, `hit play`
fn presses_key(words: &str) -> bool {
    "press |hit |push |press the |hit the |pressing |hitting ".split('|').any(|verb| {
        words.match_indices(verb).any(|(at, _)| {
            let key = words[at + verb.len()..].trim_start_matches(|c: char| !c.is_alphanumeric());
            let key = key.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            let letter = key.len() == 1 && key.bytes().all(|byte| byte.is_ascii_alphabetic() && byte != b'a');
            letter || listed(KEYS, key)
        })
    })
}

/// `I clicked Apply`: done already, and by the agent.
fn own_act(clause: &Words, screen: bool) -> bool {
    const SUBJECTS: &str =
        "i've already |i have already |i've just |i've |i have |i already |i just |i also |i then |i ";
    const ALWAYS: &str = "clicked|tapped|dragged|right-clicked|double-clicked|toggled";
    let words = clause.masked.trim_start_matches(|c: char| !c.is_alphanumeric());
    let past =
        |verb: &str| words.starts_with(verb) && (has(verb, "ed ") || verb.ends_with("ed") || verb.starts_with("went"));
    if OWN.split('|').any(|verb| past(verb) && (screen || clause.labels_after(verb))) {
        return true;
    }
    let Some(act) = SUBJECTS.split('|').find_map(|subject| words.strip_prefix(subject)) else {
        return false;
    };
    let tool = |verb: &str| has(&clause.masked, "tool|timeline") || screen || clause.labels_after(verb);
    OWN.split('|').find(|verb| act.starts_with(*verb)).is_some_and(|verb| listed(ALWAYS, verb) || tool(verb))
}

/// Cuts the instruction; what it is good for stays where it describes the video.
fn instructs(clause: &Words, verb: &str, words: &str) -> Verdict {
    let action = action(verb, words, clause);
    let Some((at, purpose)) = first(&clause.masked, PURPOSES) else {
        return Verdict::Instruction(action);
    };
    // The object begins at the article, or behind the verb.
    let behind = at + purpose.len();
    let article = begins(
        &clause.masked[..behind][at..],
        "\x20for the |\x20to make the |\x20to edit the |\x20to view the |\x20to watch the |\x20to hear the |\x20to change the |\x20to play the |\x20to keep the ",
    );
    let from = if article { behind - "the ".len() } else { behind };
    let object = &clause.masked[from..];
    let rich = object.contains(|c: char| c.is_ascii_digit() || c == '(') || clause.quotes(object);
    if (rich || object.split_whitespace().count() >= 5) && !has(object, SCREEN) {
        return Verdict::Part { from: clause.at(from), to: clause.end(), ending: "", action };
    }
    Verdict::Instruction(action)
}

/// The most specific meaning of an instruction; none for handing over a new file.
fn action(verb: &str, words: &str, clause: &Words) -> Option<GuiAction> {
    let (masked, labels) = (&clause.masked, &clause.labels);
    let pulls = listed("drag|drop|slide|pull|pulling|dragging|sliding|stretch|grab", verb)
        || has(masked, "slider|the edge|drag |handle|by dragging|by pulling");
    if pulls && has(masked, NEW_FILES) {
        return None;
    }
    let drags = pulls && !masked.contains("playhead");
    let menu =
        has(masked, "menu|dropdown|drop-down|checkbox|toggle|switch on|three dots|icon|button") && verb != "switch";
    let exports = has(labels, "export|download") && !has(masked, "exported|downloaded the");
    let account = "account|billing|subscription|pricing|top up|top-up|upgrade|plan page|plans page|buy more|buy credits|\
                   your plan|credits|wallet|payment|recharge";
    if exports || (verb == "render" && menu) {
        Some(GuiAction::Export)
    } else if has(labels, account) && !drags {
        Some(GuiAction::Credits)
    } else if drags {
        Some(GuiAction::Edit)
    } else if plays(verb, masked) {
        Some(GuiAction::Tracks)
    } else if opens(verb, words, masked) && !menu {
        Some(GuiAction::State)
    } else {
        Some(GuiAction::Execute)
    }
}

/// Whether the timeline is looked at or played.
fn plays(verb: &str, masked: &str) -> bool {
    let line = "timeline|preview|playhead|playback|play icon|play arrow|play key|play symbol|play button|hit play|press play|spacebar|space bar|viewer|player|\
                press space|hit space";
    (has(masked, line) || verb == "play") && !listed("toggle|enable|disable", verb)
}

/// Whether a part of the screen is opened.
fn opens(verb: &str, words: &str, masked: &str) -> bool {
    const PRESSED: &str =
        "toggle|enable|disable|tick|click|press|tap|hit|untick|check|flip|turn|uncheck|double-click|right-click";
    let clicked = begins(words, "click the|click on the|tap the|tap on the") && has(masked, " tab| panel");
    listed(OPENING, verb) || (has(masked, " tab| panel|sidebar|library") && !listed(PRESSED, verb)) || clicked
}

/// `The drone shot is now sitting in the Media panel on the left`
fn pointer(clause: &Words) -> Option<Verdict> {
    const SHORT: &str = "they|it|these|both|all|you|everything|that|this|which|all of them|the rest";
    let masked = &clause.masked;
    // The subject may stand in front of a comma: `…, can be found in the library`.
    let (at, word) = first(masked, POINTERS)
        .or_else(|| first(&format!(" {masked}"), POINTERS).map(|(_, word)| (0, word.trim_start())))?;
    let place = &masked[at + word.len()..];
    let shown = has(place, "the timeline") && has(word, "visible|can be |appear|shows");
    if !(has(place, PLACES) || shown) || has(place, "scene|of the restaurant|spaceship|of his|of her|of a ") {
        return None;
    }
    let action = if has(&clause.labels, "export menu|export button|download button") {
        GuiAction::Export
    } else if has(place, "account|billing|plan|subscription") {
        GuiAction::Credits
    } else if has(place, "timeline|viewer|player|preview") {
        GuiAction::Tracks
    } else {
        GuiAction::State
    };
    let subject = masked[..at].trim_start_matches(|c: char| !c.is_alphanumeric());
    let account = action == GuiAction::Credits && !subject.contains(|c: char| c.is_ascii_digit());
    if subject.is_empty() || listed(SHORT, subject) || account {
        return Some(Verdict::Instruction(Some(action)));
    }
    let ending = if has(word, " are | have ") { " are ready" } else { " is ready" };
    Some(Verdict::Part { from: clause.start, to: clause.at(at), ending, action: Some(action) })
}

/// `You'll find the narration in the left sidebar`: what is found stays.
fn found(clause: &Words, verb: &str, words: &str) -> Option<Verdict> {
    let object = words.strip_prefix("find ").or_else(|| words.strip_prefix("see "))?;
    let (place, _) = first(object, "\x20in the |\x20under the |\x20on the |\x20on your |\x20in your |\x20under ")?;
    let named =
        object[..place].split_whitespace().count() >= 3 || object[..place].contains(|c: char| c.is_ascii_digit());
    let from = clause
        .masked
        .find(&object[..place])
        .filter(|_| named && has(&object[place..], PLACES) && !has(&object[..place], SCREEN))?;
    let action = action(verb, words, clause);
    Some(Verdict::Part { from: clause.at(from), to: clause.at(from + place), ending: " is ready", action })
}

/// The clause from its verb on, without Markdown and polite words.
fn instruction(masked: &str) -> String {
    let plain = plain(masked);
    let mut words = plain.trim_start_matches(|c: char| !c.is_alphanumeric());
    while let Some(rest) = BEFORE.split('|').find_map(|before| words.strip_prefix(before)) {
        words = rest.trim_start();
    }
    // `once you're satisfied hit Export`
    let waits = begins(plain.trim_start_matches("and "), "once |when |if |whenever |as soon as ");
    let pressed = first(words, " hit | click | press | tap ").filter(|_| waits);
    pressed.map_or(words, |(at, _)| words[at..].trim_start()).to_owned()
}
