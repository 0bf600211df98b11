//! What the errors of the library become.
//!
//! | what reqwest says | when | becomes |
//! |---|---|---|
//! | `is_builder` (unusable address, no TLS) | before anything | `NotSent` |
//! | `is_connect` (name lookup, refused, TLS, proxy) | before the connection stands | `NotSent` |
//! | an error of the body's stream | the file changed or can't be read | `Failed(Source)` |
//! | anything else, and a head too long | before the head came | `Failed(Sending)` |
//! | anything (cut, reset, bad chunk, too long) | after the head came | `Failed(Receiving)`, `Cut` of a file |
//!
//! A server that refuses in the midst of an upload and resets the connection at once may not be heard: the library sees
//! the reset first. One that closes in an orderly way is.
//!
//! `is_connect` is told by the connector, which ends before the first byte of a request; and because no connection is
//! used twice, a request never lies on one that was dead before.

use std::error::Error as StdError;
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

impl StdError for Cause {}

/// The innermost error says most, and says it without the URL that the outermost one would print.
pub(crate) fn cause(error: reqwest::Error) -> BoxError {
    let error = error.without_url();
    let mut innermost: &dyn StdError = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    Box::new(Cause(printable(&innermost.to_string(), MAX_CHARS)))
}

pub(crate) fn sending(error: reqwest::Error) -> Fault {
    Fault { phase: Phase::Sending, source: cause(error) }
}

pub(crate) fn receiving(error: reqwest::Error) -> Fault {
    Fault { phase: Phase::Receiving, source: cause(error) }
}

/// Work that may block, on a thread for such work.
pub(crate) async fn off_thread<T: Send + 'static>(
    phase: Phase,
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Fault { phase, source: "the work on the file was cut off".into() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_address_gets_through() {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr();
        let signed = format!("http://{}/v?sig=CANARY", closed.expect("an address"));
        let network = crate::http::Network::default();
        let client = network.client(&signed.parse().expect("a URI"), false).expect("a client");
        let error = client.get(&signed).send().await.expect_err("nobody there");
        assert!(error.to_string().contains("CANARY"), "the library shows it: {error}");
        let cause = cause(error);
        assert!(!format!("{cause} {cause:?}").contains("CANARY"), "{cause:?}");
        assert!(cause.to_string().contains("refused"), "{cause}");
    }
}
