//! The rows that are about what is asked: sessions, files, renders, and a server in trouble.

use weixin_video_core::error::{Charged, Row};
use weixin_video_core::ids::Seed;
use weixin_video_core::one_call::OneCall;

use super::{Case, WITH_A_TOKEN, refused};
use crate::script::Script;
use crate::wire::*;

#[test]
fn no_session_is_told_where_a_session_is_named() {
    let told = "The old timeline is gone";
    Case { row: Row::NoSession, code: Some(1002), status: None }.at(&WITH_A_TOKEN, told);
    Case { row: Row::NoSession, code: None, status: Some(404) }.at(&["state", "upload", "export", "chat"], told);
}

/// A 404 on a render or a claim link says nothing about the session.
#[test]
fn no_session_is_not_what_every_404_means() {
    for endpoint in ["export status", "cancel export", "claim link", "credits", "download"] {
        assert_eq!(refused(endpoint, 404, "").row(), Some(Row::NotFound), "{endpoint}");
    }
}

/// As the agent's own server words it.
#[test]
fn no_session_in_the_words_of_the_agents_server() {
    for body in [r#"{"detail":"Session not found"}"#, r#"{"detail":"Session not found: 7"}"#] {
        let error = refused("chat", 404, body);
        assert_eq!((error.row(), error.charged()), (Some(Row::NoSession), Charged::No));
    }
}

#[test]
fn unsupported_names_the_formats() {
    let told = "mp4, mov, avi, webm, mkv, jpg, png, gif, webp, mp3, wav, m4a, aac";
    Case { row: Row::Unsupported, code: Some(4001), status: Some(415) }.at(&["upload"], told);
}

#[test]
fn too_large_says_how_to_make_it_smaller() {
    Case { row: Row::TooLarge, code: Some(4002), status: Some(413) }.at(&["upload"], "Compress or trim");
}

#[test]
fn duplicate_render_is_known_at_the_export() {
    Case { row: Row::DuplicateRender, code: Some(409), status: Some(409) }.at(&["export"], "Ask for the status");
}

#[test]
fn storage_full_says_where_to_free_space() {
    Case { row: Row::StorageFull, code: Some(507), status: Some(507) }
        .at(&["upload", "export", "session", "chat", "state"], "Free some space");
}

#[test]
fn server_trouble_is_every_other_5xx_and_3xx() {
    let mut endpoints: Vec<&str> =
        WITH_A_TOKEN.into_iter().filter(|name| !matches!(*name, "chat" | "download")).collect();
    endpoints.push("anonymous token");
    Case { row: Row::Server, code: Some(500), status: Some(503) }.at(&["download"], "Try again in a minute");
    for status in [500, 501, 502, 503, 504, 520, 599, 301, 302, 303, 304, 307, 308] {
        Case { row: Row::Server, code: None, status: Some(status) }.at(&endpoints, "Try again in a minute");
    }
    for code in [500, 502, 503, 599] {
        Case { row: Row::Server, code: Some(code), status: None }.at(&endpoints, "Try again in a minute");
    }
}

/// Free questions: again, with pauses that grow, and an end.
#[test]
fn server_trouble_is_asked_again_with_growing_pauses_where_that_is_free() {
    let ask = weixin_video_core::api::ReadCredits;
    for (status, body) in
        [(500, ""), (502, "<html>"), (503, r#"{"detail":"busy"}"#), (302, ""), (200, r#"{"code":503}"#)]
    {
        let mut script = Script::new(OneCall::new(config(), ask, Seed::new(1)));
        let mut pauses = Vec::new();
        loop {
            script = script.sends(CREDITS).replies(status, body).settled();
            if script.is_over() {
                break;
            }
            let before = script.monotonic();
            script = script.waits_a_while();
            pauses.push(script.monotonic() - before);
        }
        assert_eq!(script.done().expect_err("trouble").row(), Some(Row::Server), "{status} {body}");
        assert!(pauses.len() == 3 && pauses.is_sorted(), "{pauses:?}");
    }
}

/// The charged message: recovery, never again.
#[test]
fn server_trouble_at_the_message_is_an_unclear_outcome() {
    for (status, body) in
        [(500, ""), (502, "<html>"), (503, r#"{"detail":"busy"}"#), (504, ""), (302, ""), (200, r#"{"code":500}"#)]
    {
        let script = sent().begins(status, &[("content-type", "application/json")]);
        let script = super::read(script, body).notes("looking at the timeline").waits_a_while().sends(STATE);
        let answer = script.replies(200, &state(TITLE)).charged(1).done().expect("found out");
        assert!(answer.changes.is_some_and(|changes| !changes.is_empty()), "{status} {body}");
    }
}

/// Where a page stands in for an answer under HTTP 200, nothing is believed.
#[test]
fn server_page_with_status_200_is_no_answer() {
    for (name, ask) in PLAIN {
        for body in ["<!doctype html><p>hi", "", "OK", "[]"] {
            let error = ask(&weixin_video_core::call::Reply::new(200, body)).expect_err(name);
            assert_eq!(error.code(), "bad_answer", "{name}: {body}");
            assert!(!error.to_string().contains('<'), "{error}");
        }
    }
}
