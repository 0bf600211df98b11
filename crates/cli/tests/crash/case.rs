//! What is done to the program in one case, as one line that can be read again.

use std::fmt;
use std::str::FromStr;

use weixin_video_fake_backend::{Fault, Route};

/// A command, and what happens to it and to each `resume` of it, one after the other. What comes after the last cut is a
/// `resume` that nothing happens to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) kind: Kind,
    /// Whether a file stands under the output's name already and is to be replaced.
    pub(crate) force: bool,
    pub(crate) cuts: Vec<Cut>,
}

/// Which command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A clip is uploaded, edited, rendered, fetched.
    Format,
    /// A timeline is rendered and fetched.
    Export,
    /// Something is said, and the timeline is rendered and fetched.
    Say,
    /// Something is said.
    Chat,
}

/// What happens to one run, or between two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// It is killed at a point of its own, when it comes there for the n-th time.
    At { point: String, nth: u32 },
    /// The server goes silent, and then the program is killed.
    Silent(Place),
    /// The same, but before it is killed others try to do the same job.
    Rival(Place),
    /// While the server is silent, a file of somebody else's appears under the output's name.
    Overtaken(Place),
    /// While the server is silent, another run of the same job is begun; then the first goes on to its end.
    Both(Place),
    /// Between two runs: a file of somebody else's stands under the output's name for a while.
    Blocked,
    /// Between two runs: of the last line, which is not synced yet, the disk has so many bytes.
    Torn(usize),
    /// The same; the rest is there too, but as zeros.
    Zeros(usize),
}

/// Where the server goes silent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It has heard the n-th request, and done nothing about it.
    Asked(Route, u32),
    /// It has done what the n-th request asked for, and answers nothing.
    Done(Route, u32),
    /// So many events of the answer to a message are out.
    Event(u32),
    /// So many bytes of the video are out.
    Byte(u64),
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Format, Self::Export, Self::Say, Self::Chat];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Export => "export",
            Self::Say => "say",
            Self::Chat => "chat",
        }
    }

    /// Whether there is a video at its end.
    pub(crate) fn makes_video(self) -> bool {
        self != Self::Chat
    }

    /// Whether it costs something.
    pub(crate) fn charges(self) -> bool {
        self != Self::Export
    }
}

impl Cut {
    pub(crate) fn at(point: &str, nth: u32) -> Self {
        Self::At { point: point.to_owned(), nth }
    }

    /// Whether it breaks a run off in the middle.
    pub(crate) fn breaks(&self) -> bool {
        match self {
            Self::At { .. } | Self::Silent(_) | Self::Rival(_) | Self::Overtaken(_) => true,
            Self::Both(_) | Self::Blocked | Self::Torn(_) | Self::Zeros(_) => false,
        }
    }
}

impl Case {
    /// The requests that the server hears, and does nothing about.
    pub(crate) fn undone(&self) -> Vec<Route> {
        let undone = self.cuts.iter().filter_map(|cut| {
            let (Cut::Silent(place) | Cut::Rival(place)) = cut else { return None };
            if let Place::Asked(route, _) = place { Some(*route) } else { None }
        });
        undone.collect()
    }
}

impl Place {
    /// The server's silence, for ever or for a moment in which something else happens.
    pub(crate) fn fault(&self, moment: Option<std::time::Duration>) -> Fault {
        match (self, moment) {
            (Self::Asked(route, nth), None) => Fault::on(*route).nth(*nth).before_commit().stall(),
            (Self::Done(route, nth), None) => Fault::on(*route).nth(*nth).after_commit().stall(),
            (Self::Asked(route, nth) | Self::Done(route, nth), Some(moment)) => {
                Fault::on(*route).nth(*nth).delay(moment)
            }
            (Self::Event(events), moment) => Fault::on(Route::Chat).stall_after_event(*events, moment),
            (Self::Byte(bytes), moment) => Fault::on(Route::Cdn).stall_at_byte(*bytes, moment),
        }
    }
}

