//! What an error says.

use std::error::Error as StdError;

use weixin_video_core::error::Error;

/// All that an error shows of itself and of what it holds.
pub(crate) fn shown(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}\n{}\n", error.advice());
    let mut source = error.source();
    while let Some(inner) = source {
        text += &format!("{inner}\n{inner:?}\n{inner:#?}\n");
        source = inner.source();
    }
    text
}
