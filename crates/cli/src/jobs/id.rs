//! The name of a job: `1122-1530-k3f`, by the day and the minute (UTC) it was made, and something random.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

/// The name of a job.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct JobId(String);

/// Letters and digits that nobody takes for one another.
const LETTERS: &[u8; 30] = b"23456789abcdefghjkmnpqrstuvwxy";

impl JobId {
    /// A new one.
    pub(super) fn made(now: SystemTime) -> io::Result<Self> {
        let mut random = [0; 3];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let tail: String = random.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect();
        let minutes = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / 60;
        let (month, day) = month_and_day(minutes / (24 * 60));
        Ok(Self(format!("{month:02}{day:02}-{:02}{:02}-{tail}", minutes / 60 % 24, minutes % 60)))
    }

    /// The job whose journal has this name.
    pub(super) fn of_file(name: &OsStr) -> Option<Self> {
        let id = name.to_str()?.strip_suffix(".jsonl")?;
        let plain = id.len() <= 32 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (plain && !id.is_empty()).then(|| Self(id.to_ascii_lowercase())).filter(|lower| lower.0 == id)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Month and day, counted from 1, of a day counted from 1 January 1970. The years are counted from March on, so that a leap
/// day is the last of one.
fn month_and_day(days: u64) -> (u64, u64) {
    let of_cycle = (days + 719_468) % 146_097;
    let year = (of_cycle - of_cycle / 1_460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    (if month < 10 { month + 3 } else { month - 9 }, of_year - (153 * month + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_id_says_when() {
        for (at, day) in [
            (0, "0101-0000-"),
            (951_782_399, "0228-2359-"),
            (951_782_400, "0229-0000-"),
            (951_868_800, "0301-0000-"),
            (1_735_689_599, "1231-2359-"),
            (1_795_361_400, "1122-1530-"),
        ] {
            let id = JobId::made(UNIX_EPOCH + Duration::from_secs(at)).expect("randomness");
            assert!(id.as_str().starts_with(day) && id.as_str().len() == 13, "{at}: {id}");
            assert_eq!(JobId::of_file(OsStr::new(&format!("{id}.jsonl"))), Some(id));
        }
    }

    #[test]
    fn only_a_journal_has_the_name_of_one() {
        for name in [".jsonl", "a.json", "A.jsonl", "../x.jsonl", ".begun-x", "é.jsonl", "a b.jsonl"] {
            assert_eq!(JobId::of_file(OsStr::new(name)), None, "{name}");
        }
    }
}