/// One line: `format force: at op.chat:1, torn 7, silent byte 5000`.
impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cuts: Vec<String> = self.cuts.iter().map(ToString::to_string).collect();
        write!(f, "{}{}: {}", self.kind.name(), if self.force { " force" } else { "" }, cuts.join(", "))
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At { point, nth } => write!(f, "at {point}:{nth}"),
            Self::Silent(place) => write!(f, "silent {place}"),
            Self::Rival(place) => write!(f, "rival {place}"),
            Self::Overtaken(place) => write!(f, "overtaken {place}"),
            Self::Both(place) => write!(f, "both {place}"),
            Self::Blocked => f.write_str("blocked"),
            Self::Torn(bytes) => write!(f, "torn {bytes}"),
            Self::Zeros(bytes) => write!(f, "zeros {bytes}"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked(route, nth) => write!(f, "asked {}:{nth}", route.name()),
            Self::Done(route, nth) => write!(f, "done {}:{nth}", route.name()),
            Self::Event(events) => write!(f, "event {events}"),
            Self::Byte(bytes) => write!(f, "byte {bytes}"),
        }
    }
}

impl FromStr for Case {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let (head, cuts) = line.split_once(':').ok_or("a case is `COMMAND: CUT, CUT`")?;
        let (name, force) = head.strip_suffix(" force").map_or((head, false), |name| (name, true));
        let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name).ok_or("there is no such command")?;
        let cuts = cuts.split(',').map(str::trim).filter(|cut| !cut.is_empty());
        Ok(Self { kind, force, cuts: cuts.map(cut).collect::<Result<_, _>>()? })
    }
}

fn cut(text: &str) -> Result<Cut, String> {
    let (what, rest) = text.split_once(' ').unwrap_or((text, ""));
    Ok(match what {
        "at" => {
            let (point, nth) = numbered(rest)?;
            Cut::At { point: point.to_owned(), nth }
        }
        "silent" => Cut::Silent(place(rest)?),
        "rival" => Cut::Rival(place(rest)?),
        "overtaken" => Cut::Overtaken(place(rest)?),
        "both" => Cut::Both(place(rest)?),
        "blocked" => Cut::Blocked,
        "torn" => Cut::Torn(number(rest)?),
        "zeros" => Cut::Zeros(number(rest)?),
        _ => return Err(format!("there is no cut {text:?}")),
    })
}

fn place(text: &str) -> Result<Place, String> {
    let route = |text| -> Result<(Route, u32), String> {
        let (name, nth) = numbered(text)?;
        let found = Route::ALL.into_iter().find(|route| route.name() == name);
        Ok((found.ok_or_else(|| format!("there is no route {name:?}"))?, nth))
    };
    Ok(match text.split_once(' ') {
        Some(("asked", rest)) => route(rest).map(|(route, nth)| Place::Asked(route, nth))?,
        Some(("done", rest)) => route(rest).map(|(route, nth)| Place::Done(route, nth))?,
        Some(("event", rest)) => Place::Event(number(rest)?),
        Some(("byte", rest)) => Place::Byte(number(rest)?),
        Some(_) | None => return Err(format!("there is no place {text:?}")),
    })
}

/// `NAME:NTH`
fn numbered(text: &str) -> Result<(&str, u32), String> {
    let (name, nth) = text.split_once(':').ok_or_else(|| format!("{text:?} has no number"))?;
    Ok((name, number(nth)?))
}

fn number<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("{text:?} is no number"))
}

#[test]
fn a_case_is_a_line_and_a_line_a_case() {
    for line in [
        "format: at op.chat:1, torn 7, silent byte 5000",
        "export force: silent done export:1, blocked, zeros 0",
        "say: rival event 2, both asked cdn:1",
        "chat: overtaken byte 9",
        "format: ",
    ] {
        assert_eq!(line.parse::<Case>().unwrap().to_string(), line);
    }
    for wrong in ["format", "dance: at op.chat:1", "format: at op.chat", "say: silent moon:1", "chat: torn x"] {
        assert!(wrong.parse::<Case>().is_err(), "{wrong}");
    }
}
