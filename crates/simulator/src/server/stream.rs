//! A run as bytes: two dialects, three spellings of lines, four kinds of heartbeat, cut anywhere.

use std::time::Duration;

use super::agent::{Line, Run};
use super::answer::{End, Flow, HOSTILE};
use crate::fate::Fate;
use crate::fault::Fault;

/// How a server writes its stream.
#[derive(Clone, Copy)]
struct Style {
    dialect: Dialect,
    line_end: &'static str,
    colon: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Flat,
    Camel,
    Snake,
}

const BREAKS: [Fault; 6] =
    [Fault::ChatCutAtByte, Fault::ChatCutAtEvent, Fault::ChatEndsEarly, Fault::ChatStalls, Fault::Trickle, Fault::Lump];

/// The stream of a run that begins at `at`.
pub(crate) fn flow(fate: &mut Fate, run: &Run, at: Duration) -> Flow {
    let style = Style {
        dialect: fate.of(&[Dialect::Flat, Dialect::Camel, Dialect::Snake]),
        line_end: fate.of(&["\n", "\r\n", "\r"]),
        colon: fate.of(&[": ", ":"]),
    };
    let mut pieces = Vec::with_capacity(run.lines.len());
    let mut now = at;
    for (gap, line) in &run.lines {
        now += *gap;
        pieces.push((now, event(fate, style, *line)));
    }
    let flow = Flow { pieces, ends_at: now + Duration::from_millis(100), ..Flow::default() };
    match fate.strikes(&BREAKS) {
        Some(fault) => broken(fate, flow, fault),
        None => chopped(fate, flow),
    }
}

/// Chunks do not care about events.
fn chopped(fate: &mut Fate, mut flow: Flow) -> Flow {
    if flow.pieces.is_empty() || !fate.odds(3_000) {
        return flow;
    }
    let place = fate.below(u32::try_from(flow.pieces.len()).unwrap_or(1)) as usize;
    let (at, bytes) = &mut flow.pieces[place];
    let cut = fate.below(u32::try_from(bytes.len()).unwrap_or(1).max(1)) as usize;
    let rest = bytes.split_off(cut);
    let at = *at;
    flow.pieces.insert(place + 1, (at, rest));
    flow
}

fn broken(fate: &mut Fate, mut flow: Flow, fault: Fault) -> Flow {
    let count = u32::try_from(flow.pieces.len()).unwrap_or(1);
    match fault {
        Fault::Trickle => return Flow { pieces: flow.pieces.into_iter().flat_map(bytes).collect(), ..flow },
        Fault::Lump => {
            let all = flow.pieces.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
            return Flow { pieces: vec![(flow.ends_at, all)], ..flow };
        }
        _ => {}
    }
    flow.pieces.truncate(fate.below(count + 1) as usize);

    let within = matches!(fault, Fault::ChatCutAtByte | Fault::ChatEndsEarly);
    if let (true, Some((_, last))) = (within, flow.pieces.last_mut()) {
        let length = u32::try_from(last.len()).unwrap_or(1).max(1);
        last.truncate(fate.below(length) as usize);
        // Of a heartbeat nothing is missed; of a line that lacks its end anything may be.
        let is_line = last.starts_with(b"data") && last.len() > 30 && last.len() + 4 < length as usize;
        flow.is_torn = fault == Fault::ChatEndsEarly && is_line;
    }
    flow.ends_at = flow.pieces.last().map_or(flow.ends_at, |(at, _)| *at) + Duration::from_millis(5);
    flow.end = match fault {
        Fault::ChatStalls => End::Silent,
        Fault::ChatEndsEarly => End::Whole,
        _ => End::Broken,
    };
    flow
}

fn bytes((at, piece): (Duration, Vec<u8>)) -> impl Iterator<Item = (Duration, Vec<u8>)> {
    let few = 1 + piece.len() / 200;
    let pieces: Vec<Vec<u8>> = piece.chunks(few).map(<[u8]>::to_vec).collect();
    pieces.into_iter().map(move |piece| (at, piece))
}

fn event(fate: &mut Fate, style: Style, line: Line) -> Vec<u8> {
    let Style { line_end, colon, .. } = style;
    if line == Line::Heartbeat {
        return match fate.below(4) {
            0 => format!("data{colon}{{\"type\":\"heartbeat\"}}{line_end}{line_end}"),
            1 => format!("data:{line_end}{line_end}"),
            2 => format!(": ping{line_end}{line_end}"),
            _ => format!("event{colon}heartbeat{line_end}data{colon}{{}}{line_end}{line_end}"),
        }
        .into_bytes();
    }
    if line == Line::Garbage {
        return fate
            .of(&[&b"data: \xff\xfe{\n\n"[..], b"\0\0\n\n", b"data: [1,\n\n", b"nonsense\n\ndata: 5\n\n"])
            .to_vec();
    }
    let data = match style.dialect {
        Dialect::Flat => flat(fate, line),
        Dialect::Camel | Dialect::Snake => adk(style.dialect, line),
    };
    let id = if fate.odds(1_000) { format!("id{colon}7{line_end}") } else { String::new() };
    format!("{id}data{colon}{data}{line_end}{line_end}").into_bytes()
}

