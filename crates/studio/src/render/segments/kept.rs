//! What of an output is kept, and under which keys.

use std::path::{Path, PathBuf};

use super::super::{
    fonts::{self, Found},
    passes::{Made, Work, absolute},
};
use crate::{
    cache::{Cache, Digest, Key, KeyOf, stamp},
    control::Control,
    error::Error,
    plan::{Loudness, Plan, segment::Stretch},
    tools::on_path,
};

/// The cache, and what the parts of this output are made of.
pub(super) struct Kept<'a> {
    cache: &'a Cache,
    control: &'a Control,
    /// ffmpeg itself. A build of its own has bytes of its own.
    program: Digest,
    sources: Vec<Source>,
}

struct Source {
    id: String,
    file: PathBuf,
    digest: Digest,
    /// What it was before it was read.
    stamp: Option<Key>,
}

impl<'a> Kept<'a> {
    pub(super) fn new(cache: &'a Cache, work: &Work<'a>, plan: &Plan) -> Result<Self, Error> {
        let control = work.control;
        let program = work.tools.ffmpeg()?;
        let found = program.to_str().filter(|_| program.components().count() == 1).and_then(on_path);
        let program = cache.content(&found.unwrap_or_else(|| absolute(program)), control)?;
        let mut sources: Vec<Source> = Vec::new();
        for (id, file) in super::clips(work, plan)? {
            if sources.iter().all(|source| source.id != id) {
                let stamp = stamp(&file).ok();
                sources.push(Source { digest: cache.content(&file, control)?, id, file, stamp });
            }
        }
        Ok(Self { cache, control, program, sources })
    }

    /// For the picture of a window, given its own plan.
    pub(super) fn of_window(&self, plan: &Plan, args: &[String], font: Option<&Found>) -> Result<Key, Error> {
        let key = self.of_writing(self.key("window 1").words(args), plan, font)?;
        Ok(self.of_sources(key, plan.sources()).done())
    }

    /// For something made of all of the sound.
    pub(super) fn of_sound(&self, plan: &Plan, stretches: &[Stretch], args: &[String]) -> Result<Key, Error> {
        let key = stretches.iter().enumerate().fold(self.key("sound 1").words(args), |key, (number, stretch)| {
            key.words(&plan.stretch_arguments(number, stretch))
        });
        Ok(self.of_sources(key, plan.heard()).done())
    }

    /// For a whole output that takes several passes, each of which depends on those before it.
    pub(super) fn whole(&self, plan: &Plan) -> Result<Key, Error> {
        let font = plan.writing().map(fonts::find).transpose()?;
        let key = self.key("whole 1").word(env!("CARGO_PKG_VERSION")).words(&plan.arguments());
        let key = self.of_writing(key, plan, font.as_ref())?;
        let wished = format!("{:?} {:?} {:?}", plan.max_bytes(), plan.lufs(), plan.wishes().resolution);
        Ok(self.of_sources(key.word(&wished), plan.sources()).done())
    }

    pub(super) fn fetch(&self, key: &Key, to: &Path) -> bool {
        self.cache.fetch(key, to)
    }

    /// Keeps a file, if what it was made of is still what it was when that was looked at.
    pub(super) fn keep(&self, key: &Key, file: &Path) {
        if self.is_unchanged() {
            self.cache.keep(key, file);
        }
    }

    /// `Some(None)` for silence.
    pub(super) fn loudness(&self, key: &Key) -> Option<Option<Loudness>> {
        let word = self.cache.word(key)?;
        let mut numbers = word.chunks_exact(8).map(|bytes| bytes.try_into().map(f64::from_le_bytes));
        let mut next = || numbers.next()?.ok();
        Some(match next() {
            None => None,
            Some(integrated) => {
                let (peak, range, threshold, offset) = (next()?, next()?, next()?, next()?);
                Some(Loudness { integrated, peak, range, threshold, offset })
            }
        })
    }

    pub(super) fn keep_loudness(&self, key: &Key, loudness: Option<&Loudness>) {
        let numbers = loudness.map(|l| [l.integrated, l.peak, l.range, l.threshold, l.offset]);
        let word: Vec<u8> = numbers.into_iter().flatten().flat_map(f64::to_le_bytes).collect();
        if self.is_unchanged() {
            self.cache.keep_word(key, &word);
        }
    }

    fn key(&self, kind: &str) -> KeyOf {
        KeyOf::kind(kind).digest(&self.program)
    }

    fn of_writing(&self, key: KeyOf, plan: &Plan, font: Option<&Found>) -> Result<KeyOf, Error> {
        let (Some(found), Some(_)) = (font, plan.writing()) else { return Ok(key.word("")) };
        Ok(key.word(&plan.ass(&found.font)).digest(&self.cache.content(&found.path, self.control)?))
    }

    fn of_sources<'s>(&self, key: KeyOf, ids: impl Iterator<Item = &'s str>) -> KeyOf {
        let digest = |id: &str| self.sources.iter().find(|source| source.id == id).map(|source| &source.digest);
        ids.filter_map(digest).fold(key, |key, digest| key.digest(digest))
    }

    fn is_unchanged(&self) -> bool {
        self.sources.iter().all(|source| source.stamp.is_some() && stamp(&source.file).ok() == source.stamp)
    }
}

/// The plan by which an output was made that is of its size: for a size in bytes its picture may have become smaller.
pub(super) fn as_made(plan: &Plan, made: &Made) -> Result<Plan, Error> {
    match &made.facts.video {
        Some(video) if (video.width, video.height) != (plan.width(), plan.height()) => {
            plan.with_short_side(video.width.min(video.height))
        }
        Some(_) | None => Ok(plan.clone()),
    }
}
