//! What becomes of one request that a kind of fault struck.

use super::raw::{Deed, Program};
use super::whole::Whole;
use axum::response::Response;
use bytes::Bytes;

/// An answer of HTTP, or something else.
#[derive(Debug)]
pub(crate) enum Plan {
    Http(Box<Response>),
    Raw(Program, Option<Heard>),
}

/// What a client can make out of bytes: for the journal.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) answer: Whole,
    /// Whether a client may take it for the whole answer.
    pub(crate) whole: bool,
}

/// The request that was struck.
#[derive(Debug)]
pub(crate) struct Struck {
    /// Path and query.
    pub(crate) target: String,
    /// Scheme, host and port, as the client called them.
    pub(crate) origin: String,
    /// Another origin that exists.
    pub(crate) elsewhere: String,
    /// `Range`
    pub(crate) range: Option<String>,
    pub(crate) now_ms: u64,
}

impl Plan {
    /// Deeds of which a client understands nothing.
    pub(crate) fn unheard(program: Program) -> Self {
        Self::Raw(program, None)
    }

    /// Deeds that get a whole answer across.
    pub(crate) fn heard(program: Program, whole: &Whole) -> Self {
        Self::Raw(program, Some(Heard { answer: whole.clone(), whole: true }))
    }

    /// Deeds that get an answer across up to some byte of its body.
    pub(crate) fn cut(program: Program, whole: &Whole, until: usize) -> Self {
        let body = whole.body.slice(..until.min(whole.body.len()));
        Self::Raw(program, Some(Heard { answer: whole.clone().body(body), whole: false }))
    }

    /// Bytes, and a proper end of the connection.
    pub(crate) fn bytes(bytes: impl Into<Bytes>) -> Program {
        vec![Deed::Write(bytes.into()), Deed::Fin]
    }
}

impl From<Response> for Plan {
    fn from(response: Response) -> Self {
        Self::Http(Box::new(response))
    }
}

impl From<Whole> for Plan {
    fn from(whole: Whole) -> Self {
        whole.response().into()
    }
}
