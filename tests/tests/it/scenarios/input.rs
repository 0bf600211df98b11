//! Bad input costs no request and leaves nothing.

use std::path::Path;

use weixin_video_core::files::Output;

use crate::world::{WORDS, World, both};

fn refused(world: &World, clip: &Path, output: &Output) -> &'static str {
    let error = world.tell(world.client.format(clip, WORDS, output, &mut world.observer()));
    let error = error.expect_err("refused");
    assert!(error.sending_again_is_safe());
    assert!(world.backend.journal().is_empty(), "{error}");
    error.code()
}

/// Paths differ from run to run, so the words told are compared without them: no error shows a path.
#[test]
fn files_that_can_not_be_sent() {
    both(
        |server| server,
        |world| {
            let (folder, output) = (world.folder.path(), world.output());
            let file = |name: &str, content: &[u8]| {
                std::fs::write(folder.join(name), content).expect("written");
                folder.join(name)
            };
            assert_eq!(refused(world, &folder.join("no.mp4"), &output), "input_missing");
            assert_eq!(refused(world, folder, &output), "input_unreadable");
            assert_eq!(refused(world, &file("empty.mp4", b""), &output), "unsupported");
            assert_eq!(refused(world, &file("notes.txt", b"hello"), &output), "unsupported");
            assert_eq!(refused(world, &file("notes.mp4", b"hello, this is text\n"), &output), "unsupported");
            let large = std::fs::File::create(folder.join("large.mp4")).expect("a file");
            large.set_len(201 * 1024 * 1024).expect("a sparse file");
            assert_eq!(refused(world, &folder.join("large.mp4"), &output), "too_large");
        },
    );
}

#[test]
fn places_where_no_video_can_go() {
    both(
        |server| server,
        |world| {
            let clip = world.clip(1000);
            let inside = |name: &str| Output::new(world.folder.path().join(name));
            assert_eq!(refused(world, &clip, &inside("no/such/folder.mp4")), "output_unwritable");
            assert_eq!(refused(world, &clip, &inside(".")), "output_unwritable");
            assert_eq!(refused(world, &clip, &inside("clip.mp4")), "output_exists");
            world
                .client
                .format(&clip, WORDS, &inside("clip.mp4").replacing(), &mut world.observer())
                .expect("replaced");
        },
    );
}
