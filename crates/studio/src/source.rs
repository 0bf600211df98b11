//! What may stand on a timeline.

use crate::facts::MediaFacts;

/// A file that may be part of a timeline: a clip, a still or a sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Any string that the caller knows the file by. It is never opened as a path.
    pub id: String,
    /// The file's name as the person knows it.
    pub name: String,
    /// What [`probe`](crate::probe()) said about it.
    pub facts: MediaFacts,
}
