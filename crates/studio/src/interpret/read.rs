//! What one clause asks for: each reader takes the words it understands, and what is left over stops it all.

mod clips;
mod cut;
mod deliver;
mod gate;
mod music;
mod negation;
mod picture;
mod sound;
mod speed;
mod subtitles;
mod text;
mod unsupported;

use crate::ops::{About, Context, EditOp, Sound, TextRole, Track, What};

use super::{
    bag::Bag,
    lexicon::W,
    normal::Normal,
    token::{T, Tok},
};

/// Why a clause comes to no edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fail {
    Ask(About),
    No(What),
}

/// What the clauses before leave to those after, and what the message as a whole said.
#[derive(Clone)]
pub(super) struct Env<'a> {
    pub(super) normal: &'a Normal<'a>,
    pub(super) context: &'a Context,
    /// The sound spoken of last.
    pub(super) sound: Option<Sound>,
    /// The writing spoken of last, and whether it was changed, not added.
    pub(super) text: Option<(TextRole, bool)>,
    /// Music is being added in this message.
    /// What was faded last.
    pub(super) fade: Option<crate::ops::FadeTarget>,
    pub(super) adds_music: bool,
    pub(super) adds_text: bool,
    /// Something was said that needs no edit.
    pub(super) nothing: bool,
    /// A wish for quality that adds nothing beside another edit.
    pub(super) quality: bool,
    /// What is done if nothing else is: a purpose, a complaint.
    pub(super) alone: Vec<Alone>,
    pub(super) then: bool,
}

/// What counts only where no edit covers it: a purpose, a complaint, a verb that says little.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Alone {
    Op(EditOp),
    Ask(About),
}

/// An edit and where its words start.
pub(super) type Placed = (usize, EditOp);

pub(super) type Read = Result<(), Fail>;

/// What a clause has come to so far.
pub(super) struct Clause<'e, 'c> {
    pub(super) bag: Bag,
    pub(super) env: &'e mut Env<'c>,
    pub(super) ops: Vec<Placed>,
}

impl<'c> Env<'c> {
    pub(super) fn new(normal: &'c Normal<'c>, context: &'c Context) -> Self {
        Self {
            normal,
            context,
            sound: None,
            fade: None,
            text: None,
            adds_music: false,
            adds_text: false,
            nothing: false,
            quality: false,
            alone: Vec::new(),
            then: false,
        }
    }

    pub(super) fn lacks(&self, track: Track) -> bool {
        let lacks = |tracks: &Vec<Track>| match track {
            Track::Text => {
                ![Track::Title, Track::Subtitle, Track::Watermark, Track::Text].iter().any(|text| tracks.contains(text))
            }
            Track::Title | Track::Subtitle | Track::Watermark | Track::Bgm => !tracks.contains(&track),
        };
        self.context.tracks.as_ref().is_some_and(lacks)
    }
}

/// The edits of a clause, in the order of their words.
pub(super) fn read(bag: Bag, env: &mut Env<'_>) -> Result<Vec<Placed>, Fail> {
    let mut clause = Clause { bag, env, ops: Vec::new() };
    clause.separable();
    clause.negation()?;
    clause.unsupported()?;
    clause.history();
    // What is undone is named after the verb, and is no wish of its own.
    if clause.ops.is_empty() {
        clause.wishes()?;
    }
    clause.gate()?;
    let mut ops = clause.ops;
    ops.sort_by_key(|(at, _)| *at);
    Ok(ops)
}

impl Clause<'_, '_> {
    fn wishes(&mut self) -> Read {
        self.clips()?;
        self.subtitles_from_file()?;
        self.text()?;
        self.sound()?;
        self.speed()?;
        self.picture()?;
        self.deliver()?;
        self.cut()
    }

    /// `take the title away`, `swap the music for …`: verbs that mean something else with what they go with.
    fn separable(&mut self) {
        let toks = self.bag.toks();
        let takes =
            |tok: &&Tok| tok.is(W::Make) && self.env.normal.typed(tok.from, tok.to).to_lowercase().starts_with("tak");
        let taken = toks
            .iter()
            .position(|tok| takes(&tok))
            .filter(|at| toks[*at..].iter().any(|tok| tok.any(&[W::Out, W::Off])));
        let swapped = toks
            .iter()
            .position(|tok| tok.is(W::Swap))
            .filter(|_| toks.iter().any(|tok| tok.any(&[W::Music, W::Title, W::Subtitle, W::Watermark])));
        let level = self.bag.has_any(|t| matches!(t, T::Pct(_) | T::Db(..)))
            && self.bag.has(&[W::Voice, W::Sound, W::Volume, W::Music]);
        let dropped = toks
            .iter()
            .position(|tok| {
                tok.is(W::Remove) && self.env.normal.typed(tok.from, tok.to).to_lowercase().starts_with("drop")
            })
            .filter(|_| level);
        if let Some(at) = dropped {
            self.bag.set(at, W::Smaller);
        }
        if let Some(at) = taken {
            self.bag.set(at, W::Remove);
            self.bag.take_all(&[W::Out, W::Off]);
        }
        if let Some(at) = swapped {
            self.bag.set(at, W::Change);
        }
    }

    pub(super) fn push(&mut self, at: usize, op: EditOp) {
        self.ops.push((at, op));
    }
}

/// A question instead of an edit.
pub(super) fn ask(about: About) -> Read {
    Err(Fail::Ask(about))
}
