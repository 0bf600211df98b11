//! The port on real sockets, against servers that break in every way.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc;

use super::*;
use crate::clock::SystemClock;
use crate::core::api::{Endpoint, ReadCredits, Upload};
use crate::core::config::Config;
use crate::core::download::Download;
use crate::core::event::{Event, Silent};
use crate::core::export::Rendered;
use crate::core::files::Output;
use crate::core::ids::{RenderId, Seed, SessionId};
use crate::core::machine::{Machine, Step};
use crate::core::time::Now;

/// A server that treats every connection alike, until the test's process ends.
fn serve(mut treat: impl FnMut(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || listener.incoming().flatten().for_each(&mut treat));
    url
}

/// Reads a request's head.
fn head(connection: &mut TcpStream) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && connection.read(&mut byte).expect("a request") == 1 {
        head.push(byte[0]);
    }
    String::from_utf8(head).expect("ASCII")
}

/// Hears the request, says this, and closes.
fn says(answer: &'static str) -> String {
    serve(move |mut connection| {
        head(&mut connection);
        connection.write_all(answer.as_bytes()).expect("written");
    })
}

fn port(files: Files, stop: &Stop) -> HttpPort {
    HttpPort::new(Network::new(), files, Arc::new(SystemClock::new()), stop.clone())
}

fn performed(port: &mut HttpPort, op: Op) -> Input {
    port.perform(op, &mut Silent)
}

fn after(time: Duration) -> Instant {
    Instant::ORIGIN + time
}

const SOON: Duration = Duration::from_secs(20);

fn config(url: &str) -> Config {
    Config::new(url).expect("an origin")
}

/// Asks for a small answer.
fn ask(url: &str) -> Input {
    let call = ReadCredits.request(&config(url), Instant::ORIGIN);
    port(Files::default(), &Stop::default()).perform(Op::Send(call), &mut Silent)
}

/// A call that asks for a stream.
fn streamed(url: &str) -> Call {
    let rendered = Rendered { render: RenderId::new("render_1").expect("an id"), link: None };
    let mut download = Download::new(Arc::new(config(url)), rendered, SinkId(0));
    let now = Now { monotonic: Instant::ORIGIN, wall: std::time::SystemTime::UNIX_EPOCH };
    loop {
        if let Step::Do(Op::Send(call)) = download.poll(now) {
            return call;
        }
    }
}

fn phase(input: &Input) -> Option<Phase> {
    match input {
        Input::Failed(fault) => Some(fault.phase),
        Input::Reply(_)
        | Input::Head(_)
        | Input::Chunk(_)
        | Input::End
        | Input::Saved { .. }
        | Input::Cut { .. }
        | Input::Measured { .. } => None,
        Input::Published | Input::Elapsed | Input::NotSent { .. } => None,
    }
}

#[test]
fn what_can_not_have_left_is_handed_back() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address");
    let refused = ask(&format!("http://{closed}"));
    assert!(matches!(refused, Input::NotSent { .. }), "{refused:?}");
    let plain = serve(|mut connection| {
        let _ = connection.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let plain = plain.replace("http", "https");
    let no_tls = ask(&plain);
    assert!(matches!(no_tls, Input::NotSent { .. }), "{no_tls:?}");
}

#[test]
fn a_connection_that_breaks_before_the_head_leaves_it_open_what_was_heard() {
    for answer in ["", "HTTP/1.1 200 OK\r\nContent-Le", "what?\r\n\r\n"] {
        assert_eq!(phase(&ask(&says(answer))), Some(Phase::Sending), "{answer:?}");
    }
}

#[test]
fn half_an_answer_is_none() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n",
    ] {
        assert_eq!(phase(&ask(&says(answer))), Some(Phase::Receiving), "{answer:?}");
    }
}

#[test]
fn a_whole_answer_is_a_reply_whatever_its_status() {
    for (answer, status, body) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"),
        ("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 500, "hello"),
        ("HTTP/1.0 401 No\r\n\r\nhello", 401, "hello"),
        ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 302, ""),
        ("HTTP/1.1 204 Nothing\r\n\r\n", 204, ""),
    ] {
        let Input::Reply(reply) = ask(&says(answer)) else { panic!("{answer:?}") };
        assert_eq!((reply.head.status, reply.body.as_slice()), (status, body.as_bytes()));
    }
}

