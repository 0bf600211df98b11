use super::*;
use weixin_video_core::ids::SessionId;

fn order() -> Order {
    Order {
        kind: Kind::Format,
        backend: "https://api.example".into(),
        own_token: false,
        session: None,
        clip: Some(Clip { path: "/clips/a\nb.mp4".into(), bytes: 7, modified_ns: Some(1) }),
        words: "做一个\n视频".into(),
        language: "zh-CN".into(),
        output: Some("/out/a.mp4".into()),
        replace: true,
        goes_to: Some("moments".into()),
        destinations: Some("/a/table.toml".into()),
        made_ms: 5,
    }
}

fn session() -> SessionId {
    SessionId::new("7").expect("an id")
}

/// A whole journal, and where each of its lines ends.
fn text() -> (String, Vec<usize>) {
    let steps = [
        Step::Reached(Checkpoint::Opened { session: session(), words: "w".into() }),
        Step::Reached(Checkpoint::Charging { session: session(), before: Some("{\"t\":[]}".into()), since_ms: 9 }),
        Step::Redirected(Redirected { output: "/else/b.mp4".into(), replace: false }),
        Step::Reached(Checkpoint::Edited { session: session() }),
        Step::Mending { bytes: 77 },
        Step::Failed { code: "no_session".into() },
    ];
    let mut text = first_line(&order());
    let mut ends = vec![text.len()];
    for step in &steps {
        text.push_str(&line(step));
        ends.push(text.len());
    }
    (text, ends)
}

#[test]
fn what_was_written_is_read() {
    let (text, ends) = text();
    assert_eq!(text.lines().count(), ends.len(), "a line each, whatever newlines the words have");
    let journal = read(text.as_bytes()).expect("a journal");
    let order = Order { output: Some("/else/b.mp4".into()), replace: false, ..order() };
    assert_eq!((&journal.order, journal.mended, journal.over), (&order, Some(77), true));
    assert!(matches!(journal.last, Some(Checkpoint::Edited { .. })), "{journal:?}");
    assert_eq!(journal.whole, text.len() as u64);
}

#[test]
fn a_journal_cut_at_any_byte_has_the_lines_before() {
    let (text, ends) = text();
    for at in 0..=text.len() {
        let whole = ends.iter().rev().find(|end| **end <= at).copied();
        match (read(&text.as_bytes()[..at]), whole) {
            (Ok(journal), Some(whole)) => assert_eq!(journal.whole, whole as u64, "cut at {at}"),
            (Err(damage), None) => assert_eq!(damage, Damage::Empty, "cut at {at}"),
            (read, whole) => panic!("cut at {at}: {read:?}, whole lines up to {whole:?}"),
        }
    }
}

#[test]
fn a_tail_that_is_no_json_is_none() {
    let (text, _) = text();
    for tail in ["\0\0\0\0\n", "{\"at\":\"edi\n", "\n", "}\n"] {
        let journal = read(format!("{text}{tail}").as_bytes()).expect("a journal");
        assert_eq!(journal.whole, text.len() as u64, "{tail:?}");
    }
}

#[test]
fn damage_elsewhere_is_told_and_not_passed_over() {
    let (head, done) = (first_line(&order()), line(&Step::Done));
    let unread = |text: String| read(text.as_bytes()).expect_err("damaged");
    assert_eq!(unread(format!("{head}}}{{\n{done}")), Damage::Line(2));
    assert_eq!(unread(format!("{head}{{\"at\":\"teleported\"}}\n")), Damage::Line(2), "JSON, but of another version");
    assert_eq!(unread(format!("{head}{head}")), Damage::Line(2));
    assert_eq!(unread(done), Damage::Line(1));
    assert_eq!(unread(head.replacen(":1,", ":99,", 1)), Damage::Version(99));
    assert_eq!(unread("{\"journal\":1}\n".into()), Damage::Line(1));
    assert_eq!(unread("[".repeat(100_000) + "\n" + "x"), Damage::Line(1));
}

#[test]
fn a_session_that_would_leave_its_place_in_a_url_is_no_session() {
    let text = first_line(&order()) + "{\"at\":\"edited\",\"session\":\"../../admin\"}\n";
    assert_eq!(read(text.as_bytes()).expect_err("damaged"), Damage::Line(2));
}

#[test]
fn a_signed_url_in_a_draft_is_not_written_down() {
    let before = Some(r#"{"src":"https://cdn.example/a.mp4?X-Sig=CANARY"}"#.to_owned());
    let written = line(&Step::Reached(Checkpoint::Charging { session: session(), before, since_ms: 1 }));
    assert!(!written.contains("CANARY"), "{written}");
}

#[cfg(unix)]
#[test]
fn a_path_that_is_no_text_comes_back() {
    use std::os::unix::ffi::OsStringExt as _;
    let path: std::path::PathBuf = std::ffi::OsString::from_vec(b"/a\xff.mp4".to_vec()).into();
    let order = Order { output: Some(path.clone()), ..order() };
    assert_eq!(read(first_line(&order).as_bytes()).expect("a journal").order.output, Some(path));
}
