//! Downloads that break, stall, or find their link dead.

use weixin_video_core::error::Charged;
use weixin_video_fake_backend::{CANNED_MP4, Fault, Route, Variants};

use crate::world::both;

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
            world.tell(world.client.resume(checkpoint, None, &world.output(), &mut world.observer())).expect("the video");
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
