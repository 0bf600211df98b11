//! What the agent's stream said, read without the client's help: enough to know what a client has to tell of it.

use serde_json::Value;
use weixin_video_core::time::Now;

/// A stream as far as it was read.
#[derive(Debug)]
pub(super) struct Talk {
    /// When something last came that was no heartbeat.
    pub(super) got_on: Now,
    /// The calendar was set back meanwhile: how long it was quiet depends on which piece counts as news.
    pub(super) is_set_back: bool,
    last: Now,
    line: Vec<u8>,
    after_cr: bool,
    /// The event that comes says that it is a heartbeat.
    beats: bool,
    /// The event that comes is none; it has come only when the line behind it has.
    has_news: bool,
    /// An event came.
    pub(super) is_alive: bool,
    /// Whole texts, and the last one also where it is not plain.
    texts: Vec<String>,
    last_words: String,
    /// Something said in deltas, or that nobody can read.
    pub(super) is_odd: bool,
    pub(super) asks: bool,
    /// The last thing of any weight was an error.
    pub(super) failed: bool,
    pub(super) is_over: bool,
    /// What the client told since the stream began, and whether it did after its end.
    told: Vec<String>,
    pub(super) told_later: bool,
}

/// Error codes that are none.
const BENIGN: [&str; 2] = ["STOP", "MODEL_RETURNED_NO_CONTENT"];
/// What an agent reports behind good news.
const NOISE: &str = "temporary issue";

impl Talk {
    pub(super) fn new(now: Now) -> Self {
        Self {
            got_on: now,
            is_set_back: false,
            last: now,
            line: Vec::new(),
            after_cr: false,
            beats: false,
            has_news: false,
            is_alive: false,
            texts: Vec::new(),
            last_words: String::new(),
            is_odd: false,
            asks: false,
            failed: false,
            is_over: false,
            told: Vec::new(),
            told_later: false,
        }
    }

    /// Whether the stream is within a line.
    pub(super) fn is_torn(&self) -> bool {
        !self.line.is_empty()
    }

    /// Nothing was said in any way.
    pub(super) fn is_silent(&self) -> bool {
        self.is_wordless() && !self.asks && !self.failed
    }

    /// No words for people came.
    pub(super) fn is_wordless(&self) -> bool {
        self.texts.is_empty() && !self.is_odd
    }

    /// What time it is.
    pub(super) fn sees(&mut self, now: Now) {
        self.is_set_back |= now.wall < self.last.wall;
        self.last = now;
    }

    pub(super) fn hears(&mut self, now: Now, bytes: &[u8]) {
        self.sees(now);
        for &byte in bytes {
            let second_half = byte == b'\n' && std::mem::take(&mut self.after_cr);
            self.after_cr = byte == b'\r';
            if second_half {
                continue;
            }
            if matches!(byte, b'\n' | b'\r') {
                let line = std::mem::take(&mut self.line);
                self.line(now, &String::from_utf8_lossy(&line));
            } else {
                self.line.push(byte);
            }
        }
    }

    /// The client tells this.
    pub(super) fn tells(&mut self, words: &str) {
        self.told.push(words.to_owned());
        self.told_later |= self.is_over;
    }

    /// What was told and not said, or said and, once all is `over`, not told.
    pub(super) fn misses(&self, over: bool) -> Option<String> {
        let is_half = |told: &&String| self.texts.iter().any(|text| *text != **told && text.starts_with(told.as_str()));
        if let Some(half) = self.told.iter().find(is_half) {
            return Some(format!("half a text is told: {half:?}"));
        }
        let news = self.texts.iter().any(|text| !text.contains(NOISE));
        if let Some(noise) = self.told.iter().find(|told| news && told.contains(NOISE)) {
            return Some(format!("behind good news is told: {noise:?}"));
        }
        let is_missing = |text: &&String| !text.contains(NOISE) && !self.told.contains(text);
        if over
            && self.is_over
            && !self.is_odd
            // An event that was cut before its blank line is none.
            && let whole = self.texts.len().saturating_sub(usize::from(self.has_news))
            && let Some(text) = self.texts.iter().take(whole).find(is_missing)
        {
            return Some(format!("not told: {text:?}"));
        }
        (over && self.is_over && self.asks && self.told.is_empty()).then(|| "a question is not told".to_owned())
    }

