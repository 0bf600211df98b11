//! Finished files and the hosts that serve them: versions, entity tags, ranges, redirects.

use std::time::Duration;

use super::answer::{Answer, End, Flow, Meaning};
use crate::fate::{Dice, Fate};
use crate::fault::Fault;

/// The file of one render.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) number: usize,
    /// The present one last.
    pub(crate) versions: Vec<Version>,
    tag: Tag,
    announces_length: bool,
    /// Its link leads to itself for good.
    loops: bool,
}

/// A file's bytes at some time.
#[derive(Debug)]
pub(crate) struct Version {
    pub(crate) bytes: Vec<u8>,
    /// Whether it is a video at all.
    pub(crate) is_video: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Strong,
    Weak,
    None,
}

/// What the client asked for.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    /// `Range`, as it came.
    pub(crate) range: Option<&'a str>,
    /// `If-Range`, as it came.
    pub(crate) if_range: Option<&'a str>,
    /// The path, with which redirect it is behind the second slash from the end.
    pub(crate) path: &'a str,
}

impl File {
    /// The file of the `number`th render; what it is like shows when it is first asked for.
    pub(crate) fn new(number: usize) -> Self {
        Self { number, versions: Vec::new(), tag: Tag::Strong, announces_length: true, loops: false }
    }

    fn begin(&mut self, fate: &mut Fate) {
        self.tag = match fate.strikes(&[Fault::EtagWeak, Fault::EtagMissing]) {
            Some(Fault::EtagWeak) => Tag::Weak,
            Some(_) => Tag::None,
            None => Tag::Strong,
        };
        self.announces_length = !fate.is_struck(Fault::LengthMissing);
        self.renew(fate);
    }

    /// Puts another version in its place: a kilobyte at most, because what matters is where it is cut.
    pub(crate) fn renew(&mut self, fate: &mut Fate) {
        let length = fate.between(40, 1_200) as usize;
        let odd = fate.strikes_at(fate.rate / 4, &[Fault::NotVideo, Fault::EmptyFile]);
        let mut dice = Dice::new(self.number as u64, self.versions.len() as u64);
        let mut bytes = Vec::with_capacity(length + 8);
        while bytes.len() < length {
            bytes.extend_from_slice(&dice.next().to_le_bytes());
        }
        bytes.truncate(length);
        match odd {
            Some(Fault::EmptyFile) => bytes.clear(),
            Some(_) => bytes[..12].copy_from_slice(b"PK\x03\x04 no vid."),
            None => bytes[..12].copy_from_slice(b"\0\0\0\x18ftypmp42"),
        }
        self.versions.push(Version { bytes, is_video: odd.is_none() });
    }

    /// Answers the row "download".
    pub(crate) fn serve(&mut self, fate: &mut Fate, wanted: &Wanted<'_>, at: Duration) -> Answer {
        if self.versions.is_empty() {
            self.begin(fate);
        }
        if self.loops {
            return self.redirect(Fault::HopLoop, wanted);
        }
        if let Some(fault) = fate.strikes_at(fate.rate / 2, &REDIRECTS) {
            self.loops = fault == Fault::HopLoop && fate.odds(5_000);
            return self.redirect(fault, wanted);
        }
        match fate.strikes(&ANSWERS) {
            Some(Fault::EtagChanges) => {
                self.renew(fate);
                self.part_or_whole(fate, wanted, at)
            }
            Some(Fault::RangeIgnored) => self.whole(fate, at),
            Some(Fault::RangeRefused) => Answer::new(416, "", Meaning::Nothing).header("content-range", "bytes */1"),
            Some(Fault::RangeUnasked) if wanted.range.is_none() => self.part(fate, 7, at),
            Some(fault @ (Fault::RangeWrong | Fault::RangeOther | Fault::RangeBare)) => {
                self.lying_part(fate, fault, wanted, at)
            }
            Some(Fault::LinkExpired) => Answer::new(403, "<Error>expired</Error>", Meaning::Nothing),
            Some(Fault::LinkGone) => Answer::new(404, "", Meaning::Nothing),
            Some(Fault::PageForFile) => {
                Answer::new(200, "<html>please wait</html>", Meaning::Nothing).header("content-type", "text/html")
            }
            _ => self.part_or_whole(fate, wanted, at),
        }
    }

    fn part_or_whole(&self, fate: &mut Fate, wanted: &Wanted<'_>, at: Duration) -> Answer {
        let from = wanted.range.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
        let same = wanted.if_range.is_none_or(|tag| self.tag == Tag::Strong && tag == self.etag());
        match from {
            Some(from) if same && from >= self.present().len() => {
                let all = format!("bytes */{}", self.present().len());
                Answer::new(416, "", Meaning::Nothing).header("content-range", all)
            }
            Some(from) if same => self.part(fate, from, at),
            _ => self.whole(fate, at),
        }
    }

