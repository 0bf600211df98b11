//! Downloads that break, stall, or find their link dead.

use weixin_video_core::error::Charged;
use weixin_video_fake_backend::{CANNED_MP4, Exchange, Fault, Route, Variants};

use crate::world::{World, both};

#[test]
fn a_dead_link_gives_way_to_the_api() {
    for json in [false, true] {
        let variants = Variants { download_json: json, ..Variants::default() };
        both(
            move |server| server.variants(variants).fault(Fault::on(Route::Cdn).empty(403)),
            |world| {
                world.format().expect("a video");
                assert_eq!(std::fs::read(world.output().path).expect("a file"), CANNED_MP4);
                assert_eq!(world.count(Route::Download), 1);
            },
        );
    }
}

#[test]
fn a_download_that_breaks_or_stalls_is_begun_anew() {
    for fault in [
        Fault::on(Route::Cdn).cut_at_byte(0),
        Fault::on(Route::Cdn).cut_at_byte(1000),
        Fault::on(Route::Cdn).drop_connection(),
        Fault::on(Route::Cdn).stall(),
        Fault::on(Route::Cdn).stall_at_byte(1000, None),
    ] {
        both(
            move |server| server.fault(fault.clone()),
            |world| {
                world.format().expect("a video");
                assert_eq!(std::fs::read(world.output().path).expect("a file"), CANNED_MP4);
                assert_eq!(world.files(), ["clip.mp4", "out.mp4"]);
                assert_eq!(world.count(Route::Cdn), 2);
            },
        );
    }
}

/// What was asked for and how it was answered, request by request.
fn ranges(world: &World) -> Vec<(Option<String>, Option<u16>)> {
    let range = |exchange: &Exchange| exchange.header("range").map(str::to_owned);
    world.exchanges(Route::Cdn).iter().map(|exchange| (range(exchange), exchange.status)).collect()
}

#[test]
fn a_download_that_breaks_goes_on_where_it_broke_off() {
    both(
        |server| {
            server.fault(Fault::on(Route::Cdn).cut_at_byte(1000)).fault(Fault::on(Route::Cdn).nth(2).cut_at_byte(500))
        },
        |world| {
            world.format().expect("a video");
            assert_eq!(std::fs::read(world.output().path).expect("a file"), CANNED_MP4);
            let from = |at: &str| Some(format!("bytes={at}-"));
            assert_eq!(ranges(world), [(None, Some(200)), (from("1000"), Some(206)), (from("1500"), Some(206))]);
            let tags: Vec<_> = world.exchanges(Route::Cdn).iter().map(|it| it.header("if-range").is_some()).collect();
            assert_eq!(tags, [false, true, true], "the rest of the same version, or all of it");
        },
    );
}

/// A server that knows no ranges sends all of it again, and all of it is written again.
#[test]
fn a_download_without_ranges_is_begun_anew() {
    both(
        |server| {
            let variants = Variants { no_ranges: true, ..Variants::default() };
            server.variants(variants).fault(Fault::on(Route::Cdn).cut_at_byte(1000))
        },
        |world| {
            world.format().expect("a video");
            assert_eq!(std::fs::read(world.output().path).expect("a file"), CANNED_MP4);
            assert_eq!(ranges(world).into_iter().map(|(_, status)| status).collect::<Vec<_>>(), [Some(200), Some(200)]);
        },
    );
}

/// A part is left, the file becomes another one, and a later run asks for the rest: it gets all of the new one.
#[test]
fn a_rest_of_another_version_is_never_put_behind_a_part() {
    both(
        |server| {
            server.fault(Fault::on(Route::Cdn).times(3).cut_at_byte(1000)).fault(Fault::on(Route::Download).empty(404))
        },
        |world| {
            let output = world.output().keeping_part();
            let (clip, words) = (world.clip(20_000), crate::world::WORDS);
            let format = world.client.format(&clip, words, &output, &mut world.observer());
            assert_eq!(world.tell(format).expect_err("never whole").charged(), Charged::Yes);
            assert!(!output.path.exists() && world.files().len() == 2, "a part is left: {:?}", world.files());
            let version: Vec<u8> = CANNED_MP4.iter().copied().chain([0; 99]).collect();
            let path = world.exchanges(Route::Cdn)[0].target.clone();
            world.backend.replace_file(&format!("{}{path}", world.backend.cdn_url()), &version).expect("replaced");
            let checkpoint = world.checkpoints().pop().expect("a checkpoint");
            let resumed = world.client.resume(checkpoint, Some(&clip), &output, &mut world.observer());
            world.tell(resumed).expect("the video");
            assert_eq!(std::fs::read(&output.path).expect("a file"), version);
            assert_eq!(ranges(world).pop().and_then(|(_, status)| status), Some(200));
            assert_eq!((world.count(Route::Chat), world.files().len()), (1, 2));
        },
    );
}

#[test]
fn what_never_comes_whole_leaves_nothing_and_can_be_resumed() {
    both(
        |server| {
            let cdn = Fault::on(Route::Cdn).times(3).cut_at_byte(1000);
            server.fault(cdn).fault(Fault::on(Route::Download).empty(404))
        },
        |world| {
            let error = world.format().expect_err("never whole");
            assert_eq!(error.charged(), Charged::Yes);
            assert_eq!(world.files(), ["clip.mp4"]);
            let checkpoint = world.checkpoints().pop().expect("a checkpoint");
            world
                .tell(world.client.resume(checkpoint, None, &world.output(), &mut world.observer()))
                .expect("the video");
            assert_eq!((world.count(Route::Chat), world.count(Route::Export)), (1, 1));
            assert_eq!(std::fs::read(world.output().path).expect("a file"), CANNED_MP4);
        },
    );
}

#[test]
fn a_page_is_no_video() {
    let pages = || Fault::on(Route::Cdn).answer(200, "video/mp4", "<html>not a video</html>");
    both(
        move |server| server.fault(pages()),
        |world| {
            world.format().expect("a video, at the second try");
            assert_eq!(world.count(Route::Cdn), 2);
        },
    );
}
