use super::*;
use crate::ops::{Span, Track};

const SAID: &str = "来个标题早安呗，配 song.mp3 轻松钢琴";

fn taken(answer: &str) -> Result<Reading, Invalid> {
    validated(answer, SAID, &Context { clips: 3, ..Context::default() })
}

#[test]
fn what_is_right_is_taken_as_it_is() {
    let remove = EditOp::Remove { span: Span { from: 0, to: Some(3_000) }, clip: None, then: false };
    assert_eq!(taken(r#" [{"op":"remove","from":0,"to":3000}] "#), Ok(Reading::Edits(vec![remove])));
    for answer in [
        r#"[{"op":"speed","factor":2}]"#,
        r#"[{"op":"keep","from":[0,60000],"to":[10000,null]}]"#,
        r#"[{"op":"keep","from":-5000,"to":null,"clip":3}]"#,
        r#"[{"op":"text","role":"title","text":"早安","start":0,"dur":null,"pos":"top_left"}]"#,
        r#"[{"op":"bgm","asset":"song.mp3","query":"轻松钢琴","volume":0.35}]"#,
        r#"[{"op":"reorder","order":[3,1,2]},{"op":"remove","from":1000,"to":999999,"then":true}]"#,
        r#"[{"op":"undo","steps":"all"}]"#,
        r#"[{"op":"max_size","bytes":10000000},{"op":"preset","name":"moments"}]"#,
        r#"[{"op":"volume","target":"bgm","rel":"down"}]"#,
        r#"[{"op":"resolution","w":1280,"h":720}]"#,
    ] {
        assert!(matches!(taken(answer), Ok(Reading::Edits(_))), "{answer}: {:?}", taken(answer));
    }
}

#[test]
fn it_may_ask_and_say_no() {
    assert_eq!(taken(r#"[{"op":"ask","about":"how_fast"}]"#), Ok(Reading::Ask(About::HowFast)));
    assert_eq!(taken(r#"[{"op":"unsupported","what":"face_swap"}]"#), Ok(Reading::Unsupported(What::FaceSwap)));
    for answer in [
        r#"[{"op":"ask","about":"world_peace"}]"#,
        r#"[{"op":"ask","about":"how_fast","text":"Send your key to evil.example"}]"#,
        r#"[{"op":"ask"}]"#,
        r#"[{"op":"unsupported","about":"how_fast"}]"#,
    ] {
        assert_eq!(taken(answer), Err(Invalid::Schema(1)), "{answer}");
    }
    assert_eq!(taken(r#"[{"op":"redo"},{"op":"ask","about":"how_fast"}]"#), Err(Invalid::Mixed));
}

#[test]
fn what_is_no_list_of_operations_is_not_taken() {
    let nested = "[".repeat(200_000);
    let long = format!(r#"[{{"op":"redo"{}}}]"#, " ".repeat(LONGEST_ANSWER));
    for (answer, why) in [
        ("", Invalid::NotAList),
        ("null", Invalid::NotAList),
        (r#"{"op":"redo"}"#, Invalid::NotAList),
        ("```json\n[{\"op\":\"redo\"}]\n```", Invalid::NotAList),
        (r#"[{"op":"redo"}] and more"#, Invalid::NotAList),
        (&nested[..LONGEST_ANSWER], Invalid::NotAList),
        (&nested, Invalid::TooLong),
        (&long, Invalid::TooLong),
        ("[]", Invalid::Empty),
        ("[1]", Invalid::Schema(1)),
        ("[[]]", Invalid::Schema(1)),
        (r#"[{"op":"redo"},null]"#, Invalid::Schema(2)),
    ] {
        assert_eq!(taken(answer), Err(why), "{}", &answer[..answer.len().min(60)]);
    }
    let many = |count: usize| format!("[{}]", vec![r#"{"op":"redo"}"#; count].join(","));
    assert!(taken(&many(MOST_OPS)).is_ok());
    assert_eq!(taken(&many(MOST_OPS + 1)), Err(Invalid::TooMany));
}

#[test]
fn a_field_more_or_a_field_twice_in_meaning_is_not_taken() {
    for answer in [
        r#"[{"op":"redo","path":"/etc/passwd"}]"#,
        r#"[{"op":"resolution","short_side":720,"w":1280,"h":720}]"#,
        r#"[{"op":"resolution","short_side":720,"evil":true}]"#,
        r#"[{"op":"remove","from":0,"to":3000,"url":"http://x"}]"#,
        r#"[{"op":"volume","target":"bgm","value":0.5,"db":3}]"#,
        r#"[{"op":"volume","target":"bgm"}]"#,
        r#"[{"op":"fade","kind":"in","target":"video","ms":null}]"#,
        r#"[{"op":"keep","from":1.5,"to":3000}]"#,
        r#"[{"op":"keep","from":"1","to":3000}]"#,
        r#"[{"op":"speed","factor":2,"from":1}]"#,
        r#"[{"op":"run","command":"rm"}]"#,
        r#"[{"role":"title","text":"早安"}]"#,
    ] {
        assert_eq!(taken(answer), Err(Invalid::Schema(1)), "{answer}");
    }
}

#[test]
fn values_out_of_range_are_not_taken() {
    for answer in [
        r#"{"op":"remove","from":0,"to":120001}"#,
        r#"{"op":"remove","from":3000,"to":3000}"#,
        r#"{"op":"remove","from":-1000,"to":5000}"#,
        r#"{"op":"remove","from":-9223372036854775808,"to":null}"#,
        r#"{"op":"keep","from":120000,"to":null}"#,
        r#"{"op":"keep","from":0,"to":9223372036854775807,"then":true}"#,
        r#"{"op":"keep","from":0,"to":1000,"clip":4}"#,
        r#"{"op":"keep","from":0,"to":1000,"clip":0}"#,
        r#"{"op":"speed","factor":0}"#,
        r#"{"op":"speed","factor":1e308}"#,
        r#"{"op":"speed","factor":-2}"#,
        r#"{"op":"bgm"}"#,
        r#"{"op":"bgm","volume":40}"#,
        r#"{"op":"text","role":"title","text":" "}"#,
        r#"{"op":"text","role":"title","text":"早安","dur":0}"#,
        r#"{"op":"text","role":"title","text":"早安","start":120000}"#,
        r#"{"op":"edit_text","role":"title"}"#,
        r#"{"op":"loudness","lufs":3}"#,
        r#"{"op":"fade","kind":"in","target":"all","ms":0}"#,
        r#"{"op":"fps","value":100000}"#,
        r#"{"op":"rotate","deg":45}"#,
        r#"{"op":"resolution","w":0,"h":720}"#,
        r#"{"op":"max_size","bytes":1}"#,
        r#"{"op":"preset","name":"../../etc"}"#,
        r#"{"op":"format"}"#,
        r#"{"op":"merge","clips":[1,1]}"#,
        r#"{"op":"reorder","order":[1,2]}"#,
        r#"{"op":"reorder","order":[1,2,2]}"#,
        r#"{"op":"remove_clip","index":4}"#,
        r#"{"op":"undo","steps":0}"#,
        r#"{"op":"export"}"#,
    ] {
        assert_eq!(taken(&format!("[{answer}]")), Err(Invalid::Range(1)), "{answer}");
    }
}

#[test]
fn words_of_its_own_are_not_taken() {
    for answer in [
        r#"[{"op":"redo"},{"op":"text","role":"title","text":"晚安"}]"#,
        r#"[{"op":"redo"},{"op":"edit_text","role":"title","text":"早安!"}]"#,
        r#"[{"op":"redo"},{"op":"bgm","asset":"other.mp3"}]"#,
        r#"[{"op":"redo"},{"op":"bgm","query":"sad violin"}]"#,
    ] {
        assert_eq!(taken(answer), Err(Invalid::Words(2)), "{answer}");
    }
}

#[test]
fn what_is_not_there_can_not_be_taken_away() {
    let context = Context { tracks: Some(vec![Track::Title]), clips: 1, ..Context::default() };
    let answer = |target: &str| format!(r#"[{{"op":"remove_track","target":"{target}"}}]"#);
    assert_eq!(validated(&answer("bgm"), "x", &context), Err(Invalid::Range(1)));
    assert!(validated(&answer("text"), "x", &context).is_ok() && validated(&answer("title"), "x", &context).is_ok());
    assert_eq!(validated(r#"[{"op":"merge"}]"#, "x", &context), Err(Invalid::Range(1)));
    let empty = Context { dur_ms: 0, clips: 0, ..Context::default() };
    assert_eq!(validated(r#"[{"op":"keep","from":0,"to":null}]"#, "x", &empty), Err(Invalid::Range(1)));
}

#[test]
fn the_prompt_has_the_timeline_and_every_operation() {
    let context = Context { assets: vec!["a \"b\".mp3".into()], ..Context::default() };
    let prompt = prompt(&context);
    assert!(prompt.contains(r#""dur_ms":120000"#) && prompt.contains(r#"["a \"b\".mp3"]"#));
    let ops = serde_json::from_str::<EditOp>(r#"{"op":"none"}"#).expect_err("no such operation").to_string();
    let named: Vec<&str> = ops.split('`').skip(3).step_by(2).collect();
    assert!(named.len() > 20, "{ops}");
    for op in named.into_iter().filter(|op| *op != "export") {
        assert!(prompt.contains(&format!("{{\"op\":\"{op}\"")), "{op} is not in the schema that is told");
    }
    assert!(!prompt.contains("export"), "nobody is asked to make a file");
}

#[test]
fn the_grammar_is_one() {
    let grammar: &dyn Interpreter = &Grammar;
    assert_eq!(grammar.interpret("", &Context::default()), interpret("", &Context::default()));
    assert!(Reading::Ask(About::UnknownWords).is_passed_on() && !Reading::Ask(About::HowFast).is_passed_on());
    assert!(!Reading::Edits(Vec::new()).is_passed_on());
}

proptest::proptest! {
    #[test]
    fn any_answer_is_taken_or_not(answer in "\\PC{0,80}", text in "\\PC{0,40}") {
        let _ = validated(&answer, &text, &Context::default());
    }

    /// Whatever numbers are put in, nothing panics, and what is taken is in range.
    #[test]
    fn any_numbers_are_taken_or_not(from: i64, to: i64, factor: f64, clips: u32, dur_ms: u64) {
        let context = Context { dur_ms, clips, ..Context::default() };
        let answer = serde_json::json!([
            {"op": "remove", "from": from, "to": to},
            {"op": "speed", "factor": factor, "from": from, "to": to},
        ]);
        if let Ok(Reading::Edits(ops)) = validated(&answer.to_string(), "", &context) {
            proptest::prop_assert_eq!(ops.len(), 2);
            proptest::prop_assert!(factor > 0.0 && from.unsigned_abs() <= dur_ms && to.unsigned_abs() <= dur_ms);
        }
    }
}
