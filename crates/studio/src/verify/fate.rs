//! What WeChat does with a file as it is.

use std::fmt;

use serde::Serialize;

use super::{Inspected, bit_rate, rules};
use crate::destination::{Becomes, Destination, Does, Gate, Misfit};

/// What WeChat does with a file as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "does")]
#[non_exhaustive]
pub enum Fate {
    /// It is left as it is.
    Passes {
        /// What speaks against sending it so all the same: it may not play.
        but: Vec<String>,
    },
    /// It is encoded anew.
    ReEncodes {
        /// What it becomes, where that is known.
        to: Option<Becomes>,
        /// Why; empty where it always is.
        because: Vec<String>,
    },
    /// It isn't taken.
    Refuses {
        /// Why.
        because: Vec<String>,
    },
    /// It is taken; what happens then isn't known.
    Takes {
        /// Why it may not be taken after all.
        but: Vec<String>,
    },
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (head, reasons) = match self {
            Self::Passes { but } => ("leaves it as it is".to_owned(), but),
            Self::ReEncodes { to: Some(to), because } => (format!("encodes it anew, to {to}"), because),
            Self::ReEncodes { to: None, because } => ("encodes it anew".to_owned(), because),
            Self::Refuses { because } => ("refuses it".to_owned(), because),
            Self::Takes { but } => ("takes it; what it does then is not known".to_owned(), but),
        };
        f.write_str(&head)?;
        if reasons.is_empty() { Ok(()) } else { write!(f, ": {}", reasons.join("; ")) }
    }
}

pub(super) fn fate(file: &Inspected, destination: &Destination) -> Fate {
    let because = beyond(file, destination);
    if !because.is_empty() {
        return Fate::Refuses { because };
    }
    let foreign = rules::foreign(file, &destination.limits);
    if !foreign.is_empty() {
        return match destination.misfit.is {
            Misfit::Passes => Fate::Passes { but: foreign },
            Misfit::ReEncode => re_encoded(file, destination, foreign),
            Misfit::Refuse => Fate::Refuses { because: foreign },
            Misfit::Unknown => Fate::Takes { but: foreign },
        };
    }
    match destination.does.is {
        Does::Passes => Fate::Passes { but: Vec::new() },
        Does::ReEncodes => re_encoded(file, destination, Vec::new()),
        Does::Unknown => Fate::Takes { but: Vec::new() },
        Does::Gate => {
            let above = destination.gate.as_ref().map(|gate| above(file, gate)).unwrap_or_default();
            if above.is_empty() { Fate::Passes { but: above } } else { re_encoded(file, destination, above) }
        }
    }
}

fn re_encoded(file: &Inspected, destination: &Destination, because: Vec<String>) -> Fate {
    let length = file.facts.duration_ms;
    let step = destination.becomes.iter().find(|step| length <= u64::from(step.up_to_seconds) * 1000);
    Fate::ReEncodes { to: step.or_else(|| destination.becomes.last()).cloned(), because }
}

/// The bounds that WeChat itself sets, and that the file is beyond.
fn beyond(file: &Inspected, destination: &Destination) -> Vec<String> {
    let limits = &destination.limits;
    let (bytes, ms) = (file.facts.bytes, file.facts.duration_ms);
    let mut reasons = Vec::new();
    if let Some(most) = limits.bytes.as_ref().filter(|most| bytes > most.is) {
        reasons.push(format!("{bytes} bytes are more than {}", most.is));
    }
    if let Some(most) = limits.seconds.as_ref().filter(|most| rules::is_longer(ms, most.is)) {
        reasons.push(format!("{} are more than {} s", rules::seconds(ms), most.is));
    }
    if let Some(most) = limits.name_bytes.as_ref().filter(|most| file.name_bytes > most.is) {
        reasons.push(format!("a name of {} bytes is longer than {}", file.name_bytes, most.is));
    }
    reasons
}

/// What keeps a file from being left as it is.
fn above(file: &Inspected, gate: &Gate) -> Vec<String> {
    let facts = &file.facts;
    let mut reasons = Vec::new();
    let short = facts.video.as_ref().map_or(0, |video| video.display_width.min(video.display_height));
    if let Some(most) = gate.short_side.as_ref().filter(|most| short > most.is) {
        reasons.push(format!("the short side is {short} pixels, above {}", most.is));
    }
    let rate = bit_rate(facts).unwrap_or(0);
    if let Some(most) = gate.bit_rate.as_ref().filter(|most| rate > most.is) {
        reasons.push(format!("it has {} kb/s, above {}", rate / 1000, most.is / 1000));
    }
    if let Some(most) = gate.bytes.as_ref().filter(|most| facts.bytes > most.is) {
        reasons.push(format!("it has {} bytes, above {}", facts.bytes, most.is));
    }
    if let Some(most) = gate.seconds.as_ref().filter(|most| rules::is_longer(facts.duration_ms, most.is)) {
        reasons.push(format!("it is {} long, above {} s", rules::seconds(facts.duration_ms), most.is));
    }
    reasons
}
