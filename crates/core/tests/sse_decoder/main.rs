//! The SSE decoder against the WHATWG rules, against other decoders, and against itself under other chunkings.

mod conformance;
mod judges;
mod limits;
mod splits;
mod trace;
