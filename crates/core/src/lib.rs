//! Under construction.

pub mod draft;
pub mod printable;
pub mod sse;
