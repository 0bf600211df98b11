//! Section "Envelopes".

use weixin_video_core::api::{Credits, Endpoint, ReadCredits};
use weixin_video_core::call::Reply;
use weixin_video_core::error::{Error, Row, What};

use crate::wire::*;

fn credits(status: u16, body: &str) -> Result<Credits, Error> {
    ReadCredits.reply(&Reply::new(status, body))
}

#[track_caller]
fn opens(body: &str) {
    assert_eq!(credits(200, body).expect(body).available, 7.0, "{body}");
}

/// The server's words, when it said no.
#[track_caller]
fn words(status: u16, body: &str) -> String {
    let error = credits(status, body).expect_err(body);
    let What::Refused(refusal) = error.what() else { panic!("{body} is a refusal, not {error}") };
    refusal.message.clone()
}

#[test]
fn code_is_zero_as_a_number_or_a_string() {
    for body in [
        r#"{"code":0,"message":"ok","data":{"available":7}}"#,
        r#"{"code":"0","data":{"available":7}}"#,
        r#"{"data":{"available":7},"code":0}"#,
        r#"{"code":0,"success":true,"data":{"available":"7"}}"#,
        r#"{"code":null,"data":{"available":7}}"#,
    ] {
        opens(body);
    }
}

#[test]
fn success_is_a_flag() {
    opens(r#"{"success":true,"data":{"available":7}}"#);
    opens(r#"{"success":true,"error":null,"data":{"available":7}}"#);
    assert_eq!(words(200, r#"{"success":false,"error":"no luck"}"#), "no luck");
    assert_eq!(words(200, r#"{"success":false,"error":"no luck","data":{"available":7}}"#), "no luck");
    assert_eq!(words(200, r#"{"success":false}"#), "");
}

#[test]
fn bare_object_is_the_data() {
    opens(r#"{"available":7}"#);
    opens(" \n{\"available\":7.0}\n");
    opens(r#"{"available":7,"data":null}"#);
}

#[test]
fn http_error_has_any_body() {
    for status in [400, 401, 402, 403, 404, 409, 413, 415, 422, 429, 500, 502, 503, 504, 507] {
        for body in ["", " ", "<html><h1>no</h1></html>", "no", "null", "[]", "{}", "\u{0}", r#"{"detail":"no"}"#] {
            let error = credits(status, body).expect_err(body);
            let What::Refused(refusal) = error.what() else { panic!("{status} {body} is a refusal") };
            assert_eq!(refusal.status, status);
            assert!(!error.to_string().contains('<'), "{error}");
        }
        assert!(credits(status, BALANCE).is_err(), "a body that looks like success does not undo HTTP {status}");
    }
}

#[test]
fn http_200_with_a_code_is_a_refusal_and_a_page_is_no_success() {
    for body in [r#"{"code":2001,"data":{"available":7}}"#, r#"{"code":"2001","message":"broke"}"#] {
        assert_eq!(credits(200, body).expect_err(body).row(), Some(Row::NoCredits), "{body}");
    }
    for body in [r#"{"code":-1}"#, r#"{"code":1}"#, r#"{"error":"no"}"#, r#"{"detail":"no"}"#] {
        assert_eq!(credits(200, body).expect_err(body).row(), Some(Row::Other), "{body}");
    }
    for body in ["", "<html>", "ok", "null", "[]", "7", r#"{"code":0"#, r#"{"code":0,"data":{}}"#] {
        let error = credits(200, body).expect_err(body);
        assert_eq!(error.code(), "bad_answer", "{body}: {error}");
    }
}

/// The code says more than the status, where they disagree.
#[test]
fn http_200_and_the_code_may_disagree() {
    for (status, body, row) in [
        (500, r#"{"code":2001}"#, Row::NoCredits),
        (400, r#"{"code":1001}"#, Row::BadToken),
        (403, r#"{"code":"402"}"#, Row::PlanNeeded),
        (404, r#"{"code":99999}"#, Row::NotFound),
        (401, r#"{"code":0,"data":{"available":7}}"#, Row::BadToken),
    ] {
        assert_eq!(credits(status, body).expect_err(body).row(), Some(row), "{status} {body}");
    }
}

#[test]
fn unknown_fields_are_never_an_error() {
    opens(r#"{"code":0,"trace":{"id":[1,{}]},"data":{"x":null,"available":7,"error":null,"list":[[]]},"v":1e999}"#);
    opens(r#"{"\ud800":1,"code":0,"data":{"available":7,"big":123456789012345678901234567890}}"#);
}

#[test]
fn error_text_stands_under_every_key() {
    for key in ["message", "msg", "error", "error_message", "errorMessage", "detail", "reason"] {
        for status in [200, 400] {
            assert_eq!(words(status, &format!(r#"{{"code":77,"{key}":"no luck"}}"#)), "no luck", "{key}");
            for inner in ["message", "msg", "error", "detail", "reason"] {
                let body = format!(r#"{{"code":77,"{key}":{{"{inner}":"no luck"}}}}"#);
                assert_eq!(words(status, &body), "no luck", "{body}");
            }
            let body = format!(r#"{{"code":77,"{key}":[{{"msg":"no luck"}},{{"msg":"more"}}]}}"#);
            assert_eq!(words(status, &body), "no luck", "{body}");
        }
    }
    assert_eq!(words(400, r#"{"code":77,"message":"","msg":null,"error":"no luck"}"#), "no luck");
}

/// FastAPI's 422 tells the place and echoes the request: the first is shown, the second never.
#[test]
fn error_text_never_echoes_the_request() {
    let body = r#"{"detail":[{"type":"missing","loc":["body","new_message"],"msg":"Field required","input":{"text":"SECRET"},
        "ctx":{"error":"SECRET"}}]}"#;
    assert_eq!(words(422, body), "body.new_message: Field required");
    for (name, ask) in PLAIN {
        let error = ask(&Reply::new(422, body)).expect_err(name);
        assert!(!format!("{error} {error:?} {}", error.advice()).contains("SECRET"), "{name}");
    }
    let echo = r#"{"detail":[{"input":"SECRET"}]}"#;
    assert_eq!(words(422, echo), "");
}

#[test]
fn error_text_is_bounded_and_harmless() {
    let hostile = format!(r#"{{"error":"\u001b[31mred\u202e {}"}}"#, "x".repeat(10_000));
    let words = words(500, &hostile);
    assert!(words.chars().count() <= 301 && !words.contains('\u{1b}') && !words.contains('\u{202e}'), "{words}");
    let deep = format!("{}\"no\"{}", r#"{"error":"#.repeat(500), "}".repeat(500));
    assert!(credits(500, &deep).is_err());
}
