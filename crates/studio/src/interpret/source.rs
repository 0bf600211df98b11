//! Words that don't say what is wished: what the video is, what was said before a correction, reasons, numbering.

use super::{
    lexicon::W,
    token::{T, Tok},
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Shape,
    Size,
    Rate,
    Bytes,
    Format,
    Length,
}

fn kind(tok: &Tok) -> Option<Kind> {
    Some(match &tok.t {
        T::Ratio(_) | T::OddRatio | T::Word(W::Vertical | W::Landscape | W::Square | W::Horizontal) => Kind::Shape,
        T::Short(_) | T::Pixels(..) => Kind::Size,
        T::Fps(_) => Kind::Rate,
        T::Bytes(_) => Kind::Bytes,
        T::Dur(_) => Kind::Length,
        T::Word(W::Mp4 | W::Mov | W::Webm | W::Gif | W::Mp3 | W::M4a | W::Wav | W::H264 | W::H265 | W::OtherFormat) => {
            Kind::Format
        }
        T::File(_) => Kind::Format,
        _ => return None,
    })
}

/// Drops what describes the video as it is: `convert this 1080p MOV to 720p MP4`, `把横屏转成竖屏`.
pub(super) fn wishes(tokens: Vec<Tok>) -> Vec<Tok> {
    let drop: Vec<bool> =
        (0..tokens.len()).map(|at| kind(&tokens[at]).is_some_and(|kind| describes(&tokens, at, kind))).collect();
    let mut drop = drop.into_iter();
    tokens.into_iter().filter(|_| !drop.next().unwrap_or(false)).collect()
}

fn describes(tokens: &[Tok], at: usize, of: Kind) -> bool {
    const FAR: usize = 16;
    let setting = |tok: &&Tok| kind(tok).is_some();
    let before = tokens[..at].iter().rev().take(FAR).find(|tok| !setting(tok));
    let mut after = tokens[at + 1..].iter().take(FAR).skip_while(setting);
    let next = after.next();
    let mine = before.is_some_and(|tok| tok.is(W::This));
    let is_clip = next.is_some_and(|tok| tok.any(&[W::Video, W::Clip]));
    if mine && is_clip {
        return true;
    }
    let same_clause = |tok: &&Tok| !matches!(tok.t, T::Stop | T::Comma);
    let rest = tokens[at + 1..].iter().take(FAR).take_while(same_clause);
    let target = |tok: &Tok| tok.any(&[W::To, W::Into, W::Convert, W::Change, W::Turn, W::Compress]);
    let Some(marker) = rest.clone().position(target) else { return false };
    let same_after = rest.clone().skip(marker + 1).any(|tok| kind(tok) == Some(of));
    let led = tokens[..at]
        .iter()
        .rev()
        .take(FAR)
        .take_while(same_clause)
        .any(|tok| tok.any(&[W::Convert, W::Ba, W::This, W::Turn, W::Change, W::From]));
    let any_after = rest.clone().skip(marker + 1).any(|tok| kind(tok).is_some_and(|kind| kind != Kind::Length));
    let clip_between = rest.clone().take(marker).any(|tok| tok.any(&[W::Video, W::Clip]) || setting(&tok));
    match of {
        Kind::Length => led && any_after && clip_between,
        Kind::Shape | Kind::Size | Kind::Rate | Kind::Bytes => same_after || led && any_after && (clip_between || mine),
        Kind::Format => same_after || led && any_after,
    }
}

/// Applies corrections: what follows `no wait` or `不对` replaces what it is like before it.
pub(super) fn corrected(mut tokens: Vec<Tok>) -> Vec<Tok> {
    const MOST: usize = 8;
    for _ in 0..MOST {
        let Some(at) = (0..tokens.len()).find(|at| is_correction(&tokens, *at)) else { break };
        tokens = correct(&tokens, at);
    }
    tokens
}

fn is_correction(tokens: &[Tok], at: usize) -> bool {
    if tokens[at].is(W::Correct) {
        return true;
    }
    let closes = |tok: Option<&Tok>| tok.is_some_and(|tok| matches!(tok.t, T::Comma | T::Stop));
    tokens[at].any(&[W::No, W::Neg]) && at > 0 && closes(tokens.get(at - 1)) && closes(tokens.get(at + 1))
}

