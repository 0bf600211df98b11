//! The asynchronous adapter: [`Client`] moves the bytes that [`core`] decides on.
//!
//! ```no_run
//! # async fn format() -> Result<(), Box<dyn std::error::Error>> {
//! use std::path::Path;
//! use weixin_video_async::core::config::Config;
//! use weixin_video_async::core::event::Event;
//! use weixin_video_async::core::files::Output;
//! use weixin_video_async::core::ids::{ClientId, Credential};
//! use weixin_video_async::Client;
//!
//! let client_id = ClientId::new("5f0c6f0e-6f43-4f43-9c5f-2f8b1e4f7a10").ok_or("no id")?;
//! let account = Credential::Anonymous { client: client_id, grant: None };
//! let client = Client::new(Config::new("http://127.0.0.1:8080")?, account)?;
//!
//! let mut observer = |event: Event| println!("{event:?}");
//! let words = "format and compress this video for sharing on WeChat";
//! let delivered = client.format(Path::new("in.mov"), words, &Output::new("out.mp4"), &mut observer).await?;
//! println!("{} bytes, {}", delivered.bytes, delivered.summary);
//! # Ok(())
//! # }
//! ```
//!
//! # What it does, and what it leaves to core
//! It opens sockets and files, reads the clock, and draws randomness. When to send what, what an answer means, what is
//! asked again and what never: all that is core's. The loop between the two is a dozen lines; its blocking twin
//! differs by the missing `.await`. Methods, their order of arguments and the bytes on the wire are the same in both.
//!
//! # Rules of the wire
//! - one connection a request, HTTP/1.1; no retries, redirects, cookies, compression or timeouts of the library
//! - exactly the headers that core set, `Host` and `Content-Length`
//! - a proxy from the environment is used for other machines, never for this one
//! - TLS with rustls and ring; the operating system says whom to trust
//! - files are streamed both ways in bounded pieces; a download stands under its name whole or not at all
//!
//! # Tasks
//! It needs a tokio runtime with time and I/O, spawns no task of its own, and its futures are `Send`: a service runs as
//! many operations of one client at once as it likes. Work on files goes to tokio's threads for blocking work.
//!
//! **Invariant:** no decision about the protocol is taken here, and dropping a future leaves nothing behind but
//! the part file of an [`Output`] that wants it kept.

#![forbid(unsafe_code)]

mod client;
mod clock;
mod drive;
mod fault;
mod http;
mod port;
mod sink;
mod source;
mod stream;

pub use client::{Client, SetupError};
pub use clock::{Clock, SystemClock};
pub use weixin_video_core as core;
pub use weixin_video_core::api::{ClaimLink, Credits, Session, State, Uploaded};
pub use weixin_video_core::chat::Answer;
pub use weixin_video_core::config::Config;
pub use weixin_video_core::download::Downloaded;
pub use weixin_video_core::error::Error;
pub use weixin_video_core::event::{Checkpoint, Event, Observer, Silent};
pub use weixin_video_core::export::Rendered;
pub use weixin_video_core::files::{Media, Output};
pub use weixin_video_core::ids::{ClientId, Credential, Grant, RenderId, SessionId, Token};
pub use weixin_video_core::job::Delivered;
