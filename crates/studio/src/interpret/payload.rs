//! Text for the picture that stands in a message without quotes: after `title:`, `says`, `写着`.

use super::{
    lexicon::W,
    normal::Normal,
    token::{T, Tok},
};

const NOUNS: &[W] = &[W::Title, W::TextNoun, W::Zi, W::Subtitle, W::Watermark];

/// Makes one quote of the text to the end of the message, where one starts.
pub(super) fn payload(normal: &Normal<'_>, mut tokens: Vec<Tok>) -> Vec<Tok> {
    let Some(at) = (0..tokens.len()).find(|at| leads(&tokens, *at)) else { return tokens };
    let mut next = at + 1;
    while tokens.get(next).is_some_and(|tok| tok.t == T::Colon) {
        next += 1;
    }
    if matches!(tokens.get(next).map(|tok| &tok.t), None | Some(T::Quote(_))) {
        return tokens;
    }
    let from = tokens[next - 1].to;
    let text = normal.typed(from, normal.chars.len()).trim().to_owned();
    if text.is_empty() {
        return tokens;
    }
    let quote = Tok { t: T::Quote(text), from, to: normal.chars.len(), han: false };
    tokens.truncate(next);
    tokens.push(quote);
    tokens
}

/// Whether this token says that text follows.
fn leads(tokens: &[Tok], at: usize) -> bool {
    let noun = at > 0 && tokens[at - 1].any(NOUNS);
    let clause = tokens[..at].iter().rev().take_while(|tok| tok.t != T::Stop);
    let in_clause = |senses: &[W]| clause.clone().any(|tok| tok.any(senses));
    let verbs = [W::Add, W::Write, W::Show, W::Make, W::Generate];
    match tokens[at].t {
        T::Colon => noun,
        T::Word(W::Says) => in_clause(NOUNS) || in_clause(&verbs),
        T::Word(W::Is | W::Into | W::Write) => {
            noun && tokens[at].han && tokens[at].to - tokens[at].from == 1 && in_clause(&verbs)
        }
        _ => false,
    }
}
