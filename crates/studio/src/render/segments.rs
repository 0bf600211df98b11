//! A picture made window by window, the sound once over all of it, and both joined without encoding them again.
//!
//! ```text
//! w0/ window.mp4   w1/ window.mp4   …      a folder a window, with links to its clips and writing of its own
//! window0.mp4      window1.mp4      …      the finished ones, or copies of what was kept
//! sound.mp4                                all of the sound
//! windows.txt  →  out.mp4                  joined
//! ```

mod fit;
mod kept;

use std::{
    fs, io,
    ops::Range,
    path::{Path, PathBuf},
};

use self::kept::Kept;
use super::{
    CUT_OFF,
    fonts::{self, Found},
    job::link,
    listen,
    passes::{Errand, LISTENING, Made, Ran, Work},
};
use crate::{
    cache::Key,
    error::Error,
    plan::{
        Budget, FONTS_FOLDER, Loudness, Pass, Plan, TEXT_FILE, WINDOW_FILE,
        segment::{LIST, Stretch, needed, wanted, window_name},
    },
    probe::first_complaint,
};

/// How much of the work the sound is, and the joining, in percent.
const SOUND: u64 = 6;
const JOINING: u64 = 2;

/// After this part of the frames, one in so many, it is believed how large the whole is going to be.
const ENOUGH: u64 = 8;

/// Makes the output of a plan with what was kept, and keeps what it makes. `anew` makes it in one graph.
pub(super) fn make<'a>(
    work: &mut Work<'a>,
    plan: &Plan,
    anew: impl FnOnce(&mut Work<'a>) -> Result<Made, Error>,
) -> Result<Made, Error> {
    let kept = work.tools.cache().map(|cache| Kept::new(cache, work, plan)).transpose()?;
    let whole = kept.as_ref().map(|kept| Ok((kept, kept.whole(plan)?))).transpose()?;
    let file = work.job.folder().join(plan.output_name());
    if let Some((kept, key)) = &whole
        && kept.fetch(key, &file)
    {
        let made = work.look(plan)?;
        return Ok(Made { plan: kept::as_made(plan, &made)?, ..made });
    }
    if wanted(plan, kept.is_some())
        && let Some(made) = Segments::new(work, plan, kept.as_ref())?.make()?
    {
        return Ok(made);
    }
    let made = anew(work)?;
    if let Some((kept, key)) = &whole
        && (made.frames == made.plan.frames() || !plan.form().has_picture())
    {
        kept.keep(key, &file);
    }
    Ok(made)
}

/// An output in the making.
struct Segments<'w, 'a> {
    work: &'w mut Work<'a>,
    plan: Plan,
    windows: Vec<Range<u64>>,
    kept: Option<&'w Kept<'a>>,
    font: Option<Found>,
    /// What the clips really are, by the names of the whole plan's inputs.
    clips: Vec<(String, PathBuf)>,
    stretches: Vec<Stretch>,
    /// Whether the samples of the stretches are there.
    stretched: bool,
}

impl<'w, 'a> Segments<'w, 'a> {
    fn new(work: &'w mut Work<'a>, plan: &Plan, kept: Option<&'w Kept<'a>>) -> Result<Self, Error> {
        let font = plan.writing().map(fonts::find).transpose()?;
        let clips = clips(work, plan)?;
        let (windows, stretches) = (plan.windows(), plan.stretches());
        Ok(Self { work, plan: plan.clone(), windows, kept, font, clips, stretches, stretched: false })
    }

    /// `None` where one graph does it better: the size that was asked for needs two passes over all of it, or a clip has
    /// turned out to be cut off.
    fn make(mut self) -> Result<Option<Made>, Error> {
        let loudness = self.listen()?;
        let usual = self.plan.form().usual_sound_kbit().unwrap_or_default();
        if !self.plan.form().has_picture() {
            let kbit = self.plan.max_bytes().map_or(Ok(usual), |most| Ok(Budget::of(&self.plan, most)?.sound_kbit))?;
            self.sound(kbit, loudness.as_ref(), 100)?;
            self.rename(&self.plan.sound_name(), &self.plan.output_name())?;
            return self.look().map(Some);
        }
        let from = self.begun();
        if self.plan.form().has_sound() {
            self.sound(usual, loudness.as_ref(), from + SOUND)?;
        }
        let Some(sizes) = self.pictures((from + SOUND, 100 - JOINING))? else { return Ok(None) };
        let most = self.plan.max_bytes().unwrap_or(u64::MAX);
        if sizes.iter().sum::<u64>() <= most {
            let made = self.join()?;
            if made.facts.bytes <= most {
                return Ok(Some(made));
            }
        }
        if needed(&self.plan) { self.within(most, &sizes, loudness.as_ref()).map(Some) } else { Ok(None) }
    }

    /// Where in percent the sound begins.
    fn begun(&self) -> u64 {
        if self.plan.lufs().is_some() { LISTENING } else { 0 }
    }

