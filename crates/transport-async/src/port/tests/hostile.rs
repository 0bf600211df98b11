//! Servers that are late, endless, or talk nonsense.

use super::*;

const LATER: Op = Op::Read { until: after(SOON) };

/// Hears the request, then says `again` until nobody listens.
fn floods(first: &'static str, again: &'static str) -> String {
    serve(move |mut connection| {
        head(&mut connection);
        let _ = connection.write_all(first.as_bytes());
        let again = again.repeat(2);
        while connection.write_all(again.as_bytes()).is_ok() {
            // Not faster than an unoptimized build on a busy machine can read: it looks at the clock between reads.
            std::thread::sleep(Duration::from_millis(1));
        }
    })
}

/// The same, but slowly.
fn trickles(first: &'static str, again: &'static str) -> String {
    serve(move |mut connection| {
        head(&mut connection);
        let _ = connection.write_all(first.as_bytes());
        while connection.write_all(again.as_bytes()).is_ok() {
            std::thread::sleep(SHORTLY / 10);
        }
    })
}

async fn ask_shortly(url: &str) -> Input {
    let call = ReadCredits.request(&config(url), Instant::ORIGIN);
    performed(&mut paced(Files::default()).0, Op::Send(call)).await
}

#[tokio::test]
async fn a_late_head_is_waited_for_by_reading() {
    let (go_on, goes_on) = mpsc::channel::<()>();
    let (heard, hears) = mpsc::channel();
    let url = serve(move |mut connection| {
        heard.send(head(&mut connection)).expect("the test listens");
        goes_on.recv().expect("the test goes on");
        connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na").expect("written");
    });
    let (mut port, clock) = paced(Files::default());
    assert!(matches!(performed(&mut port, Op::Send(streamed(&url))).await, Input::Elapsed));
    assert!(matches!(performed(&mut port, LATER).await, Input::Elapsed));
    clock.set(SOON);
    go_on.send(()).expect("the server waits");
    assert!(matches!(performed(&mut port, LATER).await, Input::Head(head) if head.status == 200));
    assert!(matches!(performed(&mut port, LATER).await, Input::Chunk(bytes) if bytes == b"a"));
    assert!(matches!(performed(&mut port, LATER).await, Input::End));
    assert_eq!(hears.try_iter().count(), 1, "it was sent once");
}

#[tokio::test]
async fn a_late_head_that_never_comes_leaves_it_open_what_was_heard() {
    let (go_on, goes_on) = mpsc::channel::<()>();
    let url = serve(move |mut connection| {
        head(&mut connection);
        goes_on.recv().expect("the test goes on");
    });
    let (mut port, clock) = paced(Files::default());
    assert!(matches!(performed(&mut port, Op::Send(streamed(&url))).await, Input::Elapsed));
    clock.set(SOON);
    go_on.send(()).expect("the server waits");
    assert_eq!(phase(&performed(&mut port, LATER).await), Some(Phase::Sending));
    assert_eq!(phase(&performed(&mut port, LATER).await), Some(Phase::Receiving), "nothing is open any more");
}

#[tokio::test]
async fn a_call_whose_connection_never_stood_is_handed_back_by_reading() {
    let (go_on, goes_on) = mpsc::channel::<()>();
    // It never answers the first message of TLS.
    let url = serve(move |connection| {
        goes_on.recv().expect("the test goes on");
        drop(connection);
    });
    let (mut port, clock) = paced(Files::default());
    let call = streamed(&url.replace("http", "https"));
    assert!(matches!(performed(&mut port, Op::Send(call)).await, Input::Elapsed));
    clock.set(SOON);
    go_on.send(()).expect("the server waits");
    let input = performed(&mut port, LATER).await;
    assert!(matches!(input, Input::NotSent { .. }), "{input:?}");
}

#[tokio::test]
async fn the_next_request_drops_one_whose_head_is_late() {
    let (closed, closes) = mpsc::channel();
    let url = serve(move |mut connection| {
        if head(&mut connection).contains("/credits") {
            connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").expect("written");
        } else {
            let closed = closed.clone();
            std::thread::spawn(move || closed.send(connection.read(&mut [0]).unwrap_or(0)));
        }
    });
    let (mut port, clock) = paced(Files::default());
    assert!(matches!(performed(&mut port, Op::Send(streamed(&url))).await, Input::Elapsed));
    clock.set(SOON);
    let call = ReadCredits.request(&config(&url), Instant::ORIGIN);
    assert!(matches!(performed(&mut port, Op::Send(call)).await, Input::Reply(_)));
    assert_eq!(closes.recv().expect("the first connection ends"), 0);
    assert_eq!(phase(&performed(&mut port, LATER).await), Some(Phase::Receiving), "nothing is open any more");
}

#[tokio::test]
async fn every_silence_ends_at_the_deadline() {
    let silent = || {
        serve(|mut connection| {
            std::thread::spawn(move || connection.read_to_end(&mut Vec::new()));
        })
    };
    for url in [
        silent(),
        silent().replace("http", "https"),
        trickles("HTTP/1.1 200 OK\r\n", "x: y\r\n"),
        trickles("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", "x"),
        trickles("", "HTTP/1.1 103 Early Hints\r\n\r\n"),
        trickles("", "HTTP/1.1 100 Continue\r\n\r\n"),
    ] {
        let input = ask_shortly(&url).await;
        assert!(matches!(input, Input::Elapsed), "{input:?}");
    }
}

