//! What a plain socket sees of an answer that may be none.

use crate::http::Ask;
use crate::user::User;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use weixin_video_fake_backend::{Builder, Clock, FakeBackend, Fault, Kind, Route, Site};

/// How long nothing has to come before an answer counts as silent.
const SILENCE: Duration = Duration::from_millis(250);
/// How long a reader goes on where something comes all the time.
const LONGEST: Duration = Duration::from_secs(5);
/// Bytes after which a reader has seen enough.
const ENOUGH: usize = 96 * 1024 * 1024;

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The server ended it properly.
    Closed,
    /// The server broke it off.
    Reset,
    /// Nothing more came.
    Silent,
    /// The reader had enough.
    Enough,
}

/// Everything that came, and how it ended.
pub(crate) struct Seen {
    pub(crate) raw: Vec<u8>,
    pub(crate) end: End,
}

impl Seen {
    pub(crate) fn of(ask: &Ask) -> Self {
        Self::some(ask, ENOUGH)
    }

    /// As much of an answer as a reader bears.
    pub(crate) fn some(ask: &Ask, enough: usize) -> Self {
        let mut stream = connect(ask.origin());
        // A server may end the connection while it is still written to.
        let broke = stream.write_all(&ask.bytes()).is_err();
        stream.set_read_timeout(Some(SILENCE)).expect("a socket that works");
        let (mut raw, mut block) = (Vec::new(), vec![0; 256 * 1024]);
        let began = Instant::now();
        let end = loop {
            match stream.read(&mut block) {
                // The system tells of a reset once, and the write has heard it.
                Ok(0) => break if broke { End::Reset } else { End::Closed },
                Ok(len) => raw.extend_from_slice(&block[..len]),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break End::Silent,
                Err(_) => break End::Reset,
            }
            if raw.len() >= enough || began.elapsed() > LONGEST {
                break End::Enough;
            }
        };
        Self { raw, end }
    }

    fn split(&self) -> (&[u8], &[u8]) {
        let end = self.raw.windows(4).position(|window| window == b"\r\n\r\n").map_or(self.raw.len(), |at| at + 4);
        self.raw.split_at(end)
    }

    pub(crate) fn head(&self) -> String {
        String::from_utf8_lossy(self.split().0).into_owned()
    }

    pub(crate) fn status(&self) -> u16 {
        self.head().split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let head = self.head();
        let mut fields = head.split("\r\n").filter_map(|line| line.split_once(": "));
        fields.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    }

    /// What follows the head, as it is on the wire.
    pub(crate) fn wire_body(&self) -> &[u8] {
        self.split().1
    }

    /// What follows the head, without chunks.
    pub(crate) fn body(&self) -> Vec<u8> {
        let mut wire = self.wire_body();
        if self.header("transfer-encoding").is_none() {
            return wire.to_vec();
        }
        let mut body = Vec::new();
        while let Some(line) = wire.windows(2).position(|window| window == b"\r\n") {
            let size = usize::from_str_radix(&String::from_utf8_lossy(&wire[..line]), 16).expect("a chunk's size");
            let there = size.min(wire.len() - line - 2);
            body.extend_from_slice(&wire[line + 2..line + 2 + there]);
            wire = wire.get(line + 4 + size..).unwrap_or_default();
        }
        body
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body()).into_owned()
    }

    /// Whether a head and its whole body came, and the connection ended properly or stayed.
    pub(crate) fn is_whole(&self) -> bool {
        let len = self.header("content-length").and_then(|len| len.parse::<usize>().ok());
        matches!(self.end, End::Closed | End::Silent)
            && len.map_or_else(|| self.raw.ends_with(b"0\r\n\r\n"), |len| len == self.wire_body().len())
    }
}

/// A server with a user, on which one kind after the other is tried.
pub(crate) struct Bench {
    pub(crate) backend: FakeBackend,
    pub(crate) user: User,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(FakeBackend::builder().unjudged().render_queries(0))
    }

    /// One whose renders never end: its clock stands.
    pub(crate) fn slow() -> Self {
        let minute = Duration::from_secs(60);
        Self::with(FakeBackend::builder().unjudged().clock(Clock::Manual).render_time(minute, minute))
    }

    fn with(builder: Builder) -> Self {
        let backend = builder.credits(1_000_000).start().expect("a server that starts");
        let user = User::with_draft(&backend);
        Self { backend, user }
    }

    /// What a request sees that one fault strikes; the fault has fired then, and had not before.
    pub(crate) fn strike(&self, site: Site, kind: impl Into<Kind>, request: &Ask) -> Seen {
        let kind = kind.into();
        self.backend.fault(site.does(kind));
        let waits = || self.backend.unfired().iter().any(|line| line.contains(&format!(": {kind}")));
        assert!(waits(), "{kind} has not fired yet");
        let seen = Seen::of(request);
        assert!(!waits(), "{kind} has fired: {}", seen.head());
        seen
    }

    pub(crate) fn credits(&self, kind: impl Into<Kind>) -> Seen {
        self.strike(Fault::on(Route::Credits), kind, &self.user.credits())
    }
}

/// A connection to a server that may be away for a moment.
fn connect(origin: &str) -> TcpStream {
    let mut tries =
        (0..200).map(|_| TcpStream::connect(origin).inspect_err(|_| std::thread::sleep(Duration::from_millis(10))));
    tries.find_map(Result::ok).expect("the server listens")
}

/// The kinds of one family.
pub(crate) fn all_of<F>(pick: impl Fn(Kind) -> Option<F>) -> Vec<F> {
    Kind::ALL.iter().filter_map(|kind| pick(*kind)).collect()
}
