//! Nothing secret shows, whatever breaks.

use std::error::Error as StdError;

use weixin_video_core::error::Error;
use weixin_video_fake_backend::{Builder, Fault, Route, Scope};

use crate::world::{Who, World, both_as};

/// All that an error shows of itself and of what it holds.
fn shown(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}\n{}\n", error.advice());
    let mut source = error.source();
    while let Some(inner) = source {
        text += &format!("{inner}\n{inner:?}\n");
        source = inner.source();
    }
    text
}

/// The token, and the paths and queries of every download.
fn secrets(world: &World) -> Vec<String> {
    let weixin_video_core::ids::Credential::Given(token) = world.client.credential() else { panic!("a token") };
    let targets = world.exchanges(Route::Cdn).into_iter().map(|exchange| exchange.target);
    targets.chain([token.reveal().to_owned()]).collect()
}

#[test]
fn no_error_and_no_event_shows_a_token_or_a_signed_address() {
    for (fault, more) in [
        (Fault::on(Route::Cdn).times(3).drop_connection(), 1),
        (Fault::on(Route::Cdn).times(3).cut_at_byte(1000), 1),
        (Fault::on(Route::Cdn).times(3).cut_response_at(10), 1),
        (Fault::on(Route::Cdn).empty(500), 3),
    ] {
        let download = Fault::on(Route::Download).times(more).drop_connection();
        let build = move |server: Builder| server.fault(fault.clone()).fault(download.clone());
        both_as(Who::Given(&Scope::ALL), build, |world| {
            let error = world.format().expect_err("no download");
            let shown = format!("{}\n{:?}", shown(&error), world.events());
            let secrets = secrets(world);
            assert!(secrets.len() > 1);
            for secret in secrets {
                assert!(!shown.contains(&secret), "{secret} shows in {shown}");
            }
        });
    }
}

#[test]
fn a_broken_request_shows_no_token() {
    for fault in [
        Fault::on(Route::Credits).times(4).drop_connection(),
        Fault::on(Route::Credits).times(4).cut_response_at(30),
        Fault::on(Route::Credits).times(4).cut_at_byte(3),
        Fault::on(Route::Credits).times(1).json(401, &serde_json::json!({"code": 1001})),
    ] {
        both_as(
            Who::Given(&Scope::ALL),
            move |server| server.fault(fault.clone()),
            |world| {
                let error = world.tell(world.client.credits(&mut world.observer())).expect_err("broken");
                let shown = shown(&error);
                for secret in secrets(world) {
                    assert!(!shown.contains(&secret), "{secret} shows in {shown}");
                }
            },
        );
    }
}
