//! Stand-ins for a program that writes down speech: one that does, and all that don't.

use std::os::unix::fs::PermissionsExt;

use super::*;

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("speech")).unwrap();
        fs::write(folder.path().join("speech/speech.wav"), "RIFF").unwrap();
        Self { folder }
    }

    /// A script that is given the sound, the file to write and the language.
    fn says(&self, script: &str) -> Result<Vec<Cue>, Error> {
        self.says_within(script, &Control::new().limit(Duration::from_secs(30)))
    }

    fn says_within(&self, script: &str, control: &Control) -> Result<Vec<Cue>, Error> {
        let wav = self.folder.path().join("speech/speech.wav");
        self.transcriber(script).hear(&wav, Duration::from_secs(1), control)
    }

    fn transcriber(&self, script: &str) -> Transcriber {
        let program = self.folder.path().join("my transcriber");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let line = format!("'{}' -f={{wav}} {{srt}} {{language}} {{folder}} 'a b'", program.display());
        Transcriber::parse(&line).unwrap().language("zh")
    }
}

fn why(result: Result<Vec<Cue>, Error>) -> String {
    let error = result.unwrap_err();
    let Error::Speech { why } = error else { panic!("{error}") };
    why
}

const SRT: &str = "1\\n00:00:00,100 --> 00:00:00,900\\n早安\\n";

#[test]
fn what_it_writes_is_what_was_said() {
    let desk = Desk::new();
    let script = format!("[ -f \"${{1#-f=}}\" ] && [ \"$3 $5\" = 'zh a b' ] && printf '{SRT}' > \"$2\"");
    let cue = Cue { from_ms: 100, to_ms: 900, text: "早安".to_owned() };
    assert_eq!(desk.says(&script), Ok(vec![cue.clone()]));
    // As whisper.cpp names it when it is told `-of {srt}`, and when it is told nothing.
    for name in ["$2.srt", "${1#-f=}.srt", "$4/other.SRT"] {
        let desk = Desk::new();
        assert_eq!(desk.says(&format!("printf '{SRT}' > \"{name}\"")), Ok(vec![cue.clone()]), "{name}");
    }
    assert_eq!(Desk::new().says(": > \"$2\""), Ok(vec![]));
}

#[test]
fn whatever_goes_wrong_is_said_in_a_line() {
    assert_eq!(why(Desk::new().says("true")), "it wrote no SRT file");
    assert_eq!(
        why(Desk::new().says("echo '{not srt}' > \"$2\"")).split(": ").next(),
        Some("what it wrote can't be read")
    );
    assert_eq!(
        why(Desk::new().says("echo start >&2; echo \"no model in $4/x\" >&2; exit 3")),
        "it ended with 3: no model in /x"
    );
    assert_eq!(why(Desk::new().says("kill -9 $$")), "it was ended by signal 9");
    assert_eq!(why(Desk::new().says("ln -s /etc/passwd \"$2\"")), "it wrote no SRT file");
    let long = why(Desk::new().says("head -c 5000 /dev/zero | tr '\\0' x >&2; exit 1"));
    assert!(long.chars().count() <= 301, "{long}");
    let nowhere = Transcriber::parse("/nowhere/whisper {wav}").unwrap();
    assert_eq!(why(nowhere.hear(Path::new("x.wav"), Duration::ZERO, &Control::new())), "there is no program whisper");
}

#[test]
fn one_that_hangs_or_fills_the_disk_is_stopped() {
    let desk = Desk::new();
    let short = Control::new().limit(Duration::from_millis(300));
    assert_eq!(why(desk.says_within("sleep 600", &short)), "it was stopped after 0 s");
    assert_eq!(why(desk.says("head -c 100000000 /dev/zero > \"$4/model.tmp\"; sleep 600")), "it wrote more than 64 MB");
    assert_eq!(
        why(desk.says("rm \"$4\"/*; head -c 6000000 /dev/zero | tr '\\0' x > \"$2\"")),
        "what it wrote can't be read: subtitles take at most 5 MB"
    );
}

#[test]
fn it_ends_with_whoever_asked_for_it() {
    let desk = Desk::new();
    let control = Control::new();
    let started = desk.folder.path().join("started");
    let (theirs, seen) = (control.clone(), started.clone());
    let canceller = thread::spawn(move || {
        while !seen.exists() {
            thread::yield_now();
        }
        theirs.cancel();
    });
    let script = format!("touch '{}'; sleep 600", started.display());
    assert_eq!(desk.says_within(&script, &control), Err(Error::Cancelled));
    canceller.join().unwrap();
}

#[test]
fn a_line_is_read_as_words_and_no_shell_sees_it() {
    let words = |line: &str| line::words(line).unwrap();
    assert_eq!(words("a  'b c' d\"e f\"g '' \\$h\\ i"), ["a", "b c", "de fg", "", "$h i"]);
    assert_eq!(words("x '$(rm -rf /)' \"a\\\"b\" 'a\\b'"), ["x", "$(rm -rf /)", "a\"b", "a\\b"]);
    assert_eq!(line::words("a 'b"), None);
    assert_eq!(line::words("a \\"), None);
    let error = |line: &str| Transcriber::parse(line).unwrap_err();
    assert_eq!(error("  "), TranscriberError::Empty);
    assert_eq!(error("x {wav"), TranscriberError::NoSound);
    assert_eq!(error("x {wav} {model}"), TranscriberError::Unknown("model".to_owned()));
    let kept = line::filled("{}{A}{wav}{{wav}}", |name| format!("<{name}>"));
    assert_eq!(kept, "{}{A}<wav>{<wav>}");
}
