//! One fault at one place of one path, and all of them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use weixin_video_fake_backend::{Exchange, Fault, Kind, Route, kind};

use super::path::Path;
use kind::{Body, Connection, Download, Framing, Head, Refusal as No, Render, Request as Asked, Stream};

/// How often the CDN is asked before the API is.
const CDN_TRIES: u32 = 3;

/// What is broken in one run.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) path: Path,
    /// The last one is the one that is meant; those before it lead there.
    pub(crate) program: Vec<Fault>,
}

impl Case {
    /// The fault it is about.
    pub(crate) fn fault(&self) -> &Fault {
        self.program.last().expect("a case breaks something")
    }

    pub(crate) fn kind(&self) -> Kind {
        self.fault().kind().expect("a case is made of known kinds")
    }

    pub(crate) fn route(&self) -> Route {
        self.fault().route()
    }

    /// The family of its kind.
    pub(crate) fn family(&self) -> &'static str {
        match self.kind() {
            Kind::Connection(_) => "connection",
            Kind::Request(_) => "request",
            Kind::Framing(_) => "framing",
            Kind::Head(_) => "head",
            Kind::Body(_) => "body",
            Kind::Redirect(_) => "redirect",
            Kind::Refusal(_) => "refusal",
            Kind::Stream(_) => "stream",
            Kind::Render(_) => "render",
            Kind::Download(_) => "download",
        }
    }

    /// A number made of its name, the same in every run.
    pub(crate) fn number(&self) -> u64 {
        // FNV-1a; the standard library's hash may change with its version.
        let add = |sum: u64, byte| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        self.to_string().bytes().fold(0xcbf2_9ce4_8422_2325, add)
    }

    /// Whether somebody has to be waited for in vain.
    pub(crate) fn is_slow(&self) -> bool {
        matches!(
            self.kind(),
            Kind::Request(Asked::StallBeforeHead | Asked::StallMidHead | Asked::StallMidBody | Asked::NeverReads)
                | Kind::Stream(Stream::BeatsJson | Stream::BeatsEmpty | Stream::BeatsComment | Stream::BeatsEvent)
        ) || self.to_string().contains("pause-ms=")
    }

    /// Whether it is odd and nothing more.
    pub(crate) fn is_harmless(&self) -> bool {
        let is_odd = match self.kind() {
            Kind::Connection(kind) => kind == Connection::Slow,
            Kind::Request(kind) => matches!(kind, Asked::Late | Asked::Trickle),
            Kind::Body(kind) => kind == Body::Cookie,
            Kind::Stream(kind) => matches!(
                kind,
                Stream::Pieces
                    | Stream::Crlf
                    | Stream::Cr
                    | Stream::Bom
                    | Stream::LateNoise
                    | Stream::TrailingIssue
                    | Stream::UnknownEvents
                    | Stream::Lines
                    | Stream::TextTwice
                    | Stream::TwoStages
            ),
            Kind::Render(kind) => matches!(
                kind,
                Render::OtherCase
                    | Render::UnknownWord
                    | Render::NoUrl
                    | Render::UrlOutput
                    | Render::UrlPlain
                    | Render::Nested
                    | Render::Backwards
                    | Render::Over
                    | Render::Text
            ),
            Kind::Download(kind) => matches!(kind, Download::NoEtag | Download::HostileName),
            Kind::Framing(_) | Kind::Head(_) | Kind::Redirect(_) | Kind::Refusal(_) => false,
        };
        is_odd && !self.is_undone()
    }

    /// Whether many megabytes come.
    pub(crate) fn is_heavy(&self) -> bool {
        matches!(
            self.kind(),
            Kind::Stream(Stream::CommentFlood | Stream::GiantEvent | Stream::GiantLine)
                | Kind::Body(Body::Giant | Body::GzipBomb)
                | Kind::Head(Head::InterimFlood | Head::HugeHeader)
        )
    }

    /// Whether the server gives other bytes than it should, and says of them all that it would say of the right ones.
    pub(crate) fn is_served_wrong(&self) -> bool {
        matches!(self.kind(), Kind::Download(Download::SameEtag) | Kind::Framing(Framing::LengthTooShort))
    }

    /// Whether the server says clearly that it did not listen to the message: then it may be said once more.
    pub(crate) fn refuses_message(&self) -> bool {
        let trouble =
            |no| matches!(no, No::Internal | No::Unavailable | No::BadGateway | No::GatewayTimeout | No::EmptyError);
        let early = matches!(self.kind(), Kind::Request(Asked::EarlyAnswer | Asked::EarlyAnswerReset));
        let refuses = matches!(self.kind(), Kind::Refusal(no) if !trouble(no));
        self.route() == Route::Chat && (early || refuses)
    }

    /// Whether the server says that it did not listen to the message and takes the money: nobody can find that out.
    fn is_a_lie(&self) -> bool {
        self.refuses_message() && self.to_string().contains("commit=\"after\"")
    }

    /// Whether the work was left undone although the answer looks like success.
    pub(crate) fn is_undone(&self) -> bool {
        self.to_string().contains("commit=\"before\"")
    }
}

