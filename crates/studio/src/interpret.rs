//! From a person's words to edits, one question, or an honest no.
//!
//! ```text
//! normal    one form for what reads the same
//! quote     quoted text, names, addresses: never read as a command
//! token     words with a sense, numbers             (lexicon, number)
//! measure   numbers with units
//! clips     which clips; time: which parts and points
//! source    what only describes, corrects or explains is left out
//! clause    where one wish ends and the next begins
//! read      what a clause asks for; what is left over stops everything
//! resolve   held against the timeline that is there
//! ```

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each reader takes the senses it knows; the gate stops on the rest"
)]

mod bag;
mod clause;
mod clips;
mod conclude;
mod lexicon;
mod measure;
mod normal;
mod number;
mod payload;
mod quote;
mod read;
mod reply;
mod resolve;
mod source;
mod time;
mod token;

use crate::ops::{About, Context, EditOp, Reading};

use self::{
    bag::Bag,
    clause::Clause,
    lexicon::W,
    normal::Normal,
    read::{Env, Fail},
    token::{How, T, Tok},
};

pub use reply::{Answer, answer, is_chinese};

/// Longer messages than this, in characters, are no instruction.
const LONGEST: usize = 2000;
/// More clauses than this are no instruction.
const MOST: usize = 40;

/// Reads an instruction in English, Chinese or a mix of both. Pure, and linear in the text.
///
/// It acts only on a message of which it understood every word: a wrong edit is far worse than a question.
///
/// ```
/// use weixin_video_studio::{About, Context, Reading, interpret};
///
/// let context = Context::default();
/// let reading = interpret("把前三秒剪掉，加标题「春游」", &context);
/// assert_eq!(
///     reading.to_json().to_string(),
///     r#"[{"from":0,"op":"remove","to":3000},{"op":"text","role":"title","text":"春游"}]"#
/// );
/// assert_eq!(interpret("trim 10 seconds", &context), Reading::Ask(About::StartOrEnd));
/// ```
#[must_use]
pub fn interpret(text: &str, context: &Context) -> Reading {
    if text.chars().nth(LONGEST).is_some() {
        return Reading::Ask(About::NotAnEdit);
    }
    let normal = Normal::new(text);
    let tokens = understood(&normal, context);
    let talk = tokens.iter().all(|tok| {
        !is_content(tok) && !matches!(tok.t, T::Unknown(_)) || tok.any(&[W::Video, W::Opinion, W::Quality, W::Better])
    }) && tokens.iter().any(|tok| tok.any(&[W::Hello, W::Opinion]));
    if talk
        || !tokens.iter().any(is_content)
        || tokens.iter().any(|tok| tok.is(W::Question))
            && !tokens.iter().any(|tok| matches!(tok.t, T::Word(W::Cannot(_))))
    {
        return Reading::Ask(About::NotAnEdit);
    }
    let clauses = clause::clauses(tokens);
    if clauses.len() > MOST {
        return Reading::Ask(About::UnknownWords);
    }
    let mut env = Env::new(&normal, context);
    let Message { ops, fails } = Message::read(&clauses, &mut env);
    conclude::conclude(ops, &fails, &env)
}

/// All stages from characters to tokens with a meaning.
fn understood(normal: &Normal<'_>, context: &Context) -> Vec<Tok> {
    let typed = |tok: &Tok| normal.typed(tok.from, tok.to).to_lowercase();
    let as_typed = |tok: &Tok| normal.typed(tok.from, tok.to).to_owned();
    let minutes = |tok: &Tok| typed(tok).contains(['m', '分']);
    let line_start = |tok: &Tok| {
        normal.chars[..tok.from].iter().rev().find(|c| !c.is_whitespace() || **c == '\n').is_none_or(|c| *c == '\n')
    };
    let tokens = token::tokens(normal, context);
    let tokens = payload::payload(normal, tokens);
    let tokens = source::without_numbering(tokens, &line_start);
    let mut tokens = measure::measure(&tokens, &as_typed);
    tokens.retain(|tok| !tok.any(&[W::Filler, W::The, W::A]));
    let tokens = clips::clips(&tokens, context, &typed);
    let tokens = time::spans(&tokens, context, &minutes);
    let tokens = source::without_reasons(tokens);
    let tokens = source::wishes(tokens);
    source::corrected(tokens)
}

/// Whether a token has to do with editing at all.
fn is_content(tok: &Tok) -> bool {
    match &tok.t {
        T::Word(word) => !lexicon::TALK.contains(word),
        T::Unknown(_) | T::Comma | T::Stop | T::Colon | T::Dash | T::Num(_) | T::Ord(_) => false,
        _ => true,
    }
}

/// What the clauses came to.
struct Message {
    ops: Vec<EditOp>,
    fails: Vec<Fail>,
}

/// A clause that came to edits, with what it takes to read it again together with the next.
struct Done<'c> {
    toks: Vec<Tok>,
    before: Env<'c>,
    ops: Vec<EditOp>,
}