#[test]
fn a_stream_outlives_a_deadline_and_ends_as_framed() {
    let (go_on, goes_on) = mpsc::channel();
    let url = serve(move |mut connection| {
        head(&mut connection);
        connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na").expect("written");
        goes_on.recv().expect("the test goes on");
        connection.write_all(b"b").expect("written");
    });
    let mut port = port(Files::default(), &Stop::default());
    assert!(matches!(performed(&mut port, Op::Send(streamed(&url))), Input::Head(_)));
    assert!(matches!(performed(&mut port, Op::Read { until: after(SOON) }), Input::Chunk(bytes) if bytes == b"a"));
    assert!(matches!(performed(&mut port, Op::Read { until: Instant::ORIGIN }), Input::Elapsed));
    go_on.send(()).expect("the server waits");
    assert!(matches!(performed(&mut port, Op::Read { until: after(SOON) }), Input::Chunk(bytes) if bytes == b"b"));
    assert!(matches!(performed(&mut port, Op::Read { until: after(SOON) }), Input::End));
}

#[test]
fn a_reset_is_no_end_even_of_a_body_without_a_length() {
    let (go_on, goes_on) = mpsc::channel();
    let url = serve(move |mut connection| {
        // Most of the request lies unread, so that closing resets the connection.
        connection.read_exact(&mut [0; 9]).expect("a request");
        connection.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\na").expect("written");
        goes_on.recv().expect("the test goes on");
    });
    let mut port = port(Files::default(), &Stop::default());
    assert!(matches!(performed(&mut port, Op::Send(streamed(&url))), Input::Head(_)));
    assert!(matches!(performed(&mut port, Op::Read { until: after(SOON) }), Input::Chunk(_)));
    go_on.send(()).expect("the server waits");
    assert_eq!(phase(&performed(&mut port, Op::Read { until: after(SOON) })), Some(Phase::Receiving));
}

fn upload(url: &str, path: &Path, promised: u64) -> (Call, Files) {
    let mut source = Source::open(path).expect("a source");
    source.about.bytes = promised;
    let session = SessionId::new("7").expect("an id");
    let upload = Upload::new(&config(url), session, source.about.clone(), Seed::new(1)).expect("a clip");
    (upload.request(&config(url), Instant::ORIGIN), Files { source: Some(source), sink: None })
}

fn clip(folder: &Path, bytes: usize) -> std::path::PathBuf {
    let mut content = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec();
    content.resize(bytes, 0);
    let path = folder.join("clip.mp4");
    std::fs::write(&path, content).expect("written");
    path
}

#[test]
fn a_file_that_is_not_as_long_as_promised_is_a_fault_of_the_file() {
    let url = serve(|mut connection| {
        let _ = connection.read_to_end(&mut Vec::new());
    });
    let folder = tempfile::tempdir().expect("a folder");
    let path = clip(folder.path(), 1000);
    for promised in [999, 1001] {
        let (call, files) = upload(&url, &path, promised);
        let input = port(files, &Stop::default()).perform(Op::Send(call), &mut Silent);
        assert_eq!(phase(&input), Some(Phase::Source), "{promised}");
    }
}

#[test]
fn a_refusal_in_the_midst_of_an_upload_is_heard() {
    const TOO_LARGE: &[u8] = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno";
    let patient = serve(|mut connection| {
        head(&mut connection);
        connection.write_all(TOO_LARGE).expect("written");
        connection.shutdown(Shutdown::Write).expect("still open");
        let _ = std::io::copy(&mut connection, &mut std::io::sink());
    });
    // What it leaves unread resets the connection, after the answer.
    let rude = serve(|mut connection| {
        head(&mut connection);
        connection.write_all(TOO_LARGE).expect("written");
    });
    let folder = tempfile::tempdir().expect("a folder");
    let path = clip(folder.path(), 8_000_000);
    for url in [patient, rude] {
        let (call, files) = upload(&url, &path, 8_000_000);
        let mut moved = Vec::new();
        let mut observer = |event| {
            if let Event::Moved { bytes, total, .. } = event {
                moved.push((bytes, total));
            }
        };
        let input = port(files, &Stop::default()).perform(Op::Send(call), &mut observer);
        let Input::Reply(reply) = input else { panic!("{input:?}") };
        assert_eq!(reply.head.status, 413);
        let bounded = |(bytes, total): &(u64, Option<u64>)| *bytes <= 8_000_000 && *total == Some(8_000_000);
        assert!(moved.iter().all(bounded), "{moved:?}");
    }
}

