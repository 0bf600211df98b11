//! Faults as text: a list of tables in TOML.

use super::kind::Kind;
use super::{Fault, Mark, Shape, Site, Times};
use crate::route::Route;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// Bytes of a program.
const LONGEST: usize = 1024 * 1024;
/// Faults of a program.
const MOST: usize = 10_000;

/// Why a program can't be carried out: in words, with the line where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramError(String);

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.trim_end())
    }
}

impl std::error::Error for ProgramError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    #[serde(default)]
    fault: Vec<Row>,
}

/// One `[[fault]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Row {
    at: String,
    r#do: String,
    nth: Option<u32>,
    times: Option<Count>,
    commit: Option<Commit>,
    byte: Option<u64>,
    event: Option<u32>,
    pause_ms: Option<u64>,
    shape: Option<String>,
    answer: Option<Answer>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Count {
    Number(u32),
    Word(Word),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Always,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Commit {
    Before,
    After,
}

/// What `do = "answer"` answers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Answer {
    status: u16,
    content_type: Option<String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

impl Fault {
    /// Reads a program: TOML with one `[[fault]]` for each.
    ///
    /// `at` is a route and `do` a kind, by their names; `nth`, `times` (a number or `"always"`), `commit` (`"before"` or
    /// `"after"`), `byte`, `event`, `pause-ms` and `shape` are what the methods of [`Site`] are. `do = "answer"` takes a table
    /// `answer` with `status`, `content-type`, `body` and `headers`.
    ///
    /// ```
    /// use weixin_video_fake_backend::{FakeBackend, Fault};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let program = r#"
    ///     [[fault]]
    ///     at = "chat"
    ///     commit = "after"
    ///     event = 2
    ///     do = "reset-mid-body"
    /// "#;
    /// let backend = FakeBackend::builder().faults(Fault::program(program)?).start()?;
    /// assert_eq!(backend.unfired().len(), 1);
    ///
    /// // A longer one, with everything there is to say.
    /// let example = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/faults.toml"));
    /// assert_eq!(Fault::program(example)?.len(), 7);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// It is no such TOML, names something unknown, or puts a fault where it can't stand.
    pub fn program(toml: &str) -> Result<Vec<Self>, ProgramError> {
        if toml.len() > LONGEST {
            return Err(ProgramError(format!("a program has at most {LONGEST} bytes")));
        }
        let listing: Listing = toml::from_str(toml).map_err(|error| ProgramError(error.to_string()))?;
        if listing.fault.len() > MOST {
            return Err(ProgramError(format!("a program has at most {MOST} faults")));
        }
        let rows = listing.fault.into_iter().enumerate();
        rows.map(|(index, row)| row.fault().map_err(|why| ProgramError(format!("fault {}: {why}", index + 1))))
            .collect()
    }

    /// This fault as a program of its own; `None` if it is none of the known kinds. The token it is for is left out.
    pub fn to_toml(&self) -> Option<String> {
        let (Site { route, nth, times, commit, how, .. }, kind) = (&self.site, self.kind?);
        let mut lines = vec!["[[fault]]".to_owned(), format!("at = \"{route}\""), format!("nth = {nth}")];
        match times {
            Times::Exactly(1) => {}
            Times::Exactly(times) => lines.push(format!("times = {times}")),
            Times::Always => lines.push("times = \"always\"".to_owned()),
        }
        lines.extend(commit.map(|after| format!("commit = \"{}\"", if after { "after" } else { "before" })));
        lines.extend(how.mark.map(|mark| match mark {
            Mark::Byte(byte) => format!("byte = {byte}"),
            Mark::Event(event) => format!("event = {event}"),
        }));
        lines.extend(how.pause.map(|pause| format!("pause-ms = {}", pause.as_millis())));
        lines.extend(how.shape.map(|shape| format!("shape = \"{shape}\"")));
        lines.push(format!("do = \"{kind}\"\n"));
        Some(lines.join("\n"))
    }
}

impl Row {
    fn fault(self) -> Result<Fault, String> {
        let site = self.site()?;
        let fault = match (self.r#do.as_str(), self.answer) {
            ("answer", Some(answer)) => answer.fault(site)?,
            ("answer", None) => return Err("do = \"answer\" needs a table answer".to_owned()),
            (_, Some(_)) => return Err("only do = \"answer\" takes a table answer".to_owned()),
            (kind, None) => site.does(kind.parse::<Kind>()?),
        };
        fault.misplaced().map_or(Ok(fault), Err)
    }

    fn site(&self) -> Result<Site, String> {
        let mut site = Fault::on(self.at.parse::<Route>()?);
        match self.nth {
            Some(0) => return Err("nth counts from 1".to_owned()),
            Some(nth) => site = site.nth(nth),
            None => {}
        }
        site = match self.times {
            Some(Count::Number(0)) => return Err("times counts from 1".to_owned()),
            Some(Count::Number(times)) => site.times(times),
            Some(Count::Word(Word::Always)) => site.always(),
            None => site,
        };
        site = match self.commit {
            Some(Commit::Before) => site.before_commit(),
            Some(Commit::After) => site.after_commit(),
            None => site,
        };
        site = match (self.byte, self.event) {
            (Some(_), Some(_)) => return Err("byte and event exclude each other".to_owned()),
            (Some(byte), None) => site.at_byte(byte),
            (None, Some(event)) => site.at_event(event),
            (None, None) => site,
        };
        if let Some(pause) = self.pause_ms {
            site = site.pause(Duration::from_millis(pause));
        }
        Ok(match &self.shape {
            Some(shape) => site.shape(shape.parse::<Shape>()?),
            None => site,
        })
    }
}

impl Answer {
    fn fault(self, site: Site) -> Result<Fault, String> {
        if !(200..=599).contains(&self.status) {
            return Err(format!("{} is no status of an answer", self.status));
        }
        let with = |site: Site, (name, value): (String, String)| site.header(&name, &value);
        let site = self.headers.into_iter().fold(site, with);
        Ok(site.answer(self.status, self.content_type.as_deref().unwrap_or("application/json"), self.body))
    }
}