/// One line: `job: at="chat" nth=1 event=3 do="fin-mid-body"`.
impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |fault: &Fault| {
            let toml = fault.to_toml().expect("a case is made of known kinds");
            let words: Vec<String> = toml.lines().skip(1).map(|line| line.replace(" = ", "=")).collect();
            words.join(" ")
        };
        let program: Vec<String> = self.program.iter().map(words).collect();
        write!(f, "{}: {}", self.path.name(), program.join(" + "))
    }
}

impl FromStr for Case {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let (name, program) = line.split_once(": ").ok_or("a case is `PATH: FAULT + FAULT`")?;
        let path = Path::ALL.into_iter().find(|path| path.name() == name).ok_or("there is no such path")?;
        let table = |fault: &str| {
            let lines: Vec<String> = fault.split_whitespace().map(|word| word.replacen('=', " = ", 1)).collect();
            format!("[[fault]]\n{}\n", lines.join("\n"))
        };
        let toml: String = program.split(" + ").map(table).collect();
        let program = Fault::program(&toml).map_err(|error| error.to_string())?;
        if program.is_empty() { Err("nothing is broken".into()) } else { Ok(Self { path, program }) }
    }
}

/// Every case there is.
pub(crate) fn all() -> Vec<Case> {
    let cases = Path::ALL.into_iter().flat_map(|path| {
        let journal = path.record();
        let programs = Fault::sweep(&journal).into_iter().chain(borders(&journal)).chain(stubborn());
        programs.filter(move |program| path.is_new_in(program)).map(move |program| Case { path, program })
    });
    cases.filter(|case| !case.is_a_lie()).collect()
}

/// The bytes around which a reader changes what it looks for: the head's last one, the body's first and last ones.
fn borders(journal: &[Exchange]) -> Vec<Vec<Fault>> {
    let (mut counts, mut programs) = (std::collections::HashMap::new(), Vec::new());
    for exchange in journal {
        let nth = *counts.entry(exchange.route).and_modify(|count| *count += 1).or_insert(1_u32);
        let site = |byte| Fault::on(exchange.route).nth(nth).after_commit().at_byte(byte);
        let last = exchange.answer_len.saturating_sub(2);
        for kind in [kind::Request::FinMidBody, kind::Request::ResetMidBody, kind::Request::StallMidBody] {
            let bytes = if exchange.route == Route::Chat { vec![1, last / 2, last, last + 1] } else { vec![1, last] };
            programs.extend(bytes.into_iter().map(|byte| vec![site(byte).does(kind)]));
        }
        for kind in [kind::Request::FinMidHead, kind::Request::ResetMidHead, kind::Request::StallMidHead] {
            programs.extend([0, head_bytes(exchange) - 1].map(|byte| vec![site(byte).does(kind)]));
        }
        if exchange.body_len > 0 {
            let site = |byte| Fault::on(exchange.route).nth(nth).at_byte(byte);
            programs.push(vec![site(1).does(kind::Request::CutRequest)]);
        }
    }
    programs
}

/// What takes more than one stroke, or a longer one.
fn stubborn() -> Vec<Vec<Fault>> {
    let late = |ms| Fault::on(Route::Chat).pause(Duration::from_millis(ms)).does(Asked::Late);
    let cuts = |times, byte| Fault::on(Route::Cdn).times(times).after_commit().at_byte(byte).does(Asked::FinMidBody);
    let gone = || Fault::on(Route::Download).does(No::NotFound);
    let given_up = [1, 64, 1000, 4000].map(|byte| vec![gone(), cuts(CDN_TRIES, byte)]);
    // More bytes lie there by then than the file has.
    let shorter = Fault::on(Route::Cdn).nth(CDN_TRIES).after_commit().does(Download::Shorter);
    let single = [vec![late(1000)], vec![late(1800)], vec![cuts(CDN_TRIES - 1, 4000), shorter]];
    single.into_iter().chain(given_up).collect()
}

/// The head as a fault writes it: what was recorded, the length, and that the connection ends.
fn head_bytes(exchange: &Exchange) -> u64 {
    let length = if exchange.route == Route::Chat {
        "transfer-encoding: chunked".to_owned()
    } else {
        format!("content-length: {}", exchange.answer_len)
    };
    let own = |name: &str| !matches!(name, "content-length" | "transfer-encoding");
    let fields = exchange.answer_headers.iter().filter(|(name, _)| own(name));
    let fields: usize = fields.map(|(name, value)| name.len() + value.len() + ": \r\n".len()).sum();
    (fields + format!("HTTP/1.1 200 OK\r\n{length}\r\nconnection: close\r\n\r\n").len()) as u64
}
