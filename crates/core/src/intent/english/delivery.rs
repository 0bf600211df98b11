//! Whether a clause asks for the file, or offers material.

use super::super::lexicon::*;
use super::super::view::View;
use super::super::{Action, Judged};
use super::asks;

pub(super) fn export(view: View<'_>, order: View<'_>) -> Option<Judged> {
    if order.one(0, "do") || view.text(0) == "do" || order.text(0) == "it" && view.word("do") {
        return Some(Judged::DoIt);
    }
    // "Exports should be 720p" states a rule and asks for no file.
    if view.any(SETTING | ELSEWHERE) || able(view, order) {
        return None;
    }
    let makes = order.one(0, "make|create|generate|produce|turn|convert")
        && order.until(7).words.iter().any(|token| {
            order.folded[token.start..token.end].ends_with("file")
                || token.class.is(FILE) && !token.class.is(MATERIAL.or(GET))
        })
        && !asks(view);
    let says = makes || ordered(order) || given(order) || kept(order) || wanted(view, order) || finished(view, order);
    says.then_some(Judged::Step(Action::Export, "asks for the file"))
}

/// `can you export to ProRes?` asks what is possible.
fn able(view: View<'_>, order: View<'_>) -> bool {
    let opens = view.any(CANYOU) && view.asked && order.is(0, EXPORT);
    let definite = order.from(1).any(IT | MY | FILM | FINAL | POLITE) || order.words.len() == 1;
    (opens && !definite) || view.any(ADVICE) || (asks(view) && view.any(FAIL))
}

/// `export it in 720p`: what stands after the verb is the video, its form, or nothing.
fn ordered(order: View<'_>) -> bool {
    let object = order.from(1);
    let by_itself = object.words.iter().position(|token| !token.class.is(MY | IT | POLITE));
    let form = |at: usize| {
        object.one(at, "as|in|to|at|for|out|with|en|what|when|off")
            || object.text(at).starts_with(|c: char| c.is_ascii_digit())
            || object.is(at, FILM | FILE | FINAL | POLITE | WHAT | THEN | AND | QUOTED | ME)
    };
    let fits = match by_itself {
        None => true,
        // `export the wedding one`, but not `export the subtitles`.
        Some(at) => form(at) || (at > 0 && !object.is(at, PART | EDIT | NEW | MATERIAL)) || object.any(FINAL | FILE),
    };
    let made = object.is(0, NEW) && !object.any(FILE | FINAL);
    order.is(0, EXPORT) && fits && !made
}

/// `send me the video`; but `send me some ideas` is for the agent.
fn given(order: View<'_>) -> bool {
    let object = order.from(1);
    let to_user = object.any(ME | DEVICE) || object.word("my") || order.text(0).contains("over");
    let it = object.one(0, "it|this") && !object.any(YOU);
    let bare = it && object.until(6).words.iter().all(|token| token.class.is(IT | POLITE | ME | FINAL | NUMBER | THEN));
    let named = object.any(FILM | FILE | FINAL | IT | QUOTED);
    let made = object.until(3).any(NEW) && !object.any(FILE | FINAL);
    let to_agent = object.any(YOU) && !object.any(FINAL | FILE);
    let file = object.word("file mp4") && object.content() <= 4 && object.is(0, IT | MY | FILE | FINAL);
    // `sending you the clips`: the user does.
    let own = order.text(0).ends_with("ing") && !object.any(FINAL) && !object.word("me us my");
    order.is(0, SEND)
        && !own
        && !made
        && !to_agent
        && (bare
            || file
            || (to_user && named)
            || (object.any(FINAL) && !object.any(MATERIAL.or(EDIT)) || strong(object)))
}

/// The file itself is named: the finished video, a download link.
fn strong(view: View<'_>) -> bool {
    view.any(FINAL) && view.any(FILM | FILE) && !view.word("shorter longer brighter")
}

/// `save it to my phone`; but `save the last 5 seconds` is an edit.
fn kept(order: View<'_>) -> bool {
    let object = order.from(1);
    let film = object.is(0, FILM | FILE | FINAL)
        || (object.is(0, IT | MY) && (object.words.len() == 1 || object.is(1, FILM | FILE | FINAL | POLITE)));
    let device = object.any(DEVICE) && object.any(IT | FILM | FILE | FINAL);
    let saves = order.one(0, "save|store|saving|back up|write out");
    (saves && film)
        || (saves && device && !object.any(MATERIAL | NUMBER))
        || (order.is(0, SAVE) && device && object.is(0, IT | FILM | MY))
}

