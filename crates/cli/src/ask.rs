//! What every command is asked with.

use crate::args::Choice;
use crate::signals::Going;

/// What every command is asked with.
#[derive(Debug)]
pub(crate) struct Ask {
    /// Which backend is to do the work.
    pub(crate) choice: Choice,
    /// Where it is told how far the work is.
    pub(crate) going: Going,
}
