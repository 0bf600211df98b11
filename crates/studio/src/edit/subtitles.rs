//! Subtitles from files.

use super::names;
use super::refusal::Refusal;
use super::sound::{best, nearness};
use super::trace::Link;
use super::words::quoted;
use super::work::Work;
use crate::Source;
use crate::ops::{TextPlace, TextRole};
use crate::timeline::{MOST_SUBTITLES, Range, Shown, Subtitles};

impl<'a> Work<'a> {
    /// Its times are those of the clip that it is named after; else those of the timeline as it was before the message.
    pub(super) fn add_subtitles(&mut self, asset: &str) -> Result<(), Refusal> {
        let source = self.subtitle_file(asset)?;
        let clip = self.namesake(&source.name);
        let before = Range::new(0, self.total(false)).map(|whole| Shown { file: whole, on: whole });
        let (shown, beside) = match clip {
            Some((id, name)) => (self.shown_of_clip(&id), Some(name)),
            None => (before.into_iter().collect(), None),
        };
        let mut new = Subtitles::new(source, shown);
        if beside.is_none() {
            self.steps().for_each(|links| {
                new.follow(moves(links));
            });
        }
        let there = self.timeline.subtitles.iter().position(|file| file.source == new.source);
        new.pos = there.and_then(|index| self.timeline.subtitles[index].pos);
        self.tell_subtitles(source, &new, beside.as_deref())?;
        match there {
            Some(index) => self.timeline.subtitles[index] = new,
            None if self.timeline.subtitles.len() < MOST_SUBTITLES => self.timeline.subtitles.push(new),
            None => return Err(Refusal::too_much(self.language)),
        }
        if std::mem::take(&mut self.timeline.settings.speech_subtitles) {
            self.warn(
                "They take the place of subtitles from speech".to_owned(),
                "不再自动识别语音字幕，改用这个文件".to_owned(),
            );
        }
        Ok(())
    }

    /// The only thing to be changed of a file is where its words stand.
    pub(super) fn move_subtitles(&mut self, text: Option<&str>, place: TextPlace) -> Result<(), Refusal> {
        let (None, TextPlace { start: None, dur: None, pos: Some(pos) }) = (text, place) else {
            let names = self.timeline.subtitles.iter().map(|file| file.name.clone()).collect::<Vec<String>>();
            return Err(Refusal::subtitles_in_file(&names, self.language));
        };
        self.timeline.subtitles.iter_mut().for_each(|file| file.pos = Some(pos));
        let (en, zh) = names::position(pos);
        self.tell(format!("Subtitles moved: {en}"), format!("字幕位置：{zh}"));
        Ok(())
    }

    pub(super) fn follow_subtitles(&mut self, links: &[Link]) {
        let mut gone = Vec::new();
        let sources = self.sources;
        self.timeline.subtitles.retain_mut(|file| {
            let cues = sources.iter().find(|source| source.id == file.source).map(|source| &source.facts.cues);
            let is_seen = |file: &Subtitles| cues.is_none_or(|cues| cues.iter().any(|cue| !file.shows(cue).is_empty()));
            let stays = file.follow(moves(links)) && is_seen(file);
            if !stays {
                gone.push(quoted(&file.name));
            }
            stays
        });
        for name in gone {
            self.warn(
                format!("Subtitles {name} went with the part that they stood on"),
                format!("字幕{name}随所在的部分一起去掉了"),
            );
        }
    }

    fn subtitle_file(&self, asset: &str) -> Result<&'a Source, Refusal> {
        let files: Vec<&'a Source> = self.sources.iter().filter(|source| !source.facts.cues.is_empty()).collect();
        let names: Vec<String> = files.iter().rev().map(|source| source.name.clone()).collect();
        best(&files, |source| nearness(&source.name, asset))
            .ok_or_else(|| Refusal::no_such_subtitles(asset, &names, self.language))
    }

    /// The clip on the timeline whose file is called the same but for the ending: its id and its name.
    fn namesake(&self, name: &str) -> Option<(String, String)> {
        let stem = |name: &str| name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_lowercase();
        let wanted = stem(name);
        let clip = self.sources.iter().find(|source| source.facts.video.is_some() && stem(&source.name) == wanted)?;
        let placed = self.timeline.segments.iter().any(|segment| segment.source == clip.id);
        placed.then(|| (clip.id.clone(), clip.name.clone()))
    }

    /// The times of a clip, as far as it is there.
    fn shown_of_clip(&self, id: &str) -> Vec<Shown> {
        let of = |(index, on): (usize, Range)| {
            let segment = self.timeline.segments.get(index).filter(|segment| segment.source == id)?;
            let to = segment.from_ms + segment.speed.covered(on.length());
            Some(Shown { file: Range::new(segment.from_ms, to)?, on })
        };
        self.owns().into_iter().filter_map(of).collect()
    }

    fn tell_subtitles(&mut self, source: &Source, file: &Subtitles, beside: Option<&str>) -> Result<(), Refusal> {
        let cues = &source.facts.cues;
        let shown: Vec<Vec<Range>> = cues.iter().map(|cue| file.shows(cue)).filter(|on| !on.is_empty()).collect();
        let times = || shown.iter().flatten();
        let on = times().map(|on| on.from).min().zip(times().map(|on| on.to).max());
        let Some((from, to)) = on else { return Err(Refusal::subtitles_beyond(&file.name, self.language)) };
        let (name, on) = (quoted(&file.name), self.language.range(Range { from, to }));
        let (all, left) = (cues.len(), shown.len());
        let (mut en, mut zh) = if all == left {
            let lines = if left == 1 { "line" } else { "lines" };
            (format!("{left} {lines}, {on}"), format!("{left} 条，{on}"))
        } else {
            (format!("{left} of its {all} lines, {on}"), format!("共 {all} 条，用到 {left} 条，{on}"))
        };
        if let Some(clip) = beside.map(quoted) {
            en.push_str(&format!(", in time with {clip}"));
            zh.push_str(&format!("，与{clip}对齐"));
        }
        let role = names::role(TextRole::Subtitle);
        self.tell(format!("{}s added: {name}, {en}", role.0), format!("{}已添加：{name}，{zh}", role.1));
        Ok(())
    }
}

fn moves(links: &[Link]) -> impl Iterator<Item = (Range, Range)> + Clone {
    links.iter().map(|link| (link.from, link.to))
}