    /// Makes the samples of the stretches of a sound that has too many pieces for one graph.
    fn stretch(&mut self) -> Result<(), Error> {
        let stretches = if self.stretched { Vec::new() } else { self.stretches.clone() };
        for (number, stretch) in stretches.iter().enumerate() {
            let args = self.plan.stretch_arguments(number, stretch);
            self.hear(args, stretch.frames(), (0, 0))?;
        }
        self.stretched = true;
        Ok(())
    }

    fn listen(&mut self) -> Result<Option<Loudness>, Error> {
        if self.plan.lufs().is_none() {
            return Ok(None);
        }
        let args = self.plan.sound_arguments(&self.stretches, None, None);
        let key = self.kept.map(|kept| kept.of_sound(&self.plan, &self.stretches, &args)).transpose()?;
        if let Some(known) = self.known(key.as_ref(), |kept, key| kept.loudness(key)) {
            return Ok(known);
        }
        self.stretch()?;
        let said = self.hear(args, self.plan.frames(), (0, LISTENING))?;
        let loudness = listen::loudness(&said);
        if let (Some(kept), Some(key)) = (self.kept, &key) {
            kept.keep_loudness(key, loudness.as_ref());
        }
        Ok(loudness)
    }

    /// All of the sound, in a file of its own.
    fn sound(&mut self, kbit: u32, loud: Option<&Loudness>, to: u64) -> Result<(), Error> {
        let args = self.plan.sound_arguments(&self.stretches, Some(kbit), loud);
        let file = self.work.job.folder().join(self.plan.sound_name());
        let key = self.kept.map(|kept| kept.of_sound(&self.plan, &self.stretches, &args)).transpose()?;
        if self.fetched(key.as_ref(), &file) {
            return Ok(());
        }
        self.stretch()?;
        self.hear(args, self.plan.frames(), (self.begun(), to))?;
        self.keep(key.as_ref(), &file);
        Ok(())
    }

    /// All windows at constant quality, with their sizes in bytes; `None` when one graph has to do it.
    fn pictures(&mut self, share: (u64, u64)) -> Result<Option<Vec<u64>>, Error> {
        let mut missing = Vec::new();
        let mut sizes = vec![0; self.windows.len()];
        for (number, window) in self.windows.clone().iter().enumerate() {
            let plan = self.plan.window(window);
            let args = plan.window_arguments(&Pass::Quality);
            let key = self.kept.map(|kept| kept.of_window(&plan, &args, self.font.as_ref())).transpose()?;
            let file = self.work.job.folder().join(window_name(number));
            if self.fetched(key.as_ref(), &file) {
                sizes[number] = size(&file)?;
            } else {
                missing.push((number, key));
            }
        }
        let length = |number: usize| self.windows[number].end - self.windows[number].start;
        let known: u64 = (0..sizes.len()).filter(|number| sizes[*number] > 0).map(length).sum();
        let all: u64 = missing.iter().map(|(number, _)| length(*number)).sum();
        let mut done = 0;
        if !needed(&self.plan) && self.will_be_too_large(sizes.iter().sum(), known) {
            return Ok(None);
        }
        for (number, key) in missing {
            let at = |frames: u64| share.0 + (share.1 - share.0) * frames / all.max(1);
            let frames = self.windows[number].end - self.windows[number].start;
            let Some(size) = self.picture(number, key, (at(done), at(done + frames)))? else { return Ok(None) };
            sizes[number] = size;
            done += frames;
            if !needed(&self.plan) && self.will_be_too_large(sizes.iter().sum(), known + done) {
                return Ok(None);
            }
        }
        Ok(Some(sizes))
    }

    /// Whether two passes are going to be needed, so that the rest of the time is better spent on them.
    fn will_be_too_large(&self, bytes: u64, frames: u64) -> bool {
        let all = bytes.saturating_mul(self.plan.frames()) / frames.max(1);
        let told = frames >= (self.plan.frames() / ENOUGH).max(1);
        self.plan.max_bytes().is_some_and(|most| bytes > most || told && all > most.saturating_add(most / 4))
    }

    /// One window at constant quality; `None` when a clip has turned out to be cut off and one graph has to do it.
    fn picture(&mut self, number: usize, key: Option<Key>, share: (u64, u64)) -> Result<Option<u64>, Error> {
        let window = self.windows[number].clone();
        let folder = self.enter(number)?;
        self.pass(number, &Pass::Quality, share)?;
        if self.work.progress.frames() < window.end - window.start {
            let cut_off = || self.work.job.unreadable(CUT_OFF.to_owned());
            return if needed(&self.plan) { Err(cut_off()) } else { Ok(None) };
        }
        self.take(number)?;
        let _ = fs::remove_dir_all(folder);
        let file = self.work.job.folder().join(window_name(number));
        self.keep(key.as_ref(), &file);
        size(&file).map(Some)
    }

