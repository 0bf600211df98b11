//! What the errors of the library become.
//!
//! | what ureq says | when | becomes |
//! |---|---|---|
//! | `Timeout` | the deadline of the op passed | `Elapsed` |
//! | anything else (name lookup, refused, TLS, proxy, unusable address) | before the connection stands | `NotSent` |
//! | an error of the body's reader | the file changed or can't be read | `Failed(Source)` |
//! | anything else, and a head too long | before the head came | `Failed(Sending)` |
//! | anything else (cut, reset, bad chunk, too long) | after the head came | `Failed(Receiving)`, `Cut` of a file |
//!
//! A request for a stream has no deadline of its own: its thread waits on for the head, and whoever asked says `Elapsed`.
//!
//! "Before the connection stands" is no guess from the kind of an error: the connector notes when it has handed a
//! connection to the library, which happens before the first byte of a request (see [`crate::wire`]).

use std::fmt;

use crate::core::error::{BoxError, Fault, Phase};
use crate::core::printable::printable;

/// Longest text kept of a library's error.
const MAX_CHARS: usize = 200;

/// The words of a library's error, without its type and without any address.
#[derive(Debug)]
pub(crate) struct Cause(String);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Cause {}

/// A few of the library's errors carry a URL, which may be signed; they lose it.
pub(crate) fn cause(error: &ureq::Error) -> BoxError {
    let carries_url = matches!(error, ureq::Error::BadUri(_) | ureq::Error::RequireHttpsOnly(_));
    let words = if carries_url { "the address can't be used".into() } else { error.to_string() };
    Box::new(Cause(printable(&words, MAX_CHARS)))
}

pub(crate) fn sending(error: &ureq::Error) -> Fault {
    Fault { phase: Phase::Sending, source: cause(error) }
}

pub(crate) fn receiving(error: &ureq::Error) -> Fault {
    Fault { phase: Phase::Receiving, source: cause(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_and_no_control_character_gets_through() {
        let signed = "https://cdn.example/v?sig=CANARY";
        for error in [ureq::Error::BadUri(signed.into()), ureq::Error::RequireHttpsOnly(signed.into())] {
            let cause = cause(&error);
            assert!(!format!("{cause} {cause:?}").contains("CANARY"), "{cause}");
        }
        let cause = cause(&ureq::Error::ConnectProxyFailed("a\x1b[2Jb".into()));
        assert_eq!(cause.to_string(), "CONNECT proxy failed: ab");
    }
}
