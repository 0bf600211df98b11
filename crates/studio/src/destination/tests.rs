use super::*;

fn built_in() -> &'static Destinations {
    Destinations::built_in()
}

#[test]
fn the_table_has_every_place() {
    let ids: Vec<&str> = built_in().iter().map(|destination| destination.id.as_str()).collect();
    let expected = [
        "chat",
        "chat-hd",
        "file",
        "moments",
        "channels",
        "article",
        "service",
        "wecom",
        "wecom-moments",
        "wecom-url",
        "store",
        "mini-program",
    ];
    assert_eq!(ids, expected);
}

#[test]
fn every_value_says_where_it_is_from() {
    let mut values = 0;
    for destination in built_in().iter() {
        let mut copy = destination.clone();
        for (name, origin) in read::origins(&mut copy) {
            // Keys of the table have become the words that stand for them.
            assert!(origin.source.contains(' '), "{}.{name}: {:?}", destination.id, origin.source);
            assert!(origin.date.starts_with("20"), "{}.{name}: {:?}", destination.id, origin.date);
            values += 1;
        }
        assert!(destination.limits.containers.is_some(), "{}", destination.id);
    }
    assert!(values > 300, "{values}");
}

#[test]
fn the_bounds_are_those_that_are_known() {
    let bounds = |id: &str| {
        let caps = built_in().get(id).unwrap().caps();
        (caps.bytes, caps.seconds, caps.short_side, caps.frame_rate, caps.level)
    };
    assert_eq!(bounds("chat"), (Some(26_214_400), Some(300), Some(540), Some(30), Some(40)));
    assert_eq!(bounds("chat-hd"), (Some(26_214_400), Some(300), Some(720), Some(30), Some(40)));
    assert_eq!(bounds("file"), (Some(200_000_000), None, None, None, Some(52)));
    assert_eq!(bounds("moments"), (Some(26_214_400), Some(30), Some(1080), Some(30), Some(40)));
    assert_eq!(bounds("channels"), (Some(20_000_000_000), Some(28_800), Some(1080), Some(60), Some(42)));
    for id in ["article", "service", "wecom"] {
        assert_eq!(bounds(id), (Some(10_000_000), None, Some(1080), Some(30), Some(40)), "{id}");
    }
    assert_eq!(bounds("wecom-moments").1, Some(30));
    assert_eq!(bounds("wecom-url").0, Some(200_000_000));
    assert_eq!(bounds("store").0, Some(30_000_000));
    assert_eq!(bounds("mini-program").0, None);
    assert_eq!(built_in().get("chat").unwrap().caps().bit_rate, Some(1_000_000));
    assert_eq!(built_in().get("channels").unwrap().caps().bit_rate, Some(10_000_000));
}

#[test]
fn a_bit_rate_bounds_the_bytes_of_a_length() {
    let caps = |id: &str| built_in().get(id).unwrap().caps();
    assert_eq!(caps("chat").bytes_within(20_000), Some(2_500_000));
    assert_eq!(caps("chat").bytes_within(300_000), Some(26_214_400));
    assert_eq!(caps("article").bytes_within(20_000), Some(10_000_000));
    assert_eq!(caps("mini-program").bytes_within(u64::MAX), None);
    assert_eq!(caps("channels").bytes_within(u64::MAX), Some(20_000_000_000));
}

proptest::proptest! {
    #[test]
    fn any_table_and_any_words_are_answered(table in ".{0,200}", words in ".{0,60}") {
        if let Err(error) = Destinations::laid_over(&table) {
            proptest::prop_assert!(error.to_string().chars().count() < 300);
        }
        let _ = built_in().find(&words);
    }
}

#[test]
fn a_table_of_ones_own_changes_what_it_says_and_no_more() {
    let table = r#"
        sources.me = "seen with my own eyes"
        [[destination]]
        id = "chat"
        limits.bytes = { is = 99, source = "me", date = "2026", confidence = "B" }
        gate.short_side = { is = 720, source = "me", date = "2026", confidence = "B" }
        [[destination]]
        id = "elsewhere"
        form = "wechat"
        title = "another place"
        title_zh = "别处"
        words = ["Elsewhere", "别处"]
        does = { is = "unknown", source = "me", date = "2026-11-26", confidence = "C" }
        misfit = { is = "unknown", source = "me", date = "2026-11-26", confidence = "C" }
    "#;
    let mixed = Destinations::laid_over(table).unwrap();
    let chat = mixed.get("chat").unwrap();
    assert_eq!((chat.caps().bytes, chat.caps().short_side), (Some(99), Some(720)));
    assert_eq!((chat.caps().seconds, chat.caps().bit_rate), (Some(300), Some(1_000_000)));
    assert_eq!(chat.limits.bytes.as_ref().unwrap().source, "seen with my own eyes");
    assert_eq!(mixed.find("ELSEWHERE").unwrap().caps().short_side, Some(1080));
    assert_eq!(mixed.iter().count(), built_in().iter().count() + 1);
    assert_eq!(Destinations::laid_over("").as_ref(), Ok(built_in()));
}

#[test]
fn what_is_wrong_with_a_table_is_told() {
    let value = r#"is = 9, source = "own", date = "2026", confidence = "A""#;
    let cases = [
        ("destination = 5".to_owned(), Some(1), "invalid type"),
        ("\n\n[[destination]\n".to_owned(), Some(3), ""),
        (format!("[[destination]]\nid = \"chat\"\nlimits.byts = {{ {value} }}"), Some(3), "unknown field"),
        ("[[destination]]\nid = \"chat\"\nlimits.bytes = 9".to_owned(), Some(3), ""),
        ("[[destination]]\nid = \"chat\"\nlimits.bytes = { is = 9 }".to_owned(), Some(3), "missing field"),
        ("[[destination]]\nid = \"new\"".to_owned(), None, "new has no title"),
        ("[[destination]]\nid = \"../x\"".to_owned(), None, "is no id"),
        ("[[destination]]\nid = \"chat\"\nform = \"none\"".to_owned(), None, "form called"),
        ("[[destination]]\nid = \"chat\"\nwords = [\"朋友圈\"]".to_owned(), None, "stands for both"),
        ("[[destination]]\nid = \"chat\"\nwords = [\"a\\nb\\u001b\"]".to_owned(), None, "chat.words"),
        (
            format!("[[destination]]\nid = \"chat\"\nlimits.bytes = {{ {} }}", value.replace("2026", "now")),
            None,
            "date",
        ),
        (format!("[[destination]]\nid = \"chat\"\nlimits.bytes = {{ {} }}", value.replace("own", "?")), None, "source"),
        (format!("[[destination]]\nid = \"chat\"\nlimits.bytes = {{ {} }}", value.replace('9', "0")), None, "zero"),
        ("#".repeat(LONGEST_FILE + 1), None, "longer than"),
    ];
    for (table, line, why) in cases {
        let error = Destinations::laid_over(&table).unwrap_err();
        assert_eq!(error.line(), line, "{error}");
        assert!(error.to_string().contains(why), "{error}");
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
    }
}

#[test]
fn what_is_mended_keeps_to_the_limits_and_may_be_above_a_gate() {
    let freed = Destinations::built_in().without_gates();
    let caps = |table: &Destinations| table.get("chat").expect("it is built in").caps();
    assert_eq!((caps(Destinations::built_in()).short_side, caps(&freed).short_side), (Some(540), Some(1080)));
    assert_eq!(caps(&freed).bytes, Some(26_214_400));
}