impl Message {
    /// Reads the clauses one after the other. One that says too little by itself belongs to a neighbour.
    fn read<'c>(clauses: &[Clause], env: &mut Env<'c>) -> Self {
        let mut done: Vec<Done<'c>> = Vec::new();
        let mut fails = Vec::new();
        let mut at = 0;
        while at < clauses.len() {
            let (next, length) = one(&clauses[at..], env, done.last());
            at += length;
            match next {
                Ok(Next::Own(own)) => done.push(own),
                Ok(Next::Joined(joined)) => {
                    done.pop();
                    done.push(joined);
                }
                Err(fail) => fails.push(fail),
            }
        }
        let ops = done.into_iter().flat_map(|done| done.ops).collect();
        Self { ops, fails }
    }
}

enum Next<'c> {
    Own(Done<'c>),
    Joined(Done<'c>),
}

/// The next clause, by itself, with the one before, or with the one after; and how many were read.
fn one<'c>(clauses: &[Clause], env: &mut Env<'c>, last: Option<&Done<'c>>) -> (Result<Next<'c>, Fail>, usize) {
    let clause = &clauses[0];
    if let Some(last) = last.filter(|last| belongs(clause, last)) {
        let mut before = last.before.clone();
        let toks = joined(&last.toks, &clause.toks);
        if let Ok(done) = attempt(toks, last.before.then, &mut before) {
            *env = before;
            return (Ok(Next::Joined(done)), 1);
        }
    }
    let fail = match attempt(clause.toks.clone(), clause.then, env) {
        Ok(done) => return (Ok(Next::Own(done)), 1),
        Err(fail) => fail,
    };
    if let Fail::No(_) = fail {
        return (Err(fail), 1);
    }
    let placed =
        last.is_some_and(|last| matches!(last.ops.last(), Some(EditOp::Text { .. }))) && clause.toks.iter().all(places);
    if (!clause.headed || placed)
        && let Some(last) = last
    {
        let mut before = last.before.clone();
        let toks = joined(&last.toks, &clause.toks);
        if between_two(clauses, last, env) {
            return (Err(Fail::Ask(About::WhichTime)), 1);
        }
        if let Ok(done) = attempt(toks, last.before.then, &mut before) {
            *env = before;
            return (Ok(Next::Joined(done)), 1);
        }
    }
    if let Some(next) = clauses.get(1).filter(|next| {
        (!clause.headed || !next.headed || clause.toks.iter().any(|tok| tok.is(W::Extract))) && !next.then
    }) {
        let toks = joined(&clause.toks, &next.toks);
        if let Ok(done) = attempt(toks, clause.then || next.then, env) {
            return (Ok(Next::Own(done)), 2);
        }
    }
    (Err(fail), 1)
}

/// `加标题「A」，最后10秒，慢放2倍`: a part that may belong to the clause before it or to the one after.
fn between_two(clauses: &[Clause], last: &Done<'_>, env: &Env<'_>) -> bool {
    let part = |tok: &Tok| matches!(tok.t, T::Span(..));
    let [clause, next, ..] = clauses else { return false };
    let takes_time = matches!(last.ops.last(), Some(EditOp::Text { .. } | EditOp::Bgm { .. }));
    let may =
        takes_time && clause.toks.iter().any(|tok| part(tok) && tok.han) && next.headed && !next.toks.iter().any(part);
    let toks = joined(&clause.toks, &next.toks);
    may && attempt(toks, next.then, &mut env.clone()).is_ok()
}

/// `add music, starting at 0:10`: the time is that of the music.
fn belongs(clause: &Clause, last: &Done<'_>) -> bool {
    let timed = |tok: &Tok| matches!(tok.t, T::Span(_, How::Starting | How::From | How::Onwards | How::Ending));
    let takes_time = matches!(last.ops.last(), Some(EditOp::Text { .. } | EditOp::Bgm { .. }));
    !clause.headed && takes_time && clause.toks.iter().any(timed)
}

/// The tokens of two clauses, with a join between them.
fn joined(first: &[Tok], second: &[Tok]) -> Vec<Tok> {
    let at = first.last().map_or(0, |tok| tok.to);
    let and = Tok { t: T::Word(W::And), from: at, to: at, han: false };
    first.iter().cloned().chain([and]).chain(second.iter().cloned()).collect()
}

/// Whether a token may say where or when a text stands.
fn places(tok: &Tok) -> bool {
    const PLACES: &[W] = &[
        W::Add,
        W::Move,
        W::On,
        W::Show,
        W::Top,
        W::Bottom,
        W::Left,
        W::Right,
        W::Center,
        W::Middle,
        W::Corner,
        W::TopLeft,
        W::TopRight,
        W::BottomLeft,
        W::BottomRight,
        W::Whole,
        W::Start,
        W::End,
        W::It,
        W::At,
        W::In,
        W::To,
        W::For,
        W::And,
        W::Make,
        W::Part,
        W::Picture,
        W::Of,
        W::Into,
        W::This,
        W::Ba,
    ];
    tok.any(PLACES) || matches!(tok.t, T::Span(..) | T::Dur(_) | T::At(_))
}

/// Reads these tokens as one clause; the surroundings change only if it succeeds.
fn attempt<'c>(toks: Vec<Tok>, then: bool, env: &mut Env<'c>) -> Result<Done<'c>, Fail> {
    let mut trial = env.clone();
    trial.then = then;
    let before = trial.clone();
    let ops = read::read(Bag::new(toks.clone()), &mut trial)?.into_iter().map(|(_, op)| op).collect();
    *env = trial;
    Ok(Done { toks, before, ops })
}

#[cfg(test)]
mod tests;