    /// Takes the picture of a window out of its folder.
    fn take(&self, number: usize) -> Result<(), Error> {
        self.rename(&format!("w{number}/{WINDOW_FILE}"), &window_name(number))
    }

    fn pass(&mut self, number: usize, pass: &Pass, share: (u64, u64)) -> Result<(), Error> {
        let plan = self.plan.window(&self.windows[number]);
        // Newer versions count what is written, and the first pass of VP9 writes nothing.
        let is_told = !matches!(pass, Pass::First(..));
        let (arguments, folder, total) = (plan.window_arguments(pass), self.folder(number), plan.frames());
        self.run(&plan, Errand { arguments, folder: &folder, total, is_told, share, most: None }).map(drop)
    }

    /// Runs ffmpeg over so many frames' worth of sound.
    fn hear(&mut self, arguments: Vec<String>, frames: u64, share: (u64, u64)) -> Result<String, Error> {
        let folder = self.work.job.folder();
        let total = self.plan.frame_rate().inverse().rounded(frames.saturating_mul(1000));
        let plan = self.plan.clone();
        let said = self.run(&plan, Errand { arguments, folder, total, is_told: true, share, most: None })?;
        let nothing = self.work.progress.sound_ms() == 0;
        if nothing { Err(self.work.job.unreadable(first_complaint(&said))) } else { Ok(said) }
    }

    /// Runs ffmpeg. What was allowed is held against the sum of all parts, and not against each.
    fn run(&mut self, plan: &Plan, errand: Errand<'_>) -> Result<String, Error> {
        match self.work.run_errand(&plan.boundless(), errand)? {
            Ran::Whole(said) => Ok(said),
            Ran::TooLarge { .. } => Err(Error::Cancelled),
        }
    }

    fn folder(&self, number: usize) -> PathBuf {
        self.work.job.folder().join(format!("w{number}"))
    }

    /// The folder of a window, with all that it is made of.
    fn enter(&self, number: usize) -> Result<PathBuf, Error> {
        let plan = self.plan.window(&self.windows[number]);
        let folder = self.folder(number);
        let _ = fs::remove_dir_all(&folder);
        let put = || {
            fs::create_dir(&folder)?;
            for (name, source, _) in plan.links() {
                let clip = self.clips.iter().find(|(id, _)| id == source).map(|(_, clip)| clip);
                link(clip.ok_or(io::ErrorKind::NotFound)?, &folder.join(name))?;
            }
            if let (Some(found), Some(_)) = (&self.font, plan.writing()) {
                fs::write(folder.join(TEXT_FILE), plan.ass(&found.font))?;
                fs::create_dir(folder.join(FONTS_FOLDER))?;
                link(&found.path, &folder.join(FONTS_FOLDER).join(found.font.file))?;
            }
            Ok(())
        };
        put().map_err(|error: io::Error| unwritten(&error))?;
        Ok(folder)
    }

    /// Puts windows and sound together.
    fn join(&mut self) -> Result<Made, Error> {
        let folder = self.work.job.folder();
        fs::write(folder.join(LIST), self.plan.join_list(&self.windows)).map_err(|error| unwritten(&error))?;
        let (arguments, total, plan) = (self.plan.join_arguments(), self.plan.frames(), self.plan.clone());
        let share = (100 - JOINING, 100);
        self.run(&plan, Errand { arguments, folder, total, is_told: true, share, most: None })?;
        self.look()
    }

    fn look(&self) -> Result<Made, Error> {
        self.work.look(&self.plan).map(|made| Made { in_segments: true, ..made })
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), Error> {
        let folder = self.work.job.folder();
        fs::rename(folder.join(from), folder.join(to)).map_err(|error| unwritten(&error))
    }

    fn known<T>(&self, key: Option<&Key>, ask: impl Fn(&Kept<'a>, &Key) -> Option<T>) -> Option<T> {
        ask(self.kept?, key?)
    }

    fn fetched(&self, key: Option<&Key>, file: &Path) -> bool {
        self.known(key, |kept, key| kept.fetch(key, file).then_some(())).is_some()
    }

    fn keep(&self, key: Option<&Key>, file: &Path) {
        if let (Some(kept), Some(key)) = (self.kept, key) {
            kept.keep(key, file);
        }
    }
}

/// The sources of a plan with the files behind their links.
fn clips(work: &Work<'_>, plan: &Plan) -> Result<Vec<(String, PathBuf)>, Error> {
    let folder = work.job.folder();
    let clip = |(name, source, _): (String, &str, _)| Ok((source.to_owned(), fs::canonicalize(folder.join(name))?));
    let clips: io::Result<Vec<_>> = plan.links().map(clip).collect();
    clips.map_err(|error| unwritten(&error))
}

fn size(file: &Path) -> Result<u64, Error> {
    fs::metadata(file).map(|meta| meta.len()).map_err(|error| unwritten(&error))
}

fn unwritten(error: &io::Error) -> Error {
    Error::io("write into the job folder", error)
}
