use super::*;
use crate::plan::tests::video;

fn clip(video: VideoFacts) -> (MediaFacts, VideoFacts) {
    let facts = MediaFacts {
        container: "mp4".to_owned(),
        duration_ms: video.duration_ms.unwrap_or(0),
        video: Some(video.clone()),
        audio: None,
        streams: 1,
        bytes: 1_000_000,
        faststart: Some(true),
        boxes: None,
        cues: Vec::new(),
        still: false,
    };
    (facts, video)
}

fn sized(width: u32, height: u32) -> VideoFacts {
    VideoFacts { width, height, display_width: width, display_height: height, ..video() }
}

fn course(a: VideoFacts, b: VideoFacts) -> Option<Course> {
    let ((a_facts, a), (b_facts, b)) = (clip(a), clip(b));
    Course::of((&a_facts, &a), (&b_facts, &b))
}

#[test]
fn both_are_brought_to_the_size_of_the_original() {
    let cases = [
        (sized(1920, 1080), sized(960, 540), (1920, 1080), "B is scaled from 960x540 to 1920x1080."),
        (sized(540, 960), sized(1080, 1920), (540, 960), "B is scaled from 1080x1920 to 540x960."),
        (sized(3840, 2160), sized(1920, 1080), (1920, 1080), "A is scaled from 3840x2160 to 1920x1080."),
    ];
    for (a, b, size, note) in cases {
        let course = course(a, b).unwrap();
        assert_eq!((course.size, course.shapes_differ), (size, false));
        assert_eq!(course.notes, [note]);
    }
}

#[test]
fn the_rate_is_one_that_both_have() {
    let rated = |(fps, variable): (u32, bool)| VideoFacts { frame_rate: Rational::whole(fps), variable, ..video() };
    let rate = |a, b| course(rated(a), rated(b)).map(|course| (course.rate.to_string(), course.frames));
    assert_eq!(rate((60, false), (30, false)), Some(("30".to_owned(), 60)));
    assert_eq!(rate((27, true), (25, false)), Some(("25".to_owned(), 50)));
    assert_eq!(rate((27, true), (28, true)), Some(("30".to_owned(), 60)));
}

#[test]
fn other_shapes_are_shown_and_not_measured() {
    let course = course(sized(1920, 1080), sized(1080, 1920)).unwrap();
    assert!(course.shapes_differ && course.notes[0].contains("shapes"), "{:?}", course.notes);
}

#[test]
fn the_shorter_length_counts_and_the_longest_has_a_bound() {
    let long = |ms: u64| VideoFacts { duration_ms: Some(ms), ..video() };
    let cut = course(long(5000), long(2000)).unwrap();
    assert_eq!((cut.frames, cut.moments()), (60, [9, 29, 49]));
    assert!(cut.notes[0].contains("5.0 s long and B's 2.0 s"), "{:?}", cut.notes);
    assert_eq!(course(long(4_000_000), long(4_000_000)).unwrap().frames, 9000);
    assert_eq!(course(long(0), long(2000)), None);
    let one = course(long(34), long(34)).unwrap();
    assert_eq!((one.frames, one.moments()), (1, [0, 0, 0]));
}

#[test]
fn arguments_hold_nothing_but_names_of_our_own() {
    let (a, b) = (video(), VideoFacts { index: 3, interlaced: true, ..sized(1280, 720) });
    let course = course(a.clone(), b.clone()).unwrap();
    let measures = [Measure::Vmaf, Measure::Xpsnr, Measure::Ssim];
    let args = arguments(&course, [Kind::Mov, Kind::Matroska], [&a, &b], &measures);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(16);
    let shown = args.join("\n").replace(';', ";\n").replace(&format!("n_threads={threads}"), "n_threads=N");
    insta::assert_snapshot!(shown);
}
