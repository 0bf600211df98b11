//! How fast: by the server's clock.

use super::{Client, breaks_in};
use serde_json::json;
use std::time::Duration;
use weixin_video_fake_backend::{Builder, Clock, Fault, Route, Rule};

fn manual(builder: Builder) -> Builder {
    builder.clock(Clock::Manual)
}

fn wait(client: &Client, seconds: u64) {
    client.backend.advance(Duration::from_secs(seconds));
}

fn busy() -> Fault {
    Fault::on(Route::Credits).header("retry-after", "10").json(429, &json!({"code": 429}))
}

#[test]
fn again_before_the_time_is_over() {
    breaks_in(Rule::RetryAfterIgnored, manual, |client| {
        client.backend.fault(busy());
        client.credits();
        wait(client, 9);
        client.credits();
    });
}

#[test]
fn again_when_it_is_over_is_sound_and_so_is_a_client_with_a_clock_of_its_own() {
    for (seconds, judged) in [(10, true), (0, false)] {
        let client = Client::of(|builder| manual(builder).pace(judged));
        client.backend.fault(busy());
        client.credits();
        wait(&client, seconds);
        client.credits();
        assert_eq!(client.broken(), []);
    }
}

#[test]
fn a_render_watched_too_closely() {
    breaks_in(Rule::RenderPolledTooFast, manual, |client| {
        client.edit();
        client.export("render_1");
        client.status("render_1");
        wait(client, 1);
        client.status("render_1");
    });
}

#[test]
fn a_state_looked_at_too_soon_after_a_break() {
    breaks_in(Rule::StatePolledTooFast, manual, |client| {
        client.edit();
        client.backend.fault(Fault::on(Route::Chat).cut_after_event(1));
        client.chat("add title 'Hello'");
        wait(client, 20);
        client.draft();
    });
}

#[test]
fn a_state_looked_at_too_often_after_a_break() {
    breaks_in(Rule::StatePolledTooFast, manual, |client| {
        client.edit();
        client.backend.fault(Fault::on(Route::Chat).cut_after_event(1));
        client.chat("add title 'Hello'");
        for seconds in [30, 60, 40] {
            wait(client, seconds);
            client.draft();
        }
    });
}

#[test]
fn a_storm() {
    breaks_in(Rule::RequestStorm, manual, |client| {
        client.backend.fault(Fault::on(Route::Credits).times(7).empty(502));
        for _ in 0..7 {
            wait(client, 1);
            client.credits();
        }
    });
}
