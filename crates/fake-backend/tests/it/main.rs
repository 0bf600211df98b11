//! The server as a client sees it: every rule of PROTOCOL.md by name, and every fault to the byte.
#![forbid(unsafe_code)]

mod http;
mod job;
mod user;
