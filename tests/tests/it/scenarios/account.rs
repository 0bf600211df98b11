//! Tokens: granted once, renewed once, never replaced when given.

use weixin_video_core::error::Row;
use weixin_video_core::ids::{Credential, Token};
use weixin_video_fake_backend::{Route, Scope};

use crate::world::{Who, World, both, both_as};

/// The routes so far.
fn routes(world: &World) -> Vec<Route> {
    world.backend.journal().iter().map(|exchange| exchange.route).collect()
}

/// The token the client holds.
fn token(world: &World) -> Option<Token> {
    match world.client.credential() {
        Credential::Given(token) => Some(token),
        Credential::Anonymous { grant, .. } => grant.map(|grant| grant.token),
    }
}

#[test]
fn a_token_is_granted_once_and_kept() {
    both(
        |server| server,
        |world| {
            assert_eq!(token(world), None);
            for _ in 0..3 {
                world.tell(world.client.credits(&mut world.observer())).expect("a balance");
            }
            assert_eq!(routes(world), [Route::AnonymousToken, Route::Credits, Route::Credits, Route::Credits]);
            assert!(token(world).is_some());
        },
    );
}

#[test]
fn an_expired_token_is_renewed_with_the_same_client_id() {
    both(
        |server| server,
        |world| {
            world.client.credits(&mut world.observer()).expect("a balance");
            let old = token(world).expect("a token");
            world.backend.space(old.reveal()).expect("a space").expire_token();
            world.tell(world.client.credits(&mut world.observer())).expect("a balance");
            assert_eq!(
                routes(world),
                [Route::AnonymousToken, Route::Credits, Route::Credits, Route::AnonymousToken, Route::Credits]
            );
            let ids: Vec<_> = world.exchanges(Route::AnonymousToken);
            assert_eq!(ids[0].header("x-client-id"), ids[1].header("x-client-id"));
            assert_ne!(token(world), Some(old), "the client holds the new one");
            world.tell(world.client.credits(&mut world.observer())).expect("a balance");
            assert_eq!(world.count(Route::AnonymousToken), 2);
        },
    );
}

#[test]
fn an_expired_token_shows_before_money_is_at_stake() {
    both(
        |server| server,
        |world| {
            let session = world.client.session("en", &mut world.observer()).expect("a session");
            let old = token(world).expect("a token");
            world.backend.space(old.reveal()).expect("a space").expire_token();
            world.tell(world.client.chat(&session.id, "hello", &mut world.observer())).expect("an answer");
            let chats = world.exchanges(Route::Chat);
            assert_eq!(chats.iter().map(|chat| chat.status).collect::<Vec<_>>(), [Some(200)]);
        },
    );
}

#[test]
fn a_given_token_is_never_replaced() {
    both_as(
        Who::Given(&Scope::ALL),
        |server| server,
        |world| {
            world.client.credits(&mut world.observer()).expect("a balance");
            let given = token(world).expect("a token");
            world.backend.space(given.reveal()).expect("a space").expire_token();
            let error = world.tell(world.client.credits(&mut world.observer())).expect_err("refused");
            assert_eq!(error.row(), Some(Row::BadToken));
            assert_eq!(world.count(Route::AnonymousToken), 0);
            assert_eq!(token(world), Some(given));
        },
    );
}