/// `can I get the video file`, `need it as a file`, `show me the finished film`.
fn wanted(view: View<'_>, order: View<'_>) -> bool {
    let wishes = view.order().is(0, GET) || view.any(POLITE) && order.is(0, GET) || view.until(2).any(GET);
    let watches = order.is(0, WATCH) && order.any(FINAL) && !order.any(MODEL);
    let definite = order.word("the my our this it") || order.any(FINAL);
    let file = order.any(FILE) && !order.any(MATERIAL) || order.word("file mp4 copy download");
    let as_file = view.word("file mp4 mov") && view.word("as") && !view.any(NEG);
    let changed = order.word("be shorter longer brighter louder without") || asks(view);
    let tail = order.find(FILM).map_or(0, |at| at + 1);
    let plain =
        order.from(tail).words.iter().all(|token| token.class.is(POLITE | ME | DEVICE | MY | NUMBER | FINAL | IT));
    let fits = (file || order.any(FINAL) && order.any(FILM | FILE | FINAL))
        || (definite && order.any(FILM) && order.content() <= 6 && plain && !order.any(NEW));
    let about = view.word("about on") && !definite;
    ((wishes && fits && !about) || watches || as_file && view.any(GET | SEND | FINAL | FILM | IT))
        && !changed
        && !view.any(YOU.or(OTHER))
}

/// `final file?`, `mp4 pls`, `where's my finished video`
fn finished(view: View<'_>, order: View<'_>) -> bool {
    let material = order.any(MATERIAL) && !order.any(FINAL);
    let short = order.content() <= 3 && !material && !order.any(EDIT | FAIL | COMPLAINT | YESNO);
    let names = order.any(FINAL) && order.any(FILM | FILE) || order.word("mp4 mov") || order.is(0, FILE);
    let to_device = order.is(0, FILE | FINAL | FILM) && order.any(DEVICE) && order.content() <= 6;
    let asked = asks(view) && !view.any(FILE);
    // `the video please`
    let plain = order.is(0, IT) && order.is(1, FILM) && order.content() == 2 && !view.asked;
    (short && names && !asked) || to_device || plain
}

pub(super) fn upload(view: View<'_>, order: View<'_>) -> Option<Judged> {
    if view.any(ELSEWHERE | SETTING | ADVICE | FAIL) || asks(view) {
        return None;
    }
    let object = order.from(1);
    let orders = order.is(0, UPLOAD) && (object.is_empty() || object.any(MATERIAL | MY | IT | FILM | NEW));
    let offers = order.any(SEND) && order.any(YOU) && order.any(MATERIAL) && !order.any(ME) && !object.any(EDIT | PAST);
    let sends = order.one(0, "sending|sending over|giving|handing|sharing")
        && object.any(MATERIAL)
        && !object.any(FINAL)
        && !object.word("me us");
    let hands = view.any(UPLOAD)
        && view.any(MATERIAL)
        && view.one(0, "i|we|i have|i've got|here are|here is|here's")
        && !view.any(PAST);
    let says = orders || offers || sends || hands || offered(view, order) || (takes_in(order) && view.any(MY));
    says.then_some(Judged::Step(Action::Upload, "wants to hand over material"))
}

/// `here are my photos`, `I have some footage for you`
fn offered(view: View<'_>, order: View<'_>) -> bool {
    let opens = view.one(0, "here's|here is|here are|heres|i have|i've got|got");
    let attached = order.word("attached");
    let here = view.text(0).starts_with("here");
    let offers = here || (opens && view.any(MY | YOU | IT | SEND | UPLOAD)) || attached;
    offers && view.any(MATERIAL) && !view.any(EDIT)
}

/// `add my own videos`, `use my photos`
pub(super) fn takes_in(order: View<'_>) -> bool {
    let verb = order.one(0, "add|use|bring|bring in|put|insert|include|send|give|get|submit|hand over|share|load");
    let plain = !order.any(EDIT.or(PLACE)) || order.from(1).words.iter().all(|token| !token.class.is(PLACE));
    let into = order.one(order.words.len().wrapping_sub(1), "in|you") || order.any(YOU | MY | INTO);
    verb && plain && order.from(1).words.iter().any(|token| token.class.is(MATERIAL)) && into
}