    fn whole(&self, fate: &mut Fate, at: Duration) -> Answer {
        let bytes = self.present().to_vec();
        let length = bytes.len();
        self.send(fate, 200, bytes, length, at)
    }

    fn part(&self, fate: &mut Fate, from: usize, at: Duration) -> Answer {
        let all = self.present().len();
        let bytes = self.present().get(from..).unwrap_or_default().to_vec();
        let range = format!("bytes {from}-{}/{all}", all.saturating_sub(1));
        let length = bytes.len();
        self.send(fate, 206, bytes, length, at).header("content-range", range)
    }

    /// A 206 that an attentive client can see through.
    fn lying_part(&mut self, fate: &mut Fate, fault: Fault, wanted: &Wanted<'_>, at: Duration) -> Answer {
        if wanted.range.is_none() {
            return self.whole(fate, at);
        }
        match fault {
            Fault::RangeOther => {
                self.renew(fate);
                if self.tag != Tag::Strong {
                    return self.whole(fate, at);
                }
                let wanted =
                    wanted.range.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
                let from =
                    wanted.filter(|&from| from < self.present().len()).unwrap_or_else(|| self.present().len() / 2);
                self.part(fate, from, at)
            }
            Fault::RangeBare => {
                let mut answer = self.part(fate, 0, at);
                answer.headers.retain(|(name, _)| *name != "content-range");
                answer
            }
            _ => self.part(fate, 1, at),
        }
    }

    fn send(&self, fate: &mut Fate, status: u16, mut bytes: Vec<u8>, length: usize, at: Duration) -> Answer {
        let fault = fate.strikes(&[Fault::DownloadCut, Fault::DownloadStalls, Fault::LengthLies]);
        let cut = if fault.is_some() { fate.below(u32::try_from(length.max(1)).unwrap_or(1)) as usize } else { length };
        bytes.truncate(cut);
        let end = match fault {
            Some(Fault::DownloadCut) => End::Broken,
            Some(Fault::DownloadStalls) => End::Silent,
            Some(_) if !self.announces_length => End::Broken,
            _ => End::Whole,
        };
        let mut flow = Flow { ends_at: at + Duration::from_secs(2), end, ..Flow::default() };
        let middle = fate.below(u32::try_from(bytes.len().max(1)).unwrap_or(1)) as usize;
        let rest = bytes.split_off(middle);
        flow.pieces = vec![(at + Duration::from_millis(300), bytes), (at + Duration::from_millis(900), rest)];
        let answer = Answer { status, headers: Vec::new(), flow, meaning: Meaning::File };
        let answer = answer.header("content-type", fate.of(&["video/mp4", "application/octet-stream", "binary/x"]));
        let answer = if self.announces_length { answer.header("content-length", length.to_string()) } else { answer };
        if self.tag == Tag::None { answer } else { answer.header("etag", self.etag()) }
    }

    fn redirect(&self, fault: Fault, wanted: &Wanted<'_>) -> Answer {
        let number = self.number;
        let to = match fault {
            Fault::Hop => format!("https://cdn2.example/f/{number}/1?X-Sig={}", super::accounts::CANARY),
            Fault::HopRelative => format!("/f/{number}/2"),
            Fault::HopPrivate => "https://192.168.7.7/f/0/0".into(),
            Fault::HopPlain => format!("http://cdn.example/f/{number}/0"),
            Fault::HopHome => format!("https://api.example/f/{number}/0"),
            _ => wanted.path.to_owned(),
        };
        Answer::new(302, "", Meaning::Elsewhere).header("location", to)
    }

    fn present(&self) -> &[u8] {
        self.versions.last().map_or(&[], |version| &version.bytes)
    }

    fn etag(&self) -> String {
        let weak = if self.tag == Tag::Weak { "W/" } else { "" };
        format!("{weak}\"v{}-{}\"", self.number, self.versions.len())
    }
}

const REDIRECTS: [Fault; 6] =
    [Fault::Hop, Fault::HopRelative, Fault::HopLoop, Fault::HopPrivate, Fault::HopPlain, Fault::HopHome];

const ANSWERS: [Fault; 10] = [
    Fault::EtagChanges,
    Fault::RangeIgnored,
    Fault::RangeRefused,
    Fault::RangeUnasked,
    Fault::RangeWrong,
    Fault::RangeOther,
    Fault::RangeBare,
    Fault::LinkExpired,
    Fault::LinkGone,
    Fault::PageForFile,
];