fn save(url: &str, output: &Output, limit: u64) -> (Input, Vec<String>, HttpPort) {
    let sink = Sink::new(output).expect("a sink");
    let mut port = port(Files { source: None, sink: Some(sink) }, &Stop::default());
    assert!(matches!(port.perform(Op::Send(streamed(url)), &mut Silent), Input::Head(_)));
    let stall = Duration::from_millis(200);
    let input = port.perform(Op::Save { sink: SinkId(0), from: 0, limit, stall }, &mut Silent);
    let folder = std::fs::read_dir(output.path.parent().expect("a folder")).expect("a folder");
    let left = folder.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    (input, left.collect(), port)
}

#[test]
fn what_is_saved_stands_under_its_name_only_when_published() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = Output::new(folder.path().join("out.mp4"));
    let url = says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    let (input, left, mut port) = save(&url, &output, 5);
    let Input::Saved { bytes: 5, start } = input else { panic!("{input:?}") };
    assert_eq!(start, b"hello");
    assert!(!left.contains(&"out.mp4".to_owned()));
    assert!(matches!(port.perform(Op::Publish(SinkId(0)), &mut Silent), Input::Published));
    assert_eq!(std::fs::read(&output.path).expect("a file"), b"hello");
}

#[test]
fn a_download_that_breaks_stalls_or_overflows_leaves_nothing() {
    let stalls = serve(|mut connection| {
        head(&mut connection);
        connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na").expect("written");
        let _ = connection.read(&mut [0]);
    });
    let folder = tempfile::tempdir().expect("a folder");
    let output = Output::new(folder.path().join("out.mp4"));
    let (stalled, left, _) = save(&stalls, &output, 9);
    assert!(matches!(stalled, Input::Elapsed), "{stalled:?}");
    assert!(left.is_empty(), "{left:?}");
    let breaks = says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello");
    let (broken, left, _) = save(&breaks, &output, 9);
    assert_eq!((phase(&broken), left.len()), (Some(Phase::Receiving), 0));
    let (too_long, left, _) = save(&breaks, &output, 4);
    assert_eq!((phase(&too_long), left.len()), (Some(Phase::Sink), 0));
}

#[test]
fn exactly_the_headers_of_the_call_leave() {
    let (heard, hears) = mpsc::channel();
    let url = serve(move |mut connection| {
        heard.send(head(&mut connection)).expect("the test listens");
        connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").expect("written");
    });
    ask(&url);
    let host = url.replace("http://", "");
    let wanted = ReadCredits.request(&config(&url), Instant::ORIGIN);
    let headers = wanted.request().headers().iter();
    let headers: String =
        headers.map(|(name, value)| format!("{name}: {}\r\n", value.to_str().expect("ASCII"))).collect();
    let expected = format!("GET /api/credits/balance/simple HTTP/1.1\r\n{headers}host: {host}\r\n\r\n");
    assert_eq!(hears.recv().expect("a request"), expected);
}

#[test]
fn a_stop_ends_a_silent_request_and_a_silent_stream() {
    let (came, comes) = mpsc::channel();
    let url = serve(move |mut connection| {
        if head(&mut connection).contains("/download") {
            connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na").expect("written");
        }
        came.send(()).expect("the test listens");
        std::thread::spawn(move || connection.read(&mut [0]));
    });
    let stop = Stop::default();
    let (mut port, call) = (port(Files::default(), &stop), streamed(&url));
    assert!(matches!(port.perform(Op::Send(call), &mut Silent), Input::Head(_)));
    comes.recv().expect("a request");
    assert!(matches!(port.perform(Op::Read { until: after(SOON) }, &mut Silent), Input::Chunk(_)));
    let stopper = stop.clone();
    let asking = std::thread::spawn(move || {
        let call = ReadCredits.request(&config(&url), Instant::ORIGIN);
        HttpPort::new(Network::new(), Files::default(), Arc::new(SystemClock::new()), stopper)
            .perform(Op::Send(call), &mut Silent)
    });
    comes.recv().expect("a request");
    stop.set();
    assert_eq!(phase(&asking.join().expect("an answer")), Some(Phase::Sending));
    assert_eq!(phase(&port.perform(Op::Read { until: after(SOON) }, &mut Silent)), Some(Phase::Receiving));
}
