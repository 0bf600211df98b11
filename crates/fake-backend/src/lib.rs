//! The server side of the video API: for tests, and as the backend on this machine.
//!
//! It serves everything PROTOCOL.md describes, in this process or as a server of its own, and takes no type of the client:
//! its JSON is written by hand from that document, so a wrong belief of the client can't hide in a shared struct.
//!
//! ```
//! use std::io::{Read, Write};
//! use weixin_video_fake_backend::{FakeBackend, Fault, Route};
//!
//! # fn main() -> std::io::Result<()> {
//! let backend = FakeBackend::builder().unjudged().start()?;
//! backend.fault(Fault::on(Route::AnonymousToken).nth(2).html(502));
//!
//! // Any HTTP client will do; this is what one says on the wire.
//! let host = backend.url().replace("http://", "");
//! let mut answers = Vec::new();
//! for _ in 0..2 {
//!     let mut wire = std::net::TcpStream::connect(&host)?;
//!     write!(wire, "POST /api/auth/anonymous-token HTTP/1.1\r\nHost: {host}\r\n")?;
//!     write!(wire, "X-Client-Id: 0b0e7a52-7c55-4c4e-9f0e-3f3f2f7f9a01\r\nConnection: close\r\n\r\n")?;
//!     let mut answer = String::new();
//!     wire.read_to_string(&mut answer)?;
//!     answers.push(answer);
//! }
//! assert!(answers[0].contains("\"token\":\"nmv_usr_"));
//! assert!(answers[1].starts_with("HTTP/1.1 502"));
//! assert_eq!(backend.journal().len(), 2);
//! // Panics if a scripted fault never fired, a token went where it must not, or the server's books don't add up; and,
//! // unless the client is as rude as this one and unjudged for that, if it broke a rule.
//! backend.finish();
//! # Ok(())
//! # }
//! ```
//!
//! # What it enforces
//! - a bearer token on every call of the API but the one that hands it out: 401 with code 1001, also when it has expired;
//!   no `Authorization` on the CDN, where it is answered 400 and remembered as a violation, as is a token in a URL
//! - `X-Client-Id` on the token call (400), which takes no `Authorization` and no body; one token a client id while the last
//!   one holds (429); a new one for the same space once it has expired
//! - scopes: 403 with the scope's name, 402 for export; attribution headers on export: 402
//! - sessions belong to the token's space: anybody else's is 1002; 2001 once the credits are gone
//! - the keys of the chat in snake_case, with `role`, and `Accept: text/event-stream`; `sessionId` in camelCase on export
//! - part name, formats (4001) and size of uploads (4002), 200 MB a file by default; uploads by URL only from its own CDN
//!   and from URLs a test registered: it never opens a connection to anywhere
//! - exports: an exportable draft that the session has or lately had, key for key, and a render id that was never used
//! - bounds on heads, bodies, names, counts; file names of clients are shown, never used as paths
//! - on a loopback address, only requests whose `Host` is one
//!
//! # What it leaves out
//! TLS, HTTP/2, and any claim about what the real service does where PROTOCOL.md says that it is unknown.
//!
//! # Parts
//! [`FakeBackend`] runs, [`Builder`] sets it up, [`Variants`] and [`Dialect`] choose among documented shapes. A [`Fault`]
//! breaks one request to the byte, by hand or as one of the [`Kind`]s, of which [`Fault::program`] reads a list and
//! [`Fault::sweep`] makes one of a recorded run. An [`AgentReply`] scripts one answer, the journal of [`Exchange`]s and
//! the [`Ledger`] tell what happened; [`FakeBackend::audit`] finds what in the server's books doesn't add up,
//! [`FakeBackend::verdicts`] which [`Rule`] the client broke. All of it goes by one [`Clock`]. A [`Renderer`] does what a
//! server can't: [`Canned`] needs nothing and always renders [`CANNED_MP4`];
//! with the feature `studio`, `Builder::studio` renders real clips with ffmpeg. [`Builder::keep_in`] lets sessions outlive
//! the server.
//!
//! Invariant: what a client sees depends on its own requests and on what was scripted, never on another user's space; a
//! token is in no journal, no message and no `Debug`.
#![forbid(unsafe_code)]

mod accept;
mod api;
mod app;
mod audit;
mod backend;
mod body;
mod book;
mod builder;
mod canned;
mod clock;
mod dialect;
mod fault;
mod gate;
mod ids;
mod journal;
mod keep;
mod ledger;
mod manner;
mod memory;
mod problem;
mod range;
mod render_time;
mod renderer;
mod reply;
mod route;
mod spool;
#[cfg(feature = "studio")]
mod studio;
mod tenant;
mod upload;
mod variants;
mod verdict;
mod wire;
mod world;

pub use audit::{Check, Finding};
pub use backend::{FakeBackend, Space, Stopper};
pub use builder::Builder;
pub use canned::{CANNED_MP4, Canned};
pub use clock::Clock;
pub use dialect::Dialect;
pub use fault::kind::Kind;
pub use fault::{Fault, Marks, ProgramError, Shape, Site, kind};
pub use journal::{Bearer, Ending, Exchange, KEPT_BODY, KEPT_EXCHANGES};
pub use ledger::{Charge, Ledger};
pub use manner::SilentEnding;
pub use renderer::{Control, MediaInfo, Refusal, RenderJob, Renderer, Scene, Source};
pub use reply::{AgentReply, Heartbeat};
pub use route::{Origin, Route};
#[cfg(feature = "studio")]
pub use studio::{Finished, Told, Workshop};
pub use variants::{Envelope, ErrorText, Errors, ExpiresAt, Nesting, NoDraft, UrlField, Variants};
pub use verdict::{Rule, Verdict};
pub use world::Scope;