fn flat(fate: &mut Fate, line: Line) -> String {
    match line {
        Line::Text(text) => format!(r#"{{"type":"text","content":"{text}"}}"#),
        Line::Delta(text) => format!(r#"{{"type":"chunk","text":"{text}"}}"#),
        Line::Thought => r#"{"type":"thinking_chunk","content":"hm"}"#.into(),
        Line::Call => {
            let kind = fate.of(&["tool_call", "tool_start", "toolcall_start"]);
            let key = fate.of(&["tool", "tool_name", "name"]);
            format!(r#"{{"type":"{kind}","{key}":"add_title"}}"#)
        }
        Line::Result => {
            let kind = fate.of(&["tool_result", "tool_end", "toolcall_end"]);
            format!(r#"{{"type":"{kind}","name":"add_title","result":{{"status":"success"}}}}"#)
        }
        Line::Status => fate.of(&[r#"{"type":"status","message":"thinking"}"#, r#"{"type":"warming_up"}"#]).into(),
        Line::Error => r#"{"type":"error","message":"quota"}"#.into(),
        _ => either(line),
    }
}

fn adk(dialect: Dialect, line: Line) -> String {
    let camel = dialect == Dialect::Camel;
    let spelled = |camel_case: &'static str, snake_case: &'static str| if camel { camel_case } else { snake_case };
    let parts = |parts: &str, more: &str| {
        format!(r#"{{"author":"nemo_agent","content":{{"role":"model","parts":[{parts}]}}{more}}}"#)
    };
    match line {
        Line::Text(text) => parts(&format!(r#"{{"text":"{text}"}}"#), ""),
        Line::Delta(text) => parts(&format!(r#"{{"text":"{text}"}}"#), r#","partial":true"#),
        Line::Thought => parts(r#"{"text":"hm","thought":true}"#, ""),
        Line::Call => {
            let call = spelled("functionCall", "function_call");
            parts(&format!(r#"{{"{call}":{{"name":"add_title","args":{{"x":1e400}}}}}}"#), "")
        }
        Line::Result => {
            let result = spelled("functionResponse", "function_response");
            parts(&format!(r#"{{"{result}":{{"name":"add_title","response":{{"status":"success"}}}}}}"#), "")
        }
        Line::Error => {
            let (code, words) = (spelled("errorCode", "error_code"), spelled("errorMessage", "error_message"));
            format!(r#"{{"author":"nemo_agent","{code}":"INTERNAL","{words}":"quota"}}"#)
        }
        Line::NoContent => {
            let code = spelled("errorCode", "error_code");
            format!(r#"{{"author":"nemo_agent","{code}":"MODEL_RETURNED_NO_CONTENT"}}"#)
        }
        Line::OutOfTokens => {
            let reason = spelled("finishReason", "finish_reason");
            parts(r#"{"text":"The title was ad"}"#, &format!(r#","{reason}":"MAX_TOKENS""#))
        }
        Line::Status => r#"{"author":"nemo_agent","content":null,"actions":{"stateDelta":{}}}"#.into(),
        Line::Done => r#"{"author":"nemo_agent","content":{"role":"model","parts":[]},"turnComplete":true}"#.into(),
        _ => either(line),
    }
}

/// What both dialects write the same.
fn either(line: Line) -> String {
    match line {
        Line::Ask => concat!(
            r#"{"type":"ask_question","questions":[{"id":"q1","prompt":"Which song?","#,
            r#""options":[{"id":"a","label":"Lo-fi"},{"id":"b","label":"Rock"}]}]}"#
        )
        .into(),
        Line::BrokenError => r#"{"error": "Tool 'x' said "no" to it"}"#.into(),
        Line::NoContent => r#"{"errorCode":"STOP"}"#.into(),
        Line::OutOfTokens => r#"{"type":"text","content":"The title was ad","finishReason":"MAX_TOKENS"}"#.into(),
        Line::Hostile => format!(r#"{{"type":"text","content":"{HOSTILE}"}}"#),
        Line::Deep => format!(r#"{{"type":"text","content":"x","y":{}1{}}}"#, "[".repeat(1_000), "]".repeat(1_000)),
        Line::Giant => format!(r#"{{"type":"text","content":"{}"}}"#, "x".repeat(9 << 20)),
        _ => r#"{"type":"done"}"#.into(),
    }
}
