//! The only call that costs something.

use super::{Client, breaks, breaks_in, polite};
use std::time::Duration;
use weixin_video_fake_backend::{Clock, Fault, Route, Rule};

#[test]
fn the_same_message_again() {
    breaks(Rule::ChargedTwice, |client| {
        client.edit();
        client.chat("format this for WeChat");
    });
}

#[test]
fn the_same_message_again_after_a_break() {
    for fault in [
        Fault::on(Route::Chat).drop_connection(),
        Fault::on(Route::Chat).cut_after_event(1),
        Fault::on(Route::Chat).empty(502),
    ] {
        breaks(Rule::ChargedTwice, |client| {
            client.upload();
            client.backend.fault(fault);
            client.chat("format this for WeChat");
            client.chat("format this for WeChat");
        });
    }
}

#[test]
fn the_same_message_again_after_a_clear_no_is_sound() {
    let client = Client::of(|builder| builder);
    client.upload();
    client.backend.fault(Fault::on(Route::Chat).json(429, &serde_json::json!({"code": 429})));
    client.chat("format this for WeChat");
    client.chat("format this for WeChat");
    assert_eq!(client.broken(), []);
}

#[test]
fn a_message_without_a_look_before() {
    breaks(Rule::ChargeWithoutBaseline, |client| {
        client.upload();
        polite(client.user.chat("format this for WeChat")).send();
    });
    breaks(Rule::ChargeWithoutBaseline, |client| {
        client.edit();
        polite(client.user.chat("add title 'Hello'")).send();
    });
}

#[test]
fn two_messages_at_a_time() {
    let minute = Duration::from_secs(60);
    breaks_in(
        Rule::ParallelChat,
        |builder| builder.clock(Clock::Manual),
        |client| {
            client.backend.fault(Fault::on(Route::Chat).stall_at_byte(1, Some(minute)));
            client.draft();
            let first = polite(client.user.chat("one"));
            std::thread::scope(|scope| {
                let first = scope.spawn(|| first.send());
                while client.backend.next_timer().is_none() {
                    std::thread::yield_now();
                }
                client.chat("two");
                client.backend.advance(minute);
                assert!(first.join().unwrap().whole);
            });
        },
    );
}

#[test]
fn a_chat_that_wants_json() {
    breaks(Rule::ChatAccept, |client| {
        client.draft();
        polite(client.user.chat("hi")).header("Accept", "application/json").send();
    });
}

#[test]
fn a_message_without_a_role() {
    breaks(Rule::RoleMissing, |client| {
        client.draft();
        let mut message = client.user.message("hi");
        message["new_message"].as_object_mut().unwrap().remove("role");
        polite(client.user.chat("hi")).json(&message).send();
    });
}

#[test]
fn an_export_right_after_a_break() {
    breaks(Rule::StreamTakenForDone, |client| {
        client.edit();
        let order = client.order("render_1");
        client.backend.fault(Fault::on(Route::Chat).cut_after_event(1));
        client.chat("add title 'Hello'");
        client.send_order(&order);
    });
}
