//! Sessions: their clips, their drafts, and the edits that are still to come.

use std::time::Duration;

use super::answer::{Answer, Meaning};
use crate::fate::Fate;

/// A session of one user.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    /// Gone for good.
    pub(crate) gone: bool,
    /// How often a clip was taken in.
    pub(crate) uploads: u32,
    timeline: Timeline,
    /// The texts of all drafts so far, the present one last.
    drafts: Vec<String>,
    coming: Vec<(usize, Duration, Edit)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Timeline {
    has_clip: bool,
    titles: u32,
    opaque: u32,
}

/// What a run does to the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// The clip is put on it if it is not there, and a title.
    Title,
    /// Something that only the server understands changes.
    Opaque,
}

impl Session {
    /// The `nth` of this server.
    pub(crate) fn new(nth: usize) -> Self {
        Self {
            id: format!("{}", 1_795_327_774_509_774_123_u64 + nth as u64),
            gone: false,
            uploads: 0,
            timeline: Timeline::default(),
            drafts: vec![String::new()],
            coming: Vec::new(),
        }
    }

    /// With something on its timeline already.
    pub(crate) fn edited(nth: usize) -> Self {
        let mut session = Self::new(nth);
        session.edit(Edit::Title);
        session
    }

    /// Does what is due.
    pub(crate) fn settle(&mut self, at: Duration) {
        while let Some(place) = self.coming.iter().position(|(_, due, _)| *due <= at) {
            let (_, _, edit) = self.coming.remove(place);
            self.edit(edit);
        }
    }

    /// Plans the edit of a run.
    pub(crate) fn plan(&mut self, run: usize, due: Duration, edit: Edit) {
        self.coming.push((run, due, edit));
    }

    /// Drops what a run has not done yet; true if there was something.
    pub(crate) fn abort(&mut self, run: usize) -> bool {
        let before = self.coming.len();
        self.coming.retain(|(of, _, _)| *of != run);
        self.coming.len() < before
    }

    /// Takes a clip in; it may stand on the timeline at once.
    pub(crate) fn upload(&mut self, fate: &mut Fate) -> Answer {
        self.uploads += 1;
        let applied = fate.odds(3_000);
        if applied && !self.timeline.has_clip {
            self.timeline.has_clip = true;
            self.write();
        }
        let file = match fate.below(3) {
            0 => {
                r#"{"filename":"clip.mp4","file_type":"video","cdn_url":"https://cdn.example/c","duration":8.04,"width":1080,"height":1920,"fps":30,"hash":"h"}"#
            }
            1 => r#"{"name":"clip.mp4","duration":"8.04","fps":29.97}"#,
            _ => r#"{"filename":null,"duration":-1}"#,
        };
        Answer::wrapped(fate, &format!(r#"{{"files":[{file}],"session_state_applied":{applied}}}"#), Meaning::Uploaded)
    }

    /// Answers the row "state".
    pub(crate) fn state(&self, fate: &mut Fate) -> Answer {
        let draft = match (self.draft(), fate.below(3)) {
            ("", 0) => r#""draft":null,"#.to_owned(),
            ("", 1) => r#""draft":{},"#.to_owned(),
            ("", _) => String::new(),
            (draft, 0) => format!(r#""draft":{draft},"#),
            (draft, 1) => format!(r#""timeline_draft":{draft},"#),
            (draft, _) => format!(r#""draft":null,"timeline_draft":{draft},"#),
        };
        let media = fate.of(&["[]", "{}", "null", "[1,2]"]);
        let clips = if self.uploads > 0 || !self.draft().is_empty() { r#"[{"filename":"clip.mp4"}]"# } else { "[]" };
        let media = if self.uploads > 0 { media } else { "[]" };
        let body = format!(
            r#"{{"state":{{{draft}"video_infos":{clips},"generated_media":{media}}},"task_id":"t1","user_id":"me"}}"#
        );
        Answer::wrapped(fate, &body, Meaning::State(self.version()))
    }

    /// The text of the present draft; empty when there is none.
    pub(crate) fn draft(&self) -> &str {
        self.drafts.last().map_or("", String::as_str)
    }

    /// The text of a draft by its number.
    pub(crate) fn draft_of(&self, version: usize) -> &str {
        self.drafts.get(version).map_or("", String::as_str)
    }

    /// The number of the draft with this text.
    pub(crate) fn version_of(&self, text: &str) -> Option<usize> {
        self.drafts.iter().rposition(|draft| draft == text)
    }

    /// The number of the present draft.
    pub(crate) fn version(&self) -> usize {
        self.drafts.len() - 1
    }

    fn edit(&mut self, edit: Edit) {
        match edit {
            Edit::Title => {
                self.timeline.has_clip = true;
                self.timeline.titles += 1;
            }
            Edit::Opaque => self.timeline.opaque += 1,
        }
        self.write();
    }

    /// Numbers that no type holds, spellings that no printer chooses: all of it has to come back as it went.
    fn write(&mut self) {
        let Timeline { has_clip, titles, opaque } = self.timeline;
        let clip = if has_clip {
            r#"{"d":8000,"m":{"name":"clip","volume":3.5e-1},"x":123456789012345678901234567890}"#
        } else {
            ""
        };
        let mut text = format!(r#"{{"t":[{{"tt":0,"sg":[{clip}]}}"#);
        for title in 1..=titles {
            text.push_str(&format!(r#", {{"tt":7,"sg":[{{"d":3000,"m":{{"text":"标题 {title} \u0041"}}}}]}}"#));
        }
        text.push_str(&format!(r#"],"zoom":1.50,"o":{opaque},"m":{{"width":1080,"height":1920}}}}"#));
        self.drafts.push(text);
    }
}
