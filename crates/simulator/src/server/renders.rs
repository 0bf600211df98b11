//! Renders: asked for under the client's id, going for a while, over with a file or without.

use std::time::Duration;

use super::accounts::CANARY;
use super::answer::{Answer, Meaning};
use super::files::{File, Version};
use crate::fate::Fate;
use crate::fault::Fault;

/// A render of one draft.
#[derive(Debug)]
pub(crate) struct Render {
    pub(crate) id: String,
    pub(crate) session: String,
    pub(crate) draft: String,
    pub(crate) file: File,
    pub(crate) begun: Duration,
    pub(crate) takes: Duration,
    course: Course,
    /// How it tells its progress: in one of four ways, the last of which is not at all.
    telling: u32,
    /// Its progress was told wrongly.
    lied: bool,
    /// Questions that get no URL although it is done.
    urls_late: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    Ends,
    Fails,
    Sticks,
    Forgotten,
}

impl Render {
    /// The `nth` render of a server; fate says what will become of it.
    pub(crate) fn new(fate: &mut Fate, nth: usize, id: &str, session: &str, draft: &str, begun: Duration) -> Self {
        let mut takes = Duration::from_millis(30_000 + 100 * fate.between(0, 600));
        let course =
            match fate.strikes(&[Fault::RenderFails, Fault::RenderSticks, Fault::RenderForgotten, Fault::RenderSlow]) {
                Some(Fault::RenderFails) => Course::Fails,
                Some(Fault::RenderSticks) => Course::Sticks,
                Some(Fault::RenderForgotten) => Course::Forgotten,
                Some(_) => {
                    takes *= 8;
                    Course::Ends
                }
                None => Course::Ends,
            };
        let urls_late = if fate.is_struck(Fault::StatusWithoutUrl) { fate.of(&[1, 2, 5, 1_000]) } else { 0 };
        let telling = fate.below(4);
        let file = File::new(nth);
        Self {
            id: id.into(),
            session: session.into(),
            draft: draft.into(),
            file,
            begun,
            takes,
            course,
            telling,
            lied: false,
            urls_late,
        }
    }

    /// Whether it takes the usual time and tells how far it is.
    pub(crate) fn is_honest(&self) -> bool {
        self.course == Course::Ends && !self.lied && self.takes <= crate::limits::USUAL_RENDER
    }

    /// It will fail.
    pub(crate) fn doom(&mut self) {
        self.course = Course::Fails;
    }

    /// Whether it has a file by now.
    pub(crate) fn is_done(&self, at: Duration) -> bool {
        self.course == Course::Ends && at >= self.begun + self.takes
    }

    /// Whether the server answers as if it had never heard of it.
    pub(crate) fn is_forgotten(&self) -> bool {
        self.course == Course::Forgotten
    }

    /// Forgets it.
    pub(crate) fn forget(&mut self) {
        self.course = Course::Forgotten;
    }

    /// Answers the row "export status".
    pub(crate) fn status(&mut self, fate: &mut Fate, at: Duration) -> Answer {
        let passed = at.saturating_sub(self.begun);
        match self.course {
            Course::Forgotten => Answer::refusal(fate, Fault::NotFound),
            Course::Fails if passed >= self.takes / 2 => failed(fate),
            Course::Ends if passed >= self.takes => self.completed(fate),
            Course::Ends | Course::Fails | Course::Sticks => {
                let answer = going(fate, self.telling, passed.as_secs_f64() / self.takes.as_secs_f64());
                self.lied |= answer.1;
                answer.0
            }
        }
    }

    fn completed(&mut self, fate: &mut Fate) -> Answer {
        let word = fate.of(&["completed", "COMPLETED", "Completed"]);
        if self.urls_late > 0 {
            self.lied = true;
            self.urls_late -= 1;
            return told(fate, &format!(r#"{{"status":"{word}","progress":100}}"#), Meaning::Completed);
        }
        let url = match fate.strikes(&[Fault::UrlHostile]) {
            Some(_) => fate.of(&HOSTILE_URLS).to_owned(),
            None => self.url(),
        };
        let key = fate.of(&["outputUrl", "output_url", "url", "videoUrl", "video_url", "download_url"]);
        let body = if fate.odds(4_000) {
            format!(r#"{{"status":"{word}","output":{{"{key}":"{url}","duration":8000}}}}"#)
        } else {
            format!(r#"{{"status":"{word}","progress":1,"{key}":"{url}"}}"#)
        };
        told(fate, &body, Meaning::Completed)
    }

    /// Where the file is, signed.
    pub(crate) fn url(&self) -> String {
        format!("https://cdn.example/f/{}/0?X-Sig={CANARY}%2Bsig", self.file.number)
    }

    /// All versions of its file that were ever served.
    pub(crate) fn versions(&self) -> &[Version] {
        &self.file.versions
    }
}

/// URLs that must not be asked.
const HOSTILE_URLS: [&str; 9] = [
    "http://cdn.example/f/0/0",
    "https://10.0.0.1/f/0/0",
    "https://127.0.0.1/f/0/0",
    "https://[::ffff:192.168.0.1]/f/0/0",
    "https://169.254.169.254/latest/meta-data",
    "https://user:pass@cdn.example/f/0/0",
    "file:///etc/passwd",
    "https://cdn.example:99999/f",
    "ftp://cdn.example/f",
];

/// And whether the progress in it is a lie.
fn going(fate: &mut Fate, telling: u32, part: f64) -> (Answer, bool) {
    let percent = part.clamp(0.0, 0.99) * 100.0;
    let word = match fate.strikes(&[Fault::StatusUnknown]) {
        Some(_) => fate.of(&["who knows", "", "排队中", "\\u001b[31m"]),
        None => fate.of(&["processing", "pending", "PROCESSING", "queued", "rendering"]),
    };
    let odd = fate.strikes(&[Fault::ProgressOdd]);
    let progress = match odd {
        Some(_) => fate.of(&["\"\"", "-7", "250", "null", "\"12%\"", "1e300", "[]", "0.999"]).to_owned(),
        None => match telling {
            0 => format!("{percent:.0}"),
            1 => format!("{:.3}", percent / 100.0),
            2 => format!("\"{percent:.1}\""),
            _ => "null".to_owned(),
        },
    };
    (told(fate, &format!(r#"{{"status":"{word}","progress":{progress}}}"#), Meaning::Going), odd.is_some())
}

fn failed(fate: &mut Fate) -> Answer {
    let word = fate.of(&["failed", "FAILED"]);
    let body = match fate.below(3) {
        0 => format!(r#"{{"status":"{word}","error":"no frames"}}"#),
        1 => format!(r#"{{"status":"{word}","error":{{"message":"no frames"}},"progress":3}}"#),
        _ => format!(r#"{{"status":"{word}"}}"#),
    };
    told(fate, &body, Meaning::Failed)
}

/// The object may be the body, `data`, or `data.data`.
fn told(fate: &mut Fate, body: &str, meaning: Meaning) -> Answer {
    match fate.below(3) {
        0 => Answer::new(200, body, meaning).json(),
        1 => Answer::new(200, format!(r#"{{"code":0,"data":{body}}}"#), meaning).json(),
        _ => Answer::new(200, format!(r#"{{"code":0,"data":{{"data":{body}}}}}"#), meaning).json(),
    }
}
