//! From tables to destinations: laid over each other, completed and checked.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    Aim, Becomes, Destination, Destinations, DestinationsError, Does, Gate, Known, Limits, Misfit, limits::Origin,
    words::folded,
};
use crate::error::plain;

/// More destinations than this are no table for people.
const MOST: usize = 64;

/// Longer words, titles, sources and notes are none; in characters.
const LONGEST: usize = 160;

/// Reads tables; each lies over those before it.
pub(super) fn table(texts: &[&str]) -> Result<Destinations, DestinationsError> {
    let mut all = Table::default();
    for text in texts {
        all = all.under(parse(text)?);
    }
    if all.destination.len() > MOST {
        return Err(DestinationsError::of(format!("it has more than {MOST} destinations")));
    }
    let (forms, sources) = (all.forms, all.sources);
    let made = all.destination.into_iter().map(|entry| entry.complete(&forms, &sources));
    let made = made.collect::<Result<Vec<_>, _>>()?;
    no_word_twice(&made)?;
    Ok(Destinations(made))
}

fn parse(text: &str) -> Result<Table, DestinationsError> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
        DestinationsError { line, why: plain(error.message(), 200) }
    })
}

/// A word that leads to two places leads to neither.
fn no_word_twice(destinations: &[Destination]) -> Result<(), DestinationsError> {
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for destination in destinations {
        let id = destination.id.as_str();
        for word in destination.words.iter().map(|word| folded(word)).chain([folded(id)]) {
            if let Some(other) = owners.insert(word.clone(), id).filter(|other| *other != id) {
                return Err(DestinationsError::of(format!("the word {word:?} stands for both {other} and {id}")));
            }
        }
    }
    Ok(())
}

/// A table as it is written.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Table {
    sources: BTreeMap<String, String>,
    forms: BTreeMap<String, Limits>,
    destination: Vec<Entry>,
}

impl Table {
    fn under(mut self, over: Self) -> Self {
        self.sources.extend(over.sources);
        for (name, limits) in over.forms {
            let base = self.forms.remove(&name).unwrap_or_default();
            self.forms.insert(name, limits.or(base));
        }
        for entry in over.destination {
            match self.destination.iter().position(|known| known.id == entry.id) {
                Some(at) => {
                    let base = std::mem::take(&mut self.destination[at]);
                    self.destination[at] = entry.or(base);
                }
                None => self.destination.push(entry),
            }
        }
        self
    }
}

/// A destination as it is written: what isn't said is left to the table below.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    form: Option<String>,
    title: Option<String>,
    title_zh: Option<String>,
    words: Option<Vec<String>>,
    does: Option<Known<Does>>,
    misfit: Option<Known<Misfit>>,
    aim: Option<Known<Aim>>,
    #[serde(default)]
    limits: Limits,
    gate: Option<Gate>,
    becomes: Option<Vec<Becomes>>,
}

impl Entry {
    fn or(self, base: Self) -> Self {
        Self {
            id: self.id,
            form: self.form.or(base.form),
            title: self.title.or(base.title),
            title_zh: self.title_zh.or(base.title_zh),
            words: self.words.or(base.words),
            does: self.does.or(base.does),
            misfit: self.misfit.or(base.misfit),
            aim: self.aim.or(base.aim),
            limits: self.limits.or(base.limits),
            gate: match (self.gate, base.gate) {
                (Some(over), Some(base)) => Some(over.or(base)),
                (over, base) => over.or(base),
            },
            becomes: self.becomes.or(base.becomes),
        }
    }

    fn complete(
        self,
        forms: &BTreeMap<String, Limits>,
        sources: &BTreeMap<String, String>,
    ) -> Result<Destination, DestinationsError> {
        let id = checked_id(self.id)?;
        let missing = |what: &str| DestinationsError::of(format!("{id} has no {what}"));
        let form = match self.form {
            None => Limits::default(),
            Some(name) => forms.get(&name).cloned().ok_or_else(|| missing(&format!("form called {name:?}")))?,
        };
        let mut made = Destination {
            title: text(&id, "title", self.title.ok_or_else(|| missing("title"))?)?,
            title_zh: text(&id, "title_zh", self.title_zh.ok_or_else(|| missing("title_zh"))?)?,
            words: self.words.ok_or_else(|| missing("words"))?,
            limits: self.limits.or(form),
            does: self.does.ok_or_else(|| missing("does"))?,
            misfit: self.misfit.ok_or_else(|| missing("misfit"))?,
            gate: self.gate,
            becomes: self.becomes.unwrap_or_default(),
            aim: self.aim,
            id: id.clone(),
        };
        made.becomes.sort_by_key(|step| step.up_to_seconds);
        for word in &mut made.words {
            *word = text(&id, "words", folded(word))?;
        }
        if made.does.is == Does::Gate && made.gate.is_none() {
            return Err(missing("gate, though it does \"gate\""));
        }
        for (name, origin) in origins(&mut made) {
            trace(&id, name, origin, sources)?;
        }
        sane(&made)?;
        Ok(made)
    }
}

