//! Every row of PROTOCOL.md, tested by its name through the public face of the crate.
//!
//! A section of the document is a module here, a row of it a test. [`registry`] reads the document and fails when a row
//! has none.
#![forbid(unsafe_code)]

mod draft;
mod endpoints;
mod envelopes;
mod errors;
mod headers;
mod job;
mod registry;
mod script;
mod the_chat_stream;
mod wire;
