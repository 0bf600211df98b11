//! Downloads that end, break, stall, overflow, and go on.

use super::*;

const SINK: SinkId = SinkId(0);
const STALL: Duration = Duration::from_millis(200);

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn output(folder: &tempfile::TempDir) -> Output {
    Output::new(folder.path().join("out.mp4"))
}

/// A port that may write `output`, in a run that goes on: a file of `may_exist` bytes may be there.
fn resumed(output: &Output, may_exist: Option<u64>) -> HttpPort {
    port(Files { source: None, sink: Some(Sink::resumed(output, may_exist).expect("a sink")) })
}

fn writing(output: &Output) -> HttpPort {
    port(Files { source: None, sink: Some(Sink::new(output).expect("a sink")) })
}

fn save(port: &mut HttpPort, url: &str, from: u64, limit: u64) -> Input {
    assert!(matches!(performed(port, Op::Send(streamed(url))), Input::Head(_)));
    performed(port, Op::Save { sink: SINK, from, limit, stall: SOON })
}

/// The same, where nothing more comes.
fn save_stalled(port: &mut HttpPort, url: &str) -> Input {
    assert!(matches!(performed(port, Op::Send(streamed(url))), Input::Head(_)));
    performed(port, Op::Save { sink: SINK, from: 0, limit: 9, stall: STALL })
}

fn measured(port: &mut HttpPort) -> (u64, Option<u64>) {
    let input = performed(port, Op::Measure(SINK));
    let Input::Measured { part, output } = input else { panic!("{input:?}") };
    (part, output)
}

fn names(folder: &tempfile::TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path()).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

const PART: &str = ".out.mp4.weixin-video.part";

/// Says the head and one byte of nine, then nothing more.
fn stalls() -> String {
    serve(|mut connection| {
        head(&mut connection);
        connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na").expect("written");
        let _ = connection.read(&mut [0]);
    })
}

#[test]
fn what_is_saved_stands_under_its_name_only_when_published() {
    let folder = folder();
    let output = output(&folder);
    let mut port = writing(&output);
    let saved = save(&mut port, &says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), 0, 5);
    let Input::Saved { bytes: 5, start, .. } = saved else { panic!("{saved:?}") };
    assert_eq!(start, b"hello");
    assert_eq!(names(&folder), [PART]);
    assert!(matches!(performed(&mut port, Op::Publish(SINK)), Input::Published));
    assert_eq!(std::fs::read(&output.path).expect("a file"), b"hello");
    assert_eq!(names(&folder), ["out.mp4"]);
}

#[test]
fn a_download_that_breaks_is_cut_and_leaves_nothing_when_dropped() {
    let folder = folder();
    let output = output(&folder);
    for (url, came) in [
        (says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), 5),
        (says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), 5),
        (says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), 0),
    ] {
        let mut port = writing(&output);
        let cut = save(&mut port, &url, 0, 9);
        assert!(matches!(cut, Input::Cut { bytes, .. } if bytes == came), "{cut:?}");
        drop(port);
        assert_eq!(names(&folder), [""; 0]);
    }
}

#[test]
fn a_download_that_overflows_is_no_file() {
    let folder = folder();
    let url = says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello you");
    let mut port = writing(&output(&folder));
    assert_eq!(phase(&save(&mut port, &url, 0, 8)), Some(Phase::Sink));
    assert_eq!(names(&folder), [""; 0]);
}

#[test]
fn a_download_that_stalls_is_cut_and_leaves_nothing_when_dropped() {
    let folder = folder();
    let cut = save_stalled(&mut writing(&output(&folder)), &stalls());
    assert!(matches!(cut, Input::Cut { bytes: 1, .. }), "{cut:?}");
    assert_eq!(names(&folder), [""; 0]);
}

#[test]
fn framing_that_trickles_is_a_stall() {
    let url = serve(|mut connection| {
        head(&mut connection);
        let _ = connection.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
        while connection.write_all(b"0").is_ok() {
            std::thread::sleep(STALL / 4);
        }
    });
    let folder = folder();
    let cut = save_stalled(&mut writing(&output(&folder)), &url);
    assert!(matches!(cut, Input::Cut { bytes: 1, .. }), "{cut:?}");
}

#[test]
fn a_cut_download_goes_on_byte_by_byte() {
    let broken = says("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello, w");
    let rest = says("HTTP/1.1 206 Partial Content\r\nContent-Length: 7\r\n\r\n, world");
    for same_run in [true, false] {
        let folder = folder();
        let output = if same_run { output(&folder) } else { output(&folder).keeping_part() };
        let mut port = writing(&output);
        let cut = save(&mut port, &broken, 0, 12);
        assert!(matches!(cut, Input::Cut { bytes: 8, .. }), "{cut:?}");
        if !same_run {
            drop(port);
            port = writing(&output);
        }
        assert_eq!(measured(&mut port), (8, None));
        let saved = save(&mut port, &rest, 5, 12);
        let Input::Saved { bytes: 12, start, .. } = saved else { panic!("{saved:?}") };
        assert_eq!(start, b"hello, world");
        assert!(matches!(performed(&mut port, Op::Publish(SINK)), Input::Published));
        assert_eq!(std::fs::read(&output.path).expect("a file"), b"hello, world");
    }
}