impl Gate {
    fn or(self, base: Self) -> Self {
        Self {
            short_side: self.short_side.or(base.short_side),
            bit_rate: self.bit_rate.or(base.bit_rate),
            bytes: self.bytes.or(base.bytes),
            seconds: self.seconds.or(base.seconds),
        }
    }

    fn origins(&mut self) -> impl Iterator<Item = (&'static str, Origin<'_>)> {
        let sizes = self.short_side.as_mut().map(|known| ("gate.short_side", known.origin()));
        let rates = self.bit_rate.as_mut().map(|known| ("gate.bit_rate", known.origin()));
        let bytes = self.bytes.as_mut().map(|known| ("gate.bytes", known.origin()));
        let seconds = self.seconds.as_mut().map(|known| ("gate.seconds", known.origin()));
        [sizes, rates, bytes, seconds].into_iter().flatten()
    }
}

/// Where every value of a destination is from.
pub(super) fn origins(made: &mut Destination) -> Vec<(&'static str, Origin<'_>)> {
    let mut all = made.limits.origins();
    all.push(("does", made.does.origin()));
    all.push(("misfit", made.misfit.origin()));
    all.extend(made.aim.as_mut().map(|aim| ("aim", aim.origin())));
    all.extend(made.gate.iter_mut().flat_map(Gate::origins));
    all.extend(made.becomes.iter_mut().map(|step| {
        let origin = Origin { source: &mut step.source, date: &step.date, note: None };
        ("becomes", origin)
    }));
    all
}

/// Replaces a value's source by what stands for it in the table, and looks at its date.
fn trace(
    id: &str,
    name: &str,
    origin: Origin<'_>,
    sources: &BTreeMap<String, String>,
) -> Result<(), DestinationsError> {
    let wrong = |why: &str| DestinationsError::of(format!("{id}.{name}: {why}"));
    let source = sources.get(origin.source).ok_or_else(|| wrong(&format!("no source {:?}", origin.source)))?;
    *origin.source = text(id, name, source.clone())?;
    if !is_date(origin.date) {
        return Err(wrong("the date is no year, month or day, such as 2026-11"));
    }
    origin.note.map_or(Ok(()), |note| text(id, name, note.to_owned()).map(drop))
}

/// `2021`, `2026-11` or `2026-11-26`.
fn is_date(date: &str) -> bool {
    let widths: Vec<usize> = date.split('-').map(str::len).collect();
    let digits = date.split('-').all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    digits && matches!(widths.as_slice(), [4] | [4, 2] | [4, 2, 2])
}

/// A bound of nothing, or a list of none, would refuse every video.
fn sane(made: &Destination) -> Result<(), DestinationsError> {
    let limits = &made.limits;
    let numbers = [&limits.level, &limits.short_side, &limits.long_side, &limits.frame_rate, &limits.channels];
    let more = [&limits.seconds, &limits.name_bytes, &limits.least_short_side];
    let zero = numbers.iter().chain(&more).any(|known| known.as_ref().is_some_and(|known| known.is == 0));
    let large = [&limits.bytes, &limits.bit_rate].iter().any(|known| known.as_ref().is_some_and(|known| known.is == 0));
    let ratio = limits.feed_ratio.as_ref().is_some_and(|known| known.is.0 == 0 || known.is.1 == 0);
    let lists = [&limits.containers, &limits.video_codecs, &limits.pixel_formats, &limits.audio_codecs];
    let empty = lists.iter().any(|known| known.as_ref().is_some_and(|known| known.is.is_empty()));
    let wrong = zero || large || ratio || empty;
    if wrong { Err(DestinationsError::of(format!("{}: a limit is zero or empty", made.id))) } else { Ok(()) }
}

fn checked_id(id: String) -> Result<String, DestinationsError> {
    let fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if id.is_empty() || id.len() > 32 || !id.bytes().all(fine) {
        let why = format!("{id:?} is no id: use up to 32 small letters, digits and hyphens");
        return Err(DestinationsError::of(why));
    }
    Ok(id)
}

/// Text that will be shown: one bounded line.
fn text(id: &str, name: &str, text: String) -> Result<String, DestinationsError> {
    let shown = plain(&text, LONGEST);
    if shown.is_empty() || shown != text {
        let why = format!("{id}.{name}: a text is empty, longer than {LONGEST} characters, or not one plain line");
        return Err(DestinationsError::of(why));
    }
    Ok(shown)
}
