//! Connections: accepted, bounded, closed when the server stops.

use crate::gate::Gate;
use crate::wire::{Tapped, Wire};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::watch;

/// Time for a request's head to arrive in full: a peer that sends none holds no connection.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// Bytes of a request's head, and of what is read ahead of a body.
const HEAD_BYTES: usize = 256 * 1024;
/// Headers of a request.
const MOST_HEADERS: usize = 100;
/// A pause when the system has no more file descriptors, so that it is not asked in a tight loop.
const BREATH: Duration = Duration::from_millis(50);

/// Serves one origin until told to stop.
pub(crate) async fn accept(listener: TcpListener, gate: Gate, mut stopped: watch::Receiver<bool>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(tokio::spawn(converse(stream, gate.clone()))),
                Err(_) => tokio::time::sleep(BREATH).await,
            },
        }
    }
}

/// One connection. It ends as its peer or a fault wants; either way there is nobody left to tell.
async fn converse(stream: TcpStream, gate: Gate) {
    // Events of a stream leave one by one. A socket that can't do that still works.
    let _ = stream.set_nodelay(true);
    let wire = Arc::new(Wire::default());
    let io = TokioIo::new(Tapped::new(stream, Arc::clone(&wire)));
    let service = service_fn(move |request| gate.clone().serve(request, Arc::clone(&wire)));
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES)
        .max_headers(MOST_HEADERS)
        // The same run gives the same bytes.
        .auto_date_header(false)
        .serve_connection(io, service)
        .await;
}