#[test]
fn the_limit_and_the_progress_are_those_of_the_whole_file() {
    let folder = folder();
    let output = output(&folder).keeping_part();
    save(&mut writing(&output), &says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), 0, 9);
    let rest = says("HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\n\r\n you");
    let mut port = writing(&output);
    assert!(matches!(performed(&mut port, Op::Send(streamed(&rest))), Input::Head(_)));
    let mut moved = Vec::new();
    let mut observer = |event| {
        if let Event::Moved { bytes, total, .. } = event {
            moved.push((bytes, total));
        }
    };
    let saved = port.perform(Op::Save { sink: SINK, from: 5, limit: 9, stall: SOON }, &mut observer);
    assert!(matches!(saved, Input::Saved { bytes: 9, .. }), "{saved:?}");
    assert_eq!(moved.last(), Some(&(9, Some(9))));
    assert!(moved.iter().all(|moved| *moved >= (5, Some(9))), "{moved:?}");
    assert_eq!(phase(&save(&mut port, &rest, 5, 8)), Some(Phase::Sink));
}

#[test]
fn a_file_saved_before_a_crash_is_published_by_the_next_run() {
    let folder = folder();
    let output = output(&folder).keeping_part();
    let saved = save(&mut writing(&output), &says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), 0, 5);
    assert!(matches!(saved, Input::Saved { bytes: 5, .. }), "{saved:?}");
    let mut port = resumed(&output, Some(5));
    assert_eq!(measured(&mut port), (5, None));
    assert!(matches!(performed(&mut port, Op::Publish(SINK)), Input::Published));
    assert_eq!(names(&folder), ["out.mp4"]);
    // And once more, as if the crash had come right after that.
    let mut port = resumed(&output, Some(5));
    assert_eq!(measured(&mut port), (0, Some(5)));
    assert_eq!(Sink::resumed(&output, Some(4)).expect_err("another file").phase, Phase::SinkExists);
}

#[test]
fn a_second_run_is_told_that_another_is_writing() {
    let folder = folder();
    let output = output(&folder).keeping_part();
    let url = says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    let mut first = writing(&output);
    save(&mut first, &url, 0, 5);
    let mut second = writing(&output);
    let busy = |input: &Input| matches!(input, Input::Failed(Fault { phase: Phase::Sink, source }) if source.to_string() == "another run is writing it");
    for op in [Op::Measure(SINK), Op::Publish(SINK)] {
        let input = performed(&mut second, op);
        assert!(busy(&input), "{input:?}");
    }
    for from in [0, 5] {
        let input = save(&mut second, &url, from, 10);
        assert!(busy(&input), "{input:?}");
    }
    drop(second);
    assert!(matches!(performed(&mut first, Op::Publish(SINK)), Input::Published));
    assert_eq!(std::fs::read(&output.path).expect("a file"), b"hello");
}

#[cfg(unix)]
#[test]
fn a_symlink_in_place_of_the_part_file_is_not_followed() {
    let folder = folder();
    let (output, victim) = (output(&folder), folder.path().join("victim"));
    std::fs::write(&victim, "precious").expect("written");
    std::os::unix::fs::symlink(&victim, folder.path().join(PART)).expect("a symlink");
    let url = says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    for from in [0, 5] {
        assert_eq!(phase(&save(&mut writing(&output), &url, from, 10)), Some(Phase::Sink));
    }
    for op in [Op::Measure(SINK), Op::Publish(SINK)] {
        assert_eq!(phase(&performed(&mut writing(&output), op)), Some(Phase::Sink));
    }
    assert_eq!(std::fs::read(&victim).expect("a file"), b"precious");
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_told_as_such() {
    if std::env::var_os(RERUN).is_none() {
        return rerun("port::tests::saving::a_full_disk_is_told_as_such", "trap '' XFSZ; ulimit -f 8");
    }
    let url = serve(|mut connection| {
        head(&mut connection);
        let _ = connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n");
        let _ = connection.write_all(&[7; 99_999]);
    });
    let folder = folder();
    for (output, left) in [(output(&folder), 0), (output(&folder).keeping_part(), 1)] {
        assert_eq!(phase(&save(&mut writing(&output), &url, 0, 99_999)), Some(Phase::Sink));
        assert_eq!(names(&folder).len(), left);
    }
}

#[test]
fn what_is_given_up_midway_is_kept_only_if_wanted() {
    let folder = folder();
    for (output, left) in [(output(&folder), 0), (output(&folder).keeping_part(), 1)] {
        let (stop, url) = (Stop::default(), stalls());
        let sink = Sink::new(&output).expect("a sink");
        let mut port = stoppable(Files { source: None, sink: Some(sink) }, &stop);
        assert!(matches!(performed(&mut port, Op::Send(streamed(&url))), Input::Head(_)));
        let mut observer = |_| stop.set();
        let cut = port.perform(Op::Save { sink: SINK, from: 0, limit: 9, stall: SOON }, &mut observer);
        assert!(matches!(cut, Input::Cut { bytes: 1, .. }), "{cut:?}");
        drop(port);
        assert_eq!(names(&folder).len(), left);
    }
    assert_eq!(measured(&mut writing(&output(&folder))), (1, None), "no lock is left, and what came is there");
}
