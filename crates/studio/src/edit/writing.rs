//! Titles, subtitles and watermarks.

use super::names;
use super::refusal::Refusal;
use super::trace::{self, Link};
use super::words::quoted;
use super::work::Work;
use crate::ops::{About, Length, TextPlace, TextRole, Track};
use crate::plan::drawn;
use crate::timeline::{LONGEST_MS, Range, Text, span};

/// How long writing stands when nobody says it and it doesn't stand all the time, in ms.
const USUAL_MS: u64 = 3_000;

impl Work<'_> {
    pub(super) fn add_text(&mut self, role: TextRole, text: &str, place: TextPlace, then: bool) -> Result<(), Refusal> {
        self.check_words(text)?;
        let usual = match role {
            TextRole::Title => Some(USUAL_MS),
            TextRole::Subtitle if place.start.is_some() => Some(USUAL_MS),
            TextRole::Subtitle | TextRole::Watermark => None,
        };
        let start = place.start.map_or(Ok(0), |start| self.text_start(start, then))?;
        let usual = if start < 0 { Some(start.unsigned_abs()) } else { usual };
        let dur = place.dur.map_or(usual, length);
        let text = Text::new(role, text.to_owned(), start, dur, place.pos);
        let Some(on) = self.timeline.text_on(&text) else { return Err(Refusal::part_gone(self.language)) };
        let (en, zh) = names::role(role);
        let facts = self.text_facts(&text, on);
        self.timeline.texts.push(text);
        self.tell(format!("{en} added: {facts}"), format!("{zh}已添加：{facts}"));
        Ok(())
    }

    pub(super) fn edit_text(&mut self, role: TextRole, text: Option<&str>, place: TextPlace) -> Result<(), Refusal> {
        let (en, zh) = names::role(role);
        let all = &self.timeline.texts;
        let places: Vec<usize> = (0..all.len()).filter(|index| all[*index].role == role).collect();
        let index = match places[..] {
            [only] => only,
            [] if role == TextRole::Subtitle && !self.timeline.subtitles.is_empty() => {
                return self.move_subtitles(text, place);
            }
            [] => return Err(Refusal::no_track(&en.to_lowercase(), zh, self.language)),
            _ => {
                let texts: Vec<String> = places.iter().map(|index| all[*index].text.clone()).collect();
                return Err(Refusal::which_text(&texts, self.language));
            }
        };
        let mut new = all[index].clone();
        if let Some(text) = text {
            self.check_words(text)?;
            new.text = text.to_owned();
        }
        if let Some(start) = place.start {
            new.start = self.text_start(start, false)?;
        }
        new.dur = place.dur.map_or(new.dur, length);
        new.pos = place.pos.or(new.pos);
        let Some(on) = self.timeline.text_on(&new) else { return Err(Refusal::part_gone(self.language)) };
        let facts = self.text_facts(&new, on);
        self.timeline.texts[index] = new;
        self.tell(format!("{en} changed: {facts}"), format!("{zh}已修改：{facts}"));
        Ok(())
    }

    pub(super) fn remove_track(&mut self, target: Track) -> Result<(), Refusal> {
        let role = match target {
            Track::Title => Some(TextRole::Title),
            Track::Subtitle => Some(TextRole::Subtitle),
            Track::Watermark => Some(TextRole::Watermark),
            Track::Text | Track::Bgm => None,
        };
        let timeline = &mut self.timeline;
        let mut gone = false;
        if target == Track::Bgm {
            gone |= timeline.music.take().is_some();
        } else {
            let before = timeline.texts.len();
            timeline.texts.retain(|text| role.is_some_and(|role| text.role != role));
            gone |= timeline.texts.len() != before;
        }
        if matches!(target, Track::Subtitle | Track::Text) {
            gone |= std::mem::take(&mut timeline.settings.speech_subtitles);
            gone |= !std::mem::take(&mut timeline.subtitles).is_empty();
        }
        let (en, zh) = names::track(target);
        if !gone {
            return Err(Refusal::no_track(&en.to_lowercase(), zh, self.language));
        }
        self.tell(format!("{en} removed"), format!("{zh}已去掉"));
        Ok(())
    }

    pub(super) fn auto_subtitles(&mut self) -> Result<(), Refusal> {
        self.timeline.settings.speech_subtitles = true;
        self.tell(
            "Subtitles from speech: written when the video is made".to_owned(),
            "语音字幕：生成视频时自动添加".to_owned(),
        );
        Ok(())
    }

    /// Writing goes with the part of the picture that it lay on. What stands at the beginning or counts from the end stays
    /// there.
    pub(super) fn follow_texts(&mut self, links: &[Link], before: u64) {
        let mut gone = Vec::new();
        self.timeline.texts.retain_mut(|text| {
            let stays = follow(&mut text.start, &mut text.dur, links, before);
            if !stays {
                gone.push((names::role(text.role), quoted(&text.text)));
            }
            stays
        });
        for ((en, zh), text) in gone {
            self.warn(
                format!("{en} {text} went with the part that it stood on"),
                format!("{zh}{text}随所在的部分一起去掉了"),
            );
        }
    }

    /// At the beginning and from the end it is that of the finished timeline.
    fn text_start(&self, start: i64, then: bool) -> Result<i64, Refusal> {
        let total = if start > 0 { self.total(then) } else { self.timeline.duration_ms() };
        if start.unsigned_abs() >= total.max(1) && start != -total.cast_signed() {
            return Err(Refusal::beyond(total, self.language));
        }
        if start <= 0 {
            return Ok(start);
        }
        let now = self.find_moment(start.unsigned_abs(), then);
        if now >= self.timeline.duration_ms() { Err(Refusal::part_gone(self.language)) } else { Ok(now.cast_signed()) }
    }

    fn check_words(&self, text: &str) -> Result<(), Refusal> {
        if drawn(text).trim().is_empty() {
            let which = match text.trim().is_empty() {
                true => self.language.pick("What should it say?".into(), "写什么内容？".into()),
                false => self.language.pick(
                    "Nothing of that can be drawn here, emoji included. What should it say in words?".into(),
                    "这些字符（包括表情）这里画不出来。要写什么文字？".into(),
                ),
            };
            return Err(Refusal::new(About::WhichText, which));
        }
        if text.chars().nth(Text::LONGEST).is_some() {
            let (en, zh) = ("That text is too long; at most 2000 characters", "文字太长了，最多 2000 个字");
            return Err(Refusal::out_of_range(en, zh, self.language));
        }
        Ok(())
    }

    /// `「早安」, 0-3 s, top left`
    fn text_facts(&self, text: &Text, on: Range) -> String {
        let mut facts = vec![quoted(&text.text), self.language.range(on)];
        facts.extend(text.pos.map(names::position).map(|(en, zh)| self.language.pick(en.into(), zh.into())));
        facts.join(&self.language.pick(", ".into(), "，".into()))
    }
}

/// Moves something with the part of the timeline that it lay on; whether any of that is left. What begins with the timeline
/// or counts from its end has no such part.
pub(super) fn follow(start: &mut i64, dur: &mut Option<u64>, links: &[Link], before: u64) -> bool {
    if *start <= 0 {
        return true;
    }
    let Some(on) = span(*start, *dur, before) else { return false };
    let Some(now) = trace::image(links, on) else { return false };
    *start = now.from.cast_signed();
    *dur = dur.map(|_| now.length());
    true
}

/// As it is kept: `None` is to the end.
fn length(length: Length) -> Option<u64> {
    match length {
        Length::Ms(ms) => Some(ms.clamp(1, LONGEST_MS)),
        Length::ToEnd => None,
    }
}
