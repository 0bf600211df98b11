//! The whole job, and its parts by hand.

use weixin_video_core::api::SourceUrl;
use weixin_video_core::error::Charged;
use weixin_video_core::event::{Direction, Event};
use weixin_video_core::files::{Media, Output};
use weixin_video_fake_backend::{Bearer, CANNED_MP4, Fault, Route};

use crate::world::{WORDS, both};

#[test]
fn a_clip_goes_in_and_a_video_comes_out() {
    both(
        |server| server,
        |world| {
            let delivered = world.format().expect("a video");
            assert_eq!(std::fs::read(world.output().path).expect("a file"), CANNED_MP4);
            assert_eq!(delivered.bytes, CANNED_MP4.len() as u64);
            assert_eq!(delivered.credits.expect("the balance").available, 50.0);
            assert!(delivered.summary.starts_with("Timeline"), "{}", delivered.summary);
            assert_eq!((world.count(Route::Chat), world.charged()), (1, 50));
            assert_eq!(world.files(), ["clip.mp4", "out.mp4"]);
            let cdn = world.exchanges(Route::Cdn);
            assert!(!cdn.is_empty() && cdn.iter().all(|exchange| exchange.bearer == Bearer::Absent));
        },
    );
}

#[test]
fn both_directions_are_told_up_to_the_last_byte() {
    both(
        |server| server,
        |world| {
            world.format().expect("a video");
            let moved = |wanted| {
                let bytes = |event| {
                    let Event::Moved { direction, bytes, total } = event else { return None };
                    (direction == wanted).then_some((bytes, total))
                };
                world.events().into_iter().filter_map(bytes).next_back()
            };
            let video = CANNED_MP4.len() as u64;
            assert_eq!(moved(Direction::Up), Some((20_000, Some(20_000))));
            assert_eq!(moved(Direction::Down), Some((video, Some(video))));
        },
    );
}

#[test]
fn the_same_step_by_step_with_a_clip_from_a_url() {
    both(
        |server| server,
        |world| {
            const CLIP: &str = "https://clips.example/a.mp4";
            world.backend.register_url(CLIP, b"\0\0\0\x18ftypmp42").expect("registered");
            let (client, mut observer) = (&world.client, world.observer());
            let session = world.tell(client.session("zh-CN", &mut observer)).expect("a session");
            let url = Media::Url(SourceUrl::new(CLIP).expect("a URL"));
            let uploaded = world.tell(client.upload(&session.id, &url, &mut observer)).expect("an upload");
            assert_eq!(uploaded.names, ["a.mp4"]);
            let answer = world.tell(client.chat(&session.id, WORDS, &mut observer)).expect("an answer");
            assert!(answer.said.iter().any(|said| said.contains("ready")), "{:?}", answer.said);
            let state = world.tell(client.state(&session.id, &mut observer)).expect("a state");
            assert!(state.draft.is_some());
            let rendered = world.tell(client.export(&session.id, &mut observer)).expect("a render");
            let output = world.output();
            let downloaded = world.tell(client.download_to(&rendered, &output, &mut observer)).expect("a file");
            assert_eq!(downloaded.bytes, CANNED_MP4.len() as u64);
            let link = world.tell(client.claim(&session, &mut observer)).expect("a link");
            assert!(link.url(client.config()).contains("/workspace/claim?ct="));
            let credits = world.tell(client.credits(&mut observer)).expect("a balance");
            assert_eq!(credits.available, 50.0);
        },
    );
}

#[test]
fn a_file_is_uploaded_as_it_is() {
    both(
        |server| server,
        |world| {
            let session = world.client.session("en", &mut world.observer()).expect("a session");
            let clip = Media::File(world.clip(3_000_000));
            let uploaded = world.tell(world.client.upload(&session.id, &clip, &mut world.observer()));
            assert_eq!(uploaded.expect("an upload").names, ["clip.mp4"]);
            let [exchange] = &world.exchanges(Route::Upload)[..] else { panic!("one upload") };
            let announced = exchange.header("content-length").expect("a length");
            assert_eq!(announced, exchange.body_len.to_string());
            assert_eq!(exchange.header("transfer-encoding"), None);
        },
    );
}

#[test]
fn a_job_goes_on_from_each_of_its_checkpoints_once_it_was_paid_for() {
    both(
        |server| server,
        |world| {
            world.format().expect("a video");
            let paid = world.checkpoints().into_iter().filter(|checkpoint| checkpoint.charged() != Charged::No);
            for (number, checkpoint) in paid.enumerate() {
                let output = Output::new(world.folder.path().join(format!("again-{number}.mp4")));
                world
                    .tell(world.client.resume(checkpoint, None, &output, &mut world.observer()))
                    .expect("the rest of it");
                assert_eq!(std::fs::read(&output.path).expect("a file"), CANNED_MP4);
            }
            let again = [0, 1, 2, 3, 4].map(|number| format!("again-{number}.mp4"));
            assert_eq!(world.files(), [&again[..], &["clip.mp4".into(), "out.mp4".into()]].concat());
            assert_eq!((world.count(Route::Chat), world.charged()), (1, 50), "nothing was sent again");
        },
    );
}

/// Cut off before the message left: the clip is looked for, uploaded if it is not there, and the message leaves once.
#[test]
fn a_job_goes_on_from_before_its_message() {
    for (route, times, status) in [(Route::Upload, 1, 403), (Route::State, 4, 503)] {
        both(
            move |server| server.fault(Fault::on(route).times(times).empty(status)),
            |world| {
                let error = world.format().expect_err("cut off");
                assert_eq!((error.charged(), world.count(Route::Chat)), (Charged::No, 0));
                let checkpoint = world.checkpoints().pop().expect("a checkpoint");
                let (clip, output) = (world.clip(20_000), world.output());
                let resumed = world.client.resume(checkpoint, Some(&clip), &output, &mut world.observer());
                world.tell(resumed).expect("the rest of it");
                assert_eq!(std::fs::read(output.path).expect("a file"), CANNED_MP4);
                let uploaded = world.exchanges(Route::Upload).iter().filter(|it| it.status == Some(200)).count();
                assert_eq!((uploaded, world.count(Route::Chat), world.charged()), (1, 1, 50));
            },
        );
    }
}
