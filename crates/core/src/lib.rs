//! Under construction.

pub mod attribution;
pub mod draft;
pub mod language;
pub mod media;
pub mod printable;
pub mod sse;
