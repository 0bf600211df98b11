//! The rows that are about who asks: token, client id, plan, scope, rate, credits.

use std::time::Duration;

use weixin_video_core::api::{Message, ReadCredits, ReadState};
use weixin_video_core::chat::Chat;
use weixin_video_core::error::{Charged, Error, Row};
use weixin_video_core::ids::{Credential, Seed};
use weixin_video_core::one_call::OneCall;

use super::{Case, WITH_A_TOKEN};
use crate::script::Script;
use crate::wire::*;

type Limited = Script<OneCall<ReadCredits>>;

fn credits() -> Limited {
    Script::new(OneCall::new(config(), ReadCredits, Seed::new(1)))
}

fn asks(credential: Credential) -> Script<weixin_video_core::authorize::Authorized<OneCall<ReadCredits>>> {
    authorized(credential, OneCall::new(config(), ReadCredits, Seed::new(1))).sends(CREDITS)
}

/// An answer that refuses the token, in each envelope.
const BAD_TOKEN: [(u16, &str); 7] = [
    (401, ""),
    (401, "<html>"),
    (401, r#"{"detail":"Not authenticated"}"#),
    (200, r#"{"code":1001,"message":"expired"}"#),
    (200, r#"{"code":"1001"}"#),
    (401, r#"{"success":false,"error":"expired"}"#),
    (403, r#"{"code":1001}"#),
];

#[test]
fn bad_token_is_told_at_every_endpoint() {
    Case { row: Row::BadToken, code: Some(1001), status: Some(401) }.at(&WITH_A_TOKEN, "Set NEMO_TOKEN");
    Case { row: Row::BadToken, code: Some(401), status: None }.at(&WITH_A_TOKEN, "Set NEMO_TOKEN");
}

/// One new token with the same client id, the refused request once more, and then no further.
#[test]
fn bad_token_of_an_anonymous_account_is_renewed_once() {
    for (status, body) in BAD_TOKEN {
        let first = asks(anonymous(Some("old")))
            .with(|call| assert_eq!(header(call, "authorization"), Some("Bearer old")))
            .replies(status, body)
            .sends(TOKEN)
            .with(|call| assert_eq!(header(call, "x-client-id"), Some("c1"), "{status} {body}"))
            .replies(200, r#"{"code":0,"data":{"token":"new"}}"#)
            .sends(CREDITS)
            .with(|call| assert_eq!(header(call, "authorization"), Some("Bearer new")));
        let error = first.replies(status, body).done().expect_err("refused twice");
        assert_eq!(error.row(), Some(Row::BadToken), "{status} {body}");
    }
    let balance = asks(anonymous(Some("old"))).replies(401, "").sends(TOKEN).replies(200, r#"{"token":"new"}"#);
    assert_eq!(balance.sends(CREDITS).replies(200, BALANCE).done().expect("a balance").available, 7.0);
}

/// A renewal that is refused ends with the refusal of the token, not with another try.
#[test]
fn bad_token_that_can_not_be_renewed_is_told() {
    for (status, body) in [(400, ""), (403, ""), (200, "<html>"), (200, r#"{"code":1001}"#)] {
        let error = asks(anonymous(Some("old"))).replies(401, "").sends(TOKEN).replies(status, body).done();
        assert_eq!(error.expect_err("no token").row(), Some(Row::BadToken), "{status} {body}");
    }
}

#[test]
fn bad_token_that_the_user_gave_is_never_replaced() {
    for (status, body) in BAD_TOKEN {
        let error = asks(given()).replies(status, body).done().expect_err("refused");
        assert_eq!(error.row(), Some(Row::BadToken), "{status} {body}");
        assert!(error.advice().contains("NEMO_TOKEN"));
    }
}

/// The free question before the message finds out, so that the message itself leaves once, with a token that works.
#[test]
fn bad_token_shows_before_money_is_at_stake() {
    let chat = Chat::new(config(), session(), Message::new("add a title"), Seed::new(1));
    let script = authorized(anonymous(Some("old")), chat).sends(STATE).replies(401, "").charged(0);
    let script = script.sends(TOKEN).replies(200, r#"{"token":"new"}"#).sends(STATE).replies(200, NO_DRAFT);
    script.sends(CHAT).with(|call| assert_eq!(header(call, "authorization"), Some("Bearer new"))).charged(1);
}

/// A message that is refused for its token was not carried out; it is not sent again all the same.
#[test]
fn bad_token_at_the_message_itself_is_the_end() {
    let chat = Chat::new(config(), session(), Message::new("add a title"), Seed::new(1));
    let script = authorized(anonymous(Some("old")), chat).sends(STATE).replies(200, NO_DRAFT).sends(CHAT);
    let error = script.begins(401, &[]).ends().charged(1).done().expect_err("refused");
    assert_eq!((error.row(), error.charged()), (Some(Row::BadToken), Charged::No));
}

#[test]
fn no_credits_is_told_at_every_endpoint() {
    Case { row: Row::NoCredits, code: Some(2001), status: None }.at(&WITH_A_TOKEN, "credits");
}

#[test]
fn no_credits_leads_an_anonymous_user_to_the_page_of_the_account() {
    let error = asks(anonymous(Some("t"))).replies(200, r#"{"code":2001}"#).done().expect_err("broke");
    assert!(error.advice().contains("https://nemovideo.com/?bind=anon_1"), "{}", error.advice());
    let error = asks(given()).replies(200, r#"{"code":2001}"#).done().expect_err("broke");
    assert!(error.advice().contains("Top up credits in your account"), "{}", error.advice());
    assert!(!error.advice().contains("bind="));
}

/// Where the token's answer did not name the account, the session stands for it.
#[test]
fn no_credits_without_a_user_id_names_the_session() {
    let chat = Chat::new(config(), session(), Message::new("add a title"), Seed::new(1));
    let script = authorized(anonymous(None), chat).sends(TOKEN).replies(200, r#"{"token":"t"}"#);
    let script = script.sends(STATE).replies(200, NO_DRAFT).sends(CHAT);
    let script = script.begins(200, &[("content-type", "application/json")]).hears(r#"{"code":2001}"#).ends();
    let error = script.done().expect_err("broke");
    assert_eq!(error.charged(), Charged::No);
    assert!(error.advice().contains("/?bind=7"), "{}", error.advice());
}

/// Or the session's answer did.
#[test]
fn no_credits_names_the_account_that_the_session_told() {
    let script = authorized(anonymous(None), job()).sends(TOKEN).replies(200, r#"{"token":"t"}"#);
    let script = script.sends(SESSION).replies(200, r#"{"session_id":"7","user_id":"anon_9"}"#);
    let script = script.sends(UPLOAD).replies(200, r#"{"files":[{}]}"#).sends(STATE).replies(200, NO_DRAFT).sends(CHAT);
    let script = script.begins(200, &[("content-type", "application/json")]).hears(r#"{"code":2001}"#).ends();
    let advice = script.done().expect_err("broke").advice();
    assert!(advice.contains("/?bind=anon_9"), "{advice}");
}

#[test]
fn no_client_id_is_told_by_the_token_row_alone() {
    Case { row: Row::NoClientId, code: None, status: Some(400) }.at(&["anonymous token"], "client id is made and kept");
    let elsewhere = super::refused("state", 400, "");
    assert_eq!(elsewhere.row(), Some(Row::Other));
}

#[test]
fn plan_needed_is_not_about_credits() {
    Case { row: Row::PlanNeeded, code: Some(402), status: Some(402) }
        .at(&WITH_A_TOKEN, "Register or upgrade your plan to unlock export");
    let plan = super::refused("export", 402, r#"{"message":"insufficient credits plan"}"#);
    let credits = super::refused("export", 402, r#"{"code":2001}"#);
    assert_eq!((plan.row(), credits.row()), (Some(Row::PlanNeeded), Some(Row::NoCredits)));
    assert!(plan.advice().contains("not about credits"), "{}", plan.advice());
    assert_ne!(plan.code(), credits.code());
}

#[test]
fn scope_missing_names_the_scope() {
    Case { row: Row::ScopeMissing, code: Some(403), status: Some(403) }.at(&WITH_A_TOKEN, "permission");
    for scope in ["read", "write", "upload", "export"] {
        let body = format!(r#"{{"code":403,"message":"scope {scope} required"}}"#);
        let error = super::refused("upload", 200, &body);
        assert!(error.to_string().contains(&format!("scope {scope} required")), "{error}");
    }
}

/// The server need not say which: then the call does.
#[test]
fn scope_missing_without_words_names_what_the_call_needs() {
    let scopes = [("state", "read"), ("chat", "write"), ("upload", "upload"), ("export", "export")];
    for (endpoint, needed) in scopes {
        let advice = super::refused(endpoint, 403, "").advice();
        let named: Vec<&str> = scopes.iter().map(|(_, scope)| *scope).filter(|scope| advice.contains(scope)).collect();
        assert_eq!(named, [needed], "{endpoint}: {advice}");
    }
}

#[test]
fn rate_limited_is_told_at_every_endpoint() {
    let mut endpoints = WITH_A_TOKEN.to_vec();
    endpoints.push("anonymous token");
    Case { row: Row::RateLimited, code: Some(429), status: Some(429) }.at(&endpoints, "Wait");
}

fn limited(script: Limited, header: Option<&str>) -> Limited {
    let headers: Vec<(&'static str, &str)> = header.map(|value| ("retry-after", value)).into_iter().collect();
    script.sends(CREDITS).replies_with(429, &headers, "")
}

#[test]
fn rate_limited_once_is_waited_for_as_long_as_the_server_says() {
    for (header, pause) in [
        (None, 30),
        (Some("7"), 7),
        (Some(" 7 "), 7),
        (Some("0"), 0),
        (Some("soon"), 30),
        (Some("-7"), 30),
        (Some("7.5"), 30),
        (Some(""), 30),
        (Some("7, 8"), 30),
        (Some("99999999999999999999999"), 30),
    ] {
        let pause = Duration::from_secs(pause);
        let script = limited(credits(), header).waits(pause).sends(CREDITS);
        assert_eq!(script.replies(200, BALANCE).done().expect("a balance").available, 7.0, "{header:?}");
        let error = limited(limited(credits(), header).waits(pause), header).done().expect_err("limited twice");
        assert_eq!(error.row(), Some(Row::RateLimited), "{header:?}");
    }
}

/// `Wed, 21 Oct 2015 07:28:00 GMT` is the other form of the header: it counts from the calendar's time.
#[test]
fn rate_limited_until_a_date_is_waited_for_until_then() {
    // The script begins at 1,800,000,000 s since 1970: Fri, 15 Jan 2027 08:00:00 GMT.
    for (date, pause) in [
        ("Fri, 15 Jan 2027 08:00:45 GMT", 45),
        ("Friday, 15-Jan-27 08:00:45 GMT", 45),
        ("Fri Jan 15 08:00:45 2027", 45),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
    ] {
        let headers = [("retry-after", date), ("date", "Fri, 15 Jan 2027 08:00:00 GMT")];
        let script = credits().sends(CREDITS).replies_with(429, &headers, "");
        script.waits(Duration::from_secs(pause)).sends(CREDITS);
    }
}

/// Longer than anyone waits: the user is told, with the time.
#[test]
fn rate_limited_for_long_is_told_at_once() {
    for header in ["121", "3600", "86400"] {
        let error: Error = limited(credits(), Some(header)).done().expect_err("too long");
        assert_eq!(error.row(), Some(Row::RateLimited));
        assert!(error.advice().contains(header), "{}", error.advice());
    }
}

/// A day ahead is longer than anyone waits, in whichever form it is said.
#[test]
fn rate_limited_until_a_far_date_is_told_at_once() {
    let headers = [("retry-after", "Sat, 16 Jan 2027 08:00:00 GMT"), ("date", "Fri, 15 Jan 2027 08:00:00 GMT")];
    let error = credits().sends(CREDITS).replies_with(429, &headers, "").done().expect_err("a day");
    assert!(error.advice().contains("86400"), "{}", error.advice());
}

/// The limit of the message is the user's to wait for: a charged message is not sent twice.
#[test]
fn rate_limited_message_is_not_sent_again() {
    let error = sent().begins(429, &[("retry-after", "7")]).ends().charged(1).done().expect_err("limited");
    assert_eq!((error.row(), error.charged()), (Some(Row::RateLimited), Charged::No));
    assert!(error.advice().contains("Wait 7 s"), "{}", error.advice());
}

/// A question about a session that is limited is asked again like any other.
#[test]
fn rate_limited_baseline_holds_the_message_back() {
    let script = Script::new(OneCall::new(config(), ReadState::new(session()), Seed::new(1)));
    script.sends(STATE).replies(429, "").waits(Duration::from_secs(30)).sends(STATE);
    chat().sends(STATE).replies(429, "").charged(0).waits(Duration::from_secs(30)).sends(STATE).charged(0);
}
