//! What ffmpeg is told where the picture stays as it is in the one source.

use super::{Loudness, Pass, Plan, argv, graph, words};

/// All after the inputs.
pub(super) fn arguments(plan: &Plan, pass: &Pass, loudness: Option<&Loudness>) -> Vec<String> {
    let Some(piece) = plan.pieces.first() else { return Vec::new() };
    let mut args = Vec::new();
    if *pass == Pass::KeepPicture {
        let normal = plan.lufs().filter(|_| loudness.is_some()).map(|lufs| graph::loudnorm(lufs, loudness));
        args.extend(["-filter_complex".to_owned(), graph::sound(plan, normal.as_deref())]);
    }
    args.extend(words(&format!("-map 0:{} -c:v copy", piece.video.index)));
    args.extend(match piece.video.codec.as_str() {
        // `avc3` and `hev1` keep in the picture what belongs into the index, and phones don't look for it there.
        "h264" => words("-tag:v avc1"),
        "hevc" => words("-tag:v hvc1"),
        _ => Vec::new(),
    });
    let headers = match piece.video.codec.as_str() {
        "h264" => Some("h264_metadata"),
        "hevc" => Some("hevc_metadata"),
        _ => None,
    };
    if let Some(headers) = headers.filter(|_| plan.lacks_tags()) {
        let bt709 = "colour_primaries=1:transfer_characteristics=1:matrix_coefficients=1:video_full_range_flag=0";
        args.extend(words(&format!("-bsf:v {headers}={bt709}")));
    }
    args.extend(match (pass, &piece.audio) {
        (Pass::KeepPicture, _) => words("-map [a]"),
        (_, Some(audio)) => words(&format!("-map 0:{}", audio.index)),
        (_, None) => Vec::new(),
    });
    args.extend(words("-map_metadata -1 -map_chapters -1 -sn -dn"));
    if *pass == Pass::KeepPicture {
        args.extend(argv::ending(plan, None, &plan.output_name()));
    } else {
        args.extend(words("-c:a copy -fflags +bitexact"));
        args.extend(plan.form.container_arguments());
        args.push(format!("file:{}", plan.output_name()));
    }
    args
}