fn correct(tokens: &[Tok], at: usize) -> Vec<Tok> {
    let pause =
        |tok: &Tok| matches!(tok.t, T::Comma | T::Stop | T::Dash) || tok.any(&[W::Is, W::Make, W::It, W::Correct]);
    let start = at + 1 + tokens[at + 1..].iter().take_while(|tok| pause(tok)).count();
    let end = start
        + tokens[start..].iter().take_while(|tok| !matches!(tok.t, T::Comma | T::Stop) && !tok.is(W::Then)).count();
    let mut before: Vec<Tok> = tokens[..at].to_vec();
    while before.last().is_some_and(|tok| matches!(tok.t, T::Comma | T::Stop | T::Dash)) {
        before.pop();
    }
    let (new, rest) = (&tokens[start..end], &tokens[end..]);
    if before.is_empty() {
        return tokens[start..].to_vec();
    }
    let clause =
        before.iter().rposition(|tok| matches!(tok.t, T::Comma | T::Stop) || tok.is(W::Then)).map_or(0, |at| at + 1);
    let values: Vec<&Tok> = new.iter().filter(|tok| category(&tok.t).is_some()).collect();
    let replaced = values.iter().all(|tok| before[clause..].iter().any(|old| category(&old.t) == category(&tok.t)));
    let bare = new.iter().all(|tok| {
        category(&tok.t).is_some()
            || tok.any(&[
                W::To,
                W::At,
                W::For,
                W::Into,
                W::From,
                W::By,
                W::This,
                W::Is,
                W::Degree,
                W::Video,
                W::It,
                W::And,
            ])
    });
    if bare && !values.is_empty() && replaced {
        for tok in values {
            let old = before[clause..].iter().rposition(|old| category(&old.t) == category(&tok.t));
            if let Some(old) = old {
                before[clause + old].t = tok.t.clone();
            }
        }
    } else {
        before.truncate(clause);
        before.extend(new.iter().cloned());
    }
    before.extend(rest.iter().cloned());
    before
}

/// What can stand in for each other.
fn category(t: &T) -> Option<u8> {
    Some(match t {
        T::Span(..) => 0,
        T::Dur(_) => 1,
        T::At(_) => 2,
        T::Pct(_) => 3,
        T::Db(..) => 4,
        T::Factor(_) | T::Word(W::HalfSpeed | W::TwiceAsFast) => 5,
        T::Fps(_) => 6,
        T::Short(_) | T::Pixels(..) => 7,
        T::Ratio(_) | T::Word(W::Vertical | W::Landscape | W::Square) => 8,
        T::Bytes(_) => 9,
        T::Quote(_) => 10,
        T::Clips(_) => 11,
        T::Degrees(_) => 12,
        T::File(_) => 13,
        T::Word(W::Moments | W::Channels | W::WeChat | W::Wecom | W::Article) => 14,
        T::Word(W::Top | W::Bottom | W::Center | W::TopLeft | W::TopRight | W::BottomLeft | W::BottomRight) => 15,
        T::Word(W::Left | W::Right | W::Clockwise | W::Counter) => 16,
        T::Word(W::Mp4 | W::Mov | W::Gif | W::Webm | W::Mp3 | W::Wav | W::M4a) => 17,
        _ => return None,
    })
}

/// Drops sentences that give a reason and hold nothing that could be a wish.
pub(super) fn without_reasons(tokens: Vec<Tok>) -> Vec<Tok> {
    let mut out: Vec<Tok> = Vec::with_capacity(tokens.len());
    for part in tokens.split_inclusive(|tok| matches!(tok.t, T::Comma | T::Stop | T::Colon)) {
        let reason = part.iter().any(|tok| tok.is(W::Reason));
        if reason && part.iter().all(harmless) {
            continue;
        }
        out.extend(part.iter().cloned());
    }
    out
}

fn harmless(tok: &Tok) -> bool {
    match &tok.t {
        T::Word(word) => HARMLESS.contains(word),
        T::Unknown(_) | T::Comma | T::Stop | T::Colon | T::Num(_) => true,
        _ => false,
    }
}

const HARMLESS: &[W] = &[
    W::Filler,
    W::The,
    W::A,
    W::This,
    W::That,
    W::It,
    W::And,
    W::From,
    W::To,
    W::At,
    W::By,
    W::For,
    W::Of,
    W::In,
    W::On,
    W::With,
    W::Degree,
    W::Video,
    W::Is,
    W::Reason,
    W::When,
    W::Friends,
    W::Thing,
    W::Hello,
    W::Better,
    W::Talking,
    W::Everything,
    W::Part,
    W::Question,
    W::Quality,
    W::First,
    W::Last,
    W::Over,
    W::Picture,
    W::TooLong,
    W::Noise,
    W::Start,
    W::End,
    W::Ba,
    W::Few,
    W::Only,
];

/// Drops the numbers of a numbered list and the dashes of a plain one.
pub(super) fn without_numbering(tokens: Vec<Tok>, line_start: &dyn Fn(&Tok) -> bool) -> Vec<Tok> {
    let mut expected = 1.0;
    let mut out: Vec<Tok> = Vec::with_capacity(tokens.len());
    let mut rest = tokens.into_iter().peekable();
    while let Some(tok) = rest.next() {
        let dot = rest.peek().is_some_and(|next| matches!(next.t, T::Stop | T::Comma) && next.from == tok.to);
        #[expect(clippy::float_cmp, reason = "both are whole")]
        let numbers = matches!(tok.t, T::Num(value) if value == expected) && dot;
        let opens = line_start(&tok) || expected > 1.0;
        if numbers && opens && rest.size_hint().0 > 1 {
            expected += 1.0;
            if let Some(mut stop) = rest.next() {
                stop.t = T::Stop;
                out.push(stop);
            }
            continue;
        }
        if tok.t == T::Dash && line_start(&tok) && !matches!(rest.peek().map(|next| &next.t), Some(T::Num(_))) {
            continue;
        }
        out.push(tok);
    }
    out
}