#[tokio::test]
async fn a_head_is_bounded() {
    for (count, fits) in [(98, true), (101, false), (1000, false)] {
        let headers = "x: y\r\n".repeat(count);
        let answer = format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: 2\r\n\r\n{{}}");
        let input = ask(&says(answer.leak())).await;
        assert_eq!(matches!(input, Input::Reply(_)), fits, "{count}: {input:?}");
        assert_eq!(phase(&input), (!fits).then_some(Phase::Sending));
    }
    for (bytes, fits) in [(60_000, true), (70_000, false)] {
        let answer = format!("HTTP/1.1 200 OK\r\nx: {}\r\nContent-Length: 2\r\n\r\n{{}}", "y".repeat(bytes));
        let input = ask(&says(answer.leak())).await;
        assert_eq!(matches!(input, Input::Reply(_)), fits, "{bytes}: {input:?}");
        assert_eq!(phase(&input), (!fits).then_some(Phase::Sending));
    }
    for (first, again) in [
        ("HTTP/1.1 200 OK\r\n", "x: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n"),
        ("HTTP/1.1 200 OK\r\nx: ", "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"),
        ("HTTP/1.1 200 ", "OKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOK"),
    ] {
        assert_eq!(phase(&ask(&floods(first, again)).await), Some(Phase::Sending), "{first:?}");
    }
}

#[tokio::test]
async fn what_is_no_http_is_an_error() {
    for answer in [
        "hello",
        "hello\r\n\r\n",
        "<html>hello</html>\r\n\r\n",
        "ICY 200 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "\0\0\0\x18ftypmp42",
    ] {
        let input = ask(&says(answer)).await;
        assert!(matches!(input, Input::Failed(_)), "{answer:?}: {input:?}");
    }
}

#[tokio::test]
async fn interim_answers_are_passed_over() {
    let answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nx: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    let input = ask(&says(answer)).await;
    assert!(matches!(&input, Input::Reply(reply) if reply.body == b"{}"), "{input:?}");
}

#[tokio::test]
async fn nothing_is_unpacked() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x0b\x08\0";
    let Input::Reply(reply) = ask(&says(answer)).await else { panic!("a reply") };
    assert_eq!(reply.body, b"\x1f\x0b\x08\0");
}

#[tokio::test]
async fn a_body_has_the_length_that_was_announced() {
    let url = says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, world");
    let Input::Reply(reply) = ask(&url).await else { panic!("a reply") };
    assert_eq!(reply.body, b"hello");
    for (answer, whole) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, world", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello", false),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx: y\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nFFFFFFFFFFFFFFFFF\r\n", false),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n-1\r\n", false),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhellooo\r\n0\r\n\r\n", false),
    ] {
        let mut port = port(Files::default());
        assert!(matches!(performed(&mut port, Op::Send(streamed(&says(answer)))).await, Input::Head(_)));
        let mut end = performed(&mut port, LATER).await;
        // What the library reads together with a mistake it may keep to itself.
        if matches!(&end, Input::Chunk(bytes) if bytes == b"hello") {
            end = performed(&mut port, LATER).await;
        }
        assert_eq!(matches!(end, Input::End), whole, "{answer:?}: {end:?}");
        assert_eq!(phase(&end), (!whole).then_some(Phase::Receiving));
    }
}

#[tokio::test]
async fn framing_is_bounded() {
    const MANY: &str = "00000000000000000000000000000000000000000000000000000000000000000000000000000000";
    for (first, again) in [("0\r\n", "x: y\r\n"), ("0\r\nx: ", MANY), ("", MANY), ("5;x=", MANY), ("", "0;x\r")] {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
        let url = floods(format!("{head}{first}").leak(), again);
        let (mut port, clock) = paced(Files::default());
        clock.set(SOON);
        assert!(matches!(performed(&mut port, Op::Send(streamed(&url))).await, Input::Head(_)));
        clock.set(SHORTLY);
        let mut end = performed(&mut port, LATER).await;
        if matches!(&end, Input::Chunk(bytes) if bytes == b"hello") {
            end = performed(&mut port, LATER).await;
        }
        assert!(matches!(end, Input::Elapsed) || phase(&end) == Some(Phase::Receiving), "{first:?}: {end:?}");
    }
}

#[tokio::test]
async fn a_request_leaves_once_whatever_becomes_of_it() {
    for answer in [
        "",
        "HTTP/1.1 503 No\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 408 Slow\r\nConnection: close\r\n\r\n",
    ] {
        let (heard, hears) = mpsc::channel();
        let url = serve(move |mut connection| {
            heard.send(head(&mut connection)).expect("the test listens");
            connection.write_all(answer.as_bytes()).expect("written");
        });
        ask(&url).await;
        assert_eq!(hears.try_iter().count(), 1, "{answer:?}");
    }
}
