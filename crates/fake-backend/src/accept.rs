//! Connections: accepted, bounded, closed when the server stops.

use crate::fault::kind::{Connection, Kind};
use crate::fault::{Act, Strike, arrival_pause, on_arrival, run};
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

/// Tries to listen again after the listener was closed, and the pause between them.
const RETURNS: u32 = 100;

/// Serves one origin until told to stop.
pub(crate) async fn accept(listener: TcpListener, gate: Gate, mut stopped: watch::Receiver<bool>) {
    let Ok(mut listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let arrival = gate.app.script.arrival(gate.origin);
                    let away = arrival.as_ref().and_then(absence);
                    drop(tokio::spawn(arrive(stream, gate.clone(), arrival)));
                    if let Some(time) = away {
                        let Some(returned) = leave(listener, &gate, time).await else {
                            return;
                        };
                        listener = returned;
                    }
                }
                Err(_) => tokio::time::sleep(BREATH).await,
            },
        }
    }
}

/// How long a fault keeps the listener closed.
fn absence(strike: &Strike) -> Option<Duration> {
    if let Act::Do(Kind::Connection(Connection::Refuse), how) = &strike.act {
        return arrival_pause(Connection::Refuse, *how);
    }
    None
}

/// Closes the listener for a time: who comes meanwhile is refused by the system.
async fn leave(listener: tokio::net::TcpListener, gate: &Gate, time: Duration) -> Option<tokio::net::TcpListener> {
    let address = listener.local_addr().ok()?;
    // The time begins before anybody can see that the listener is gone.
    let away = gate.app.clock.sleep(time);
    drop(listener);
    away.await;
    for _ in 0..RETURNS {
        if let Ok(listener) = tokio::net::TcpListener::bind(address).await {
            return Some(listener);
        }
        tokio::time::sleep(BREATH).await;
    }
    None
}

/// One connection from its first moment, with the fault that strikes it there.
async fn arrive(stream: TcpStream, gate: Gate, strike: Option<Strike>) {
    if let Some(strike) = strike
        && let Act::Do(Kind::Connection(kind), how) = strike.act
    {
        strike.fired();
        if let Some(program) = on_arrival(kind) {
            return run(stream, program, &gate.app.clock).await;
        }
        if let Some(pause) = arrival_pause(kind, how) {
            gate.app.clock.sleep(pause).await;
        }
    }
    converse(stream, gate).await;
}

/// One connection. It ends as its peer or a fault wants; either way there is nobody left to tell.
async fn converse(stream: TcpStream, gate: Gate) {
    // Events of a stream leave one by one. A socket that can't do that still works.
    let _ = stream.set_nodelay(true);
    let (wire, clock) = (Arc::new(Wire::default()), gate.app.clock.clone());
    let io = TokioIo::new(Tapped::new(stream, Arc::clone(&wire)));
    let (keep_alive, used) = (gate.app.settings.keep_alive, Arc::clone(&wire));
    let service = service_fn(move |request| gate.clone().serve(request, Arc::clone(&used)));
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES)
        .max_headers(MOST_HEADERS)
        .keep_alive(keep_alive)
        // The same run gives the same bytes.
        .auto_date_header(false)
        .serve_connection(io, service)
        .await;
    if let Some((stream, program)) = wire.aftermath() {
        run(stream, program, &clock).await;
    }
}
