//! A connection that knows when it was made, keeps the deadline of the op at hand, and can be stopped.
//!
//! The library's own timeouts are off: they count from the start of a phase, and a stream needs "so long without a
//! byte". Its transports take a deadline for every single read, and that is where ours comes in: no thread sits on a
//! stream, and closing it is dropping it.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use http::Uri;
use ureq::unversioned::transport::time::Duration;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport};

use crate::source::Progress;
use crate::stop::{Stop, Stopped, TICK};

/// What one request's connection and its user share.
#[derive(Debug)]
pub(crate) struct Line {
    made: AtomicBool,
    until: Mutex<Instant>,
    stop: Stop,
}

impl Line {
    pub(crate) fn new(deadline: Instant, stop: Stop) -> Self {
        Self { made: AtomicBool::new(false), until: Mutex::new(deadline), stop }
    }

    /// Whether a byte of the request may have left.
    pub(crate) fn was_made(&self) -> bool {
        self.made.load(Ordering::SeqCst)
    }

    /// Sets the deadline of the reads to come.
    pub(crate) fn until(&self, deadline: Instant) {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = deadline;
    }

    fn left(&self) -> std::time::Duration {
        let until = *self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.saturating_duration_since(Instant::now())
    }
}

/// Connects as the library does, and notes when that is done.
pub(crate) struct Connect {
    /// Shared by all requests of a client: it keeps the TLS settings, which are slow to make.
    pub(crate) inner: Arc<DefaultConnector>,
    pub(crate) target: Uri,
    pub(crate) line: Arc<Line>,
    pub(crate) progress: Arc<Progress>,
}

impl fmt::Debug for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connect")
    }
}

impl Connector for Connect {
    type Out = Wire;

    /// Called for the target, and from within for a proxy on the way there, which is no sign that the target is reached.
    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<()>) -> Result<Option<Wire>, ureq::Error> {
        let Some(inner) = self.inner.connect(details, chained)? else {
            return Ok(None);
        };
        let outermost = *details.uri == self.target;
        if outermost {
            self.line.made.store(true, Ordering::SeqCst);
        }
        let (line, progress) = (self.line.clone(), self.progress.clone());
        Ok(Some(Wire { inner, line, progress, outermost, broken: None }))
    }
}

/// A connection.
pub(crate) struct Wire {
    inner: Box<dyn Transport>,
    line: Arc<Line>,
    progress: Arc<Progress>,
    outermost: bool,
    /// Why nothing more can be written. A server that has heard enough may have answered before it closed.
    broken: Option<ureq::Error>,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl Transport for Wire {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, mut timeout: NextTimeout) -> Result<(), ureq::Error> {
        if self.broken.is_some() {
            return Ok(());
        }
        timeout.after = Duration::Exact(self.line.left());
        match self.inner.transmit_output(amount, timeout) {
            Err(ureq::Error::Io(error)) if self.outermost && is_cut(error.kind()) => {
                self.progress.cut();
                self.broken = Some(ureq::Error::Io(error));
                Ok(())
            }
            result => result,
        }
    }

    /// Waits in short turns, so that a stop is soon seen; a turn that brings nothing loses nothing.
    fn await_input(&mut self, mut timeout: NextTimeout) -> Result<bool, ureq::Error> {
        loop {
            if self.line.stop.is_set() {
                return Err(ureq::Error::Io(io::Error::other(Stopped)));
            }
            let left = self.line.left();
            timeout.after = Duration::Exact(left.min(TICK));
            match self.inner.await_input(timeout) {
                Err(ureq::Error::Timeout(_)) if !left.is_zero() => {}
                Err(ureq::Error::Io(error)) if is_cut(error.kind()) => return Err(self.cut(&error)),
                Ok(false) if self.broken.is_some() => return Err(self.cut(&io::ErrorKind::BrokenPipe.into())),
                result => return result,
            }
        }
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

impl Wire {
    /// The library takes a reset for the end of a body without a length; under another kind it does not.
    fn cut(&mut self, error: &io::Error) -> ureq::Error {
        let words = error.to_string();
        self.broken.take().unwrap_or_else(|| ureq::Error::Io(io::Error::other(words)))
    }
}

fn is_cut(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(kind, BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}