    fn line(&mut self, now: Now, line: &str) {
        self.is_alive |= line.starts_with("data:");
        if line.is_empty() && std::mem::take(&mut self.has_news) {
            self.got_on = now;
        }
        if !line.is_empty()
            && std::mem::replace(&mut self.beats, line.starts_with("event:") && line.ends_with("heartbeat"))
        {
            return;
        }
        let Some(json) = line.strip_prefix("data:").map(str::trim).filter(|json| json.starts_with('{')) else {
            let is_odd = line.starts_with("data:") && !matches!(line[5..].trim(), "" | "[DONE]");
            (self.is_odd, self.got_on) = (self.is_odd || is_odd, if is_odd { now } else { self.got_on });
            return;
        };
        match serde_json::from_str::<Value>(json) {
            Ok(event) if event["type"] == "heartbeat" || self.repeats(&event) || says_nothing(&event) => return,
            Ok(event) => self.event(&event),
            Err(_) => self.unreadable(json),
        }
        (self.has_news, self.got_on) = (true, now);
    }

    /// Servers of the flat dialect say their last text again; that is no news.
    fn repeats(&self, event: &Value) -> bool {
        let last = self.last_words.as_str();
        event["type"] == "text" && !last.is_empty() && (event["content"] == last || event["text"] == last)
    }

    /// A call whose arguments no number type holds, or words of an exception that nobody escaped.
    fn unreadable(&mut self, json: &str) {
        let is_call = json.contains("\"functionCall\"") || json.contains("\"function_call\"");
        self.failed = !is_call && json.starts_with("{\"error\"");
        self.is_odd |= !is_call && !self.failed;
        self.last_words.clear();
    }

    fn event(&mut self, event: &Value) {
        let words = [&event["content"], &event["text"]].into_iter().find_map(Value::as_str).unwrap_or_default();
        match event["type"].as_str() {
            Some("text") => self.says(words),
            Some("chunk") => self.is_odd |= self.texts.is_empty() && words.is_empty(),
            Some("ask_question") => self.asks = true,
            Some("error") => self.failed = true,
            Some("tool_call" | "tool_start" | "toolcall_start" | "tool_result" | "tool_end" | "toolcall_end") => {
                self.failed = false;
            }
            Some(_) => {}
            None => self.agents_event(event),
        }
    }

    fn agents_event(&mut self, event: &Value) {
        let is_partial = event["partial"] == true;
        for part in event["content"]["parts"].as_array().into_iter().flatten() {
            match part["text"].as_str() {
                Some(_) if is_partial || part["thought"] == true => {}
                Some(words) => self.says(words),
                None => self.failed = false,
            }
        }
        let code = [&event["errorCode"], &event["error_code"]].into_iter().find_map(Value::as_str);
        self.failed |= code.is_some_and(|code| !BENIGN.contains(&code));
    }

    fn says(&mut self, words: &str) {
        self.failed = false;
        words.clone_into(&mut self.last_words);
        // Words with anything in them that a client takes out are no measure.
        let is_plain = words.len() < 1_000 && words.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        self.is_odd |= !is_plain;
        if is_plain && !words.is_empty() {
            self.texts.push(words.to_owned());
        }
    }
}

/// An agent's event without content, state or error.
fn says_nothing(event: &Value) -> bool {
    let is_bare = event["content"].is_null() && event["errorCode"].is_null() && event["error_code"].is_null();
    is_bare && event["author"].is_string()
}
