//! The port on real sockets, against servers that break in every way.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Mutex, mpsc};
use std::time::Duration;

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

mod hostile;
mod saving;

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

fn port(files: Files) -> HttpPort {
    stoppable(files, &Stop::default())
}

fn stoppable(files: Files, stop: &Stop) -> HttpPort {
    HttpPort::new(Network::new(), files, Arc::new(SystemClock::new()), stop.clone())
}

/// A port whose deadlines come when the test says.
fn paced(files: Files) -> (HttpPort, Arc<Paced>) {
    let clock = Arc::new(Paced(Mutex::new(SHORTLY)));
    (HttpPort::new(Network::new(), files, clock.clone(), Stop::default()), clock)
}

fn performed(port: &mut HttpPort, op: Op) -> Input {
    port.perform(op, &mut Silent)
}

const fn after(time: Duration) -> Instant {
    Instant::after_origin(time)
}

const SOON: Duration = Duration::from_secs(20);

/// A deadline that a test lets pass.
const SHORTLY: Duration = Duration::from_millis(300);

/// However far off a deadline is, it comes after this time.
struct Paced(Mutex<Duration>);

impl Paced {
    fn set(&self, time: Duration) {
        *self.0.lock().expect("no panic") = time;
    }
}

impl Clock for Paced {
    fn now(&self) -> Now {
        Now { monotonic: Instant::ORIGIN, wall: std::time::SystemTime::UNIX_EPOCH }
    }

    fn deadline(&self, _: Instant) -> std::time::Instant {
        std::time::Instant::now() + *self.0.lock().expect("no panic")
    }

    fn sleep(&self, pause: Duration) {
        std::thread::sleep(pause);
    }
}

fn config(url: &str) -> Config {
    Config::new(url).expect("an origin")
}

/// Runs the test `name` in a process of its own, after the shell did `first`: some settings are a process's own.
#[cfg(unix)]
fn rerun(name: &str, first: &str) {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &format!("{first}; exec \"$@\""), "sh"]).arg(std::env::current_exe().expect("this program"));
    let ran = shell.args(["--exact", name]).env(RERUN, "1").output().expect("a shell");
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}

/// Set for a process that [`rerun`] made.
#[cfg(unix)]
const RERUN: &str = "WEIXIN_VIDEO_TEST_RERUN";

/// Asks for a small answer.
fn ask(url: &str) -> Input {
    let call = ReadCredits.request(&config(url), Instant::ORIGIN);
    port(Files::default()).perform(Op::Send(call), &mut Silent)
}

/// A call that asks for a stream.
fn streamed(url: &str) -> Call {
    let (session, render) = (SessionId::new("7").expect("an id"), RenderId::new("render_1").expect("an id"));
    let rendered = Rendered { session, render, link: None };
    let mut download = Download::new(Arc::new(config(url)), rendered, SinkId(0));
    let now = Now { monotonic: Instant::ORIGIN, wall: std::time::SystemTime::UNIX_EPOCH };
    loop {
        match download.poll(now) {
            Step::Emit(_) => {}
            Step::Do(Op::Send(call)) => return call,
            Step::Do(_) => download.handle(now, Input::Measured { part: 0, output: None }),
            Step::Done(_) => panic!("it asks for the file first"),
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
    let mut port = port(Files::default());
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
    let mut port = port(Files::default());
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
        let input = port(files).perform(Op::Send(call), &mut Silent);
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
        let input = port(files).perform(Op::Send(call), &mut observer);
        let Input::Reply(reply) = input else { panic!("{input:?}") };
        assert_eq!(reply.head.status, 413);
        let bounded = |(bytes, total): &(u64, Option<u64>)| *bytes <= 8_000_000 && *total == Some(8_000_000);
        assert!(moved.iter().all(bounded), "{moved:?}");
    }
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
    let (mut port, call) = (stoppable(Files::default(), &stop), streamed(&url));
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

#[cfg(unix)]
#[test]
fn no_proxy_is_asked_for_this_machine() {
    if std::env::var_os(RERUN).is_none() {
        let nobody = "http://127.0.0.1:1";
        let first =
            format!("export http_proxy={nobody} https_proxy={nobody} ALL_PROXY={nobody}; unset no_proxy NO_PROXY");
        return rerun("port::tests::no_proxy_is_asked_for_this_machine", &first);
    }
    let input = ask(&says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"));
    assert!(matches!(input, Input::Reply(_)), "{input:?}");
    let elsewhere = ask("https://nobody.invalid");
    assert!(matches!(&elsewhere, Input::NotSent { why, .. } if why.to_string().contains("refused")), "{elsewhere:?}");
}
