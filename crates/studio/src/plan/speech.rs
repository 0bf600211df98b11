//! What is said in a video: the sound to listen to, and the plan with what was heard.

use super::{Plan, argv, graph, words};
use crate::{
    error::Error,
    subtitles::Cue,
    timeline::{Fades, Gain, Segment, Timeline},
};

/// Samples a second of what speech is recognised in.
const SPEECH_RATE: u32 = 16_000;

impl Plan {
    /// Whether subtitles from speech were asked for, and what is said is still to be found out: a render does that first,
    /// by the [`Transcriber`](crate::Transcriber) that it was given.
    pub fn awaits_speech(&self) -> bool {
        self.origin.timeline.settings.speech_subtitles && self.origin.heard.is_none() && self.form.has_picture()
    }

    /// Whether something is written on the picture, as far as that is known.
    pub(super) fn writes(&self) -> bool {
        !self.captions.is_empty() || self.awaits_speech()
    }

    /// The same plan with what was heard written on the picture.
    pub(crate) fn with_speech(&self, heard: Vec<Cue>) -> Result<Self, Error> {
        let origin = super::Origin { heard: Some(heard), ..self.origin.clone() };
        Self { origin, ..self.clone() }.again(self.origin.timeline.clone())
    }

    /// The sound to listen to, in the time of the output: all that was recorded with the picture, at its own level and
    /// without music. Where a person turned off all of it, they did so for its sound and not for its words. `None` where
    /// there is none.
    pub(crate) fn speech(&self) -> Option<Self> {
        let mut timeline = self.origin.timeline.clone();
        timeline.music = None;
        timeline.texts.clear();
        timeline.subtitles.clear();
        let settings = &mut timeline.settings;
        (settings.sound, settings.original) = (Fades::default(), Fades::default());
        (settings.loudness, settings.duck, settings.speech_subtitles) = (None, false, false);
        make_heard(&mut timeline);
        let plan = self.again(timeline).ok()?;
        (!plan.is_silent()).then_some(plan)
    }

    /// The arguments for ffmpeg that write the sound of [`Plan::speech`] to this name inside of the job folder.
    pub(crate) fn speech_arguments(&self, name: &str) -> Vec<String> {
        let mut args = words("-nostdin -hide_banner -loglevel error -progress pipe:1 -nostats -y");
        args.extend(argv::inputs(self));
        args.extend(["-filter_complex".to_owned(), graph::sound(self, None)]);
        args.extend(words("-map [a] -map_metadata -1 -c:a pcm_s16le -ac 1 -fflags +bitexact -f wav"));
        args.extend(["-ar".to_owned(), SPEECH_RATE.to_string(), format!("file:{name}")]);
        args
    }
}

fn make_heard(timeline: &mut Timeline) {
    let is_off = |segment: &Segment| segment.muted || segment.volume.fraction() == 0.0;
    let all_off = timeline.segments.iter().all(is_off);
    for segment in &mut timeline.segments {
        if all_off || !is_off(segment) {
            (segment.muted, segment.volume) = (false, Gain::FULL);
        }
    }
}
