//! The picture of a piece: every clip becomes the one canonical form.

use super::{Piece, Plan, Ramp, argv, look::Around};
use crate::{
    facts::{Color, VideoFacts},
    timeline::{Speed, Turn},
};

/// Whether colours need more than another matrix: another transfer (HDR) or other primaries
/// (Display P3, BT.2020), which the plain scaler would leave as they are and so falsify.
pub(crate) fn needs_zscale(color: &Color) -> bool {
    let wide = ["bt2020", "smpte431", "smpte432"];
    color.is_hdr() || color.primaries.as_deref().is_some_and(|name| wide.contains(&name))
}

/// From a decoded clip to exactly so many frames in the one canonical form; `index` is that of the input.
pub(super) fn picture(plan: &Plan, index: usize, piece: &Piece) -> String {
    let mut chain = Vec::new();
    if !piece.still {
        chain.extend(timed(plan, piece));
    }
    if let Some((width, height)) = piece.look.crop {
        chain.push(format!("crop={width}:{height}"));
    }
    chain.extend(resized(piece));
    chain.extend(turned(piece.turn).into_iter().map(str::to_owned));
    let frame = (plan.width, plan.height);
    match piece.look.around {
        Around::Nothing => {}
        Around::Black => chain.push(format!("pad={}:{}:(ow-iw)/2:(oh-ih)/2:black", frame.0, frame.1)),
        Around::Blur(middle) => chain.push(blurred(index, middle, frame)),
    }
    chain.push("setsar=1".to_owned());
    chain.push("setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709".to_owned());
    if piece.still {
        // Decoded and scaled once, then shown again and again.
        let rate = plan.frame_rate;
        chain.push(format!("loop=loop=-1:size=1:start=0,settb={},setpts=N,fps={rate}", rate.inverse()));
    } else {
        chain.push(format!("tpad=stop_mode=clone:stop={}", piece.hold));
    }
    chain.push(format!("trim=end_frame={}", piece.frames));
    chain.extend(ramp(piece.dark, piece.frames));
    format!("[{index}:{}]{}", piece.video.index, chain.join(","))
}

/// Out of black and into it, at the beginning and the end of so many frames.
pub(super) fn ramp(ramp: Ramp, frames: u64) -> Vec<String> {
    let rise = (ramp.rise > 0).then(|| format!("fade=t=in:start_frame=0:nb_frames={}", ramp.rise));
    let start = frames.saturating_sub(ramp.fall);
    let fall = (ramp.fall > 0).then(|| format!("fade=t=out:start_frame={start}:nb_frames={}", ramp.fall));
    rise.into_iter().chain(fall).collect()
}

/// The right frames at the right time, at the output's rate.
fn timed(plan: &Plan, piece: &Piece) -> Vec<String> {
    let mut chain = Vec::new();
    if let Some(from) = argv::sought_by_filter(piece) {
        chain.push(format!("trim=start={from},setpts=PTS-{from}/TB"));
    }
    if piece.skip > 0 && piece.from_ms > 0 {
        // It is entered at the key frame before, which may lie before the piece.
        let ahead = piece.entry_us(plan.frame_rate, piece.skip) - piece.from_ms * 1_000;
        chain.push(format!("trim=start=-{}", argv::micros(ahead)));
    }
    if piece.video.interlaced {
        chain.push("bwdif=mode=send_frame:deint=interlaced".to_owned());
    }
    if piece.speed != Speed::NORMAL {
        // Clocks of whole ms are too coarse for frames that come ten times as fast.
        chain.push(format!("settb=AVTB,setpts=PTS/{}", piece.speed.factor()));
    }
    chain.push(match piece.skip {
        0 => format!("fps={}:start_time=0", plan.frame_rate),
        // Where nothing is found that is shown at its first frame, there are too few, which is seen.
        _ => format!("fps={},trim=start_pts=0:end_pts={}", plan.frame_rate, piece.frames),
    });
    chain
}

fn turned(turn: Turn) -> Vec<&'static str> {
    let mut chain = match turn.degrees() {
        90 => vec!["transpose=clock"],
        180 => vec!["hflip", "vflip"],
        270 => vec!["transpose=cclock"],
        _ => Vec::new(),
    };
    if turn.mirrored() {
        chain.push("hflip");
    }
    chain
}

/// The picture over a copy of its middle that fills the frame, blurred at an eighth of its size: that costs a fifth of
/// blurring all of it, and nobody sees the difference.
fn blurred(index: usize, (wide, high): (u32, u32), (width, height): (u32, u32)) -> String {
    let small = |side: u32| (side / 8).max(2) & !1;
    format!(
        "split[f{index}][b{index}];\
         [b{index}]crop={wide}:{high},scale={}:{}:flags=bilinear,gblur=sigma=5,eq=brightness=-0.06,\
         scale={width}:{height}:flags=bicubic,setsar=1[s{index}];\
         [s{index}][f{index}]overlay=(W-w)/2:(H-h)/2",
        small(width),
        small(height)
    )
}

/// Scaling comes before the costly conversion of colours.
fn resized(piece: &Piece) -> Vec<String> {
    canonical(&piece.video, piece.look.size, piece.look.crop.is_some())
}

/// Any picture at this size, in BT.709 and 8 bits of 4:2:0.
pub(crate) fn canonical(video: &VideoFacts, (width, height): (u32, u32), cropped: bool) -> Vec<String> {
    let mut chain = Vec::new();
    if has_alpha(&video.pixel_format) {
        // What shines through is black, and not whatever colour the file hides there.
        chain.push("format=gbrap,premultiply=inplace=1,format=gbrp".to_owned());
    }
    let shown = (video.display_width, video.display_height);
    let square = video.sample_aspect_ratio == crate::Rational::ONE && !cropped;
    if square && (shown.0 & !1, shown.1 & !1) == (width, height) && shown != (width, height) {
        // Cutting an odd last line off keeps the others sharp; squeezing it in blurs them all.
        chain.push(format!("crop={width}:{height}:0:0"));
    }
    if needs_zscale(&video.color) {
        chain.push(format!("scale={width}:{height}:flags=lanczos"));
        chain.extend(zscaled(&video.color));
    } else {
        let from = source_matrix(video);
        chain.push(format!("scale={width}:{height}:flags=lanczos{from}:out_color_matrix=bt709:out_range=tv"));
    }
    chain.push("format=yuv420p".to_owned());
    chain
}

/// What the samples are is said outright: files leave it out, and the scaler then takes anything
/// for standard definition. RGB has neither matrix nor range.
fn source_matrix(video: &VideoFacts) -> String {
    if !video.pixel_format.starts_with("yuv") && !video.pixel_format.starts_with("nv") {
        return String::new();
    }
    let matrix = match video.color.matrix.as_deref() {
        Some("bt709") => "bt709",
        Some("smpte170m" | "bt470bg") => "bt601",
        Some("smpte240m") => "smpte240m",
        Some("fcc") => "fcc",
        Some("bt2020nc" | "bt2020c") => "bt2020",
        // The usual guess of players for files that don't say it.
        Some(_) | None if video.width.min(video.height) >= 720 => "bt709",
        Some(_) | None => "bt601",
    };
    format!(":in_color_matrix={matrix}:in_range={}", range(video))
}

fn range(video: &VideoFacts) -> &'static str {
    let full = video.color.range.as_deref() == Some("pc") || video.pixel_format.starts_with("yuvj");
    if full { "pc" } else { "tv" }
}

fn zscaled(color: &Color) -> Vec<String> {
    let known = |name: &Option<String>, of: &[&'static str], default: &'static str| {
        let name = name.as_deref().unwrap_or_default();
        of.iter().copied().find(|candidate| *candidate == name).unwrap_or(default)
    };
    let primaries = known(&color.primaries, &["bt709", "smpte431", "smpte432"], "bt2020");
    let usual = if primaries == "bt2020" { "bt2020nc" } else { "bt709" };
    let matrix = known(&color.matrix, &["bt709", "smpte170m", "bt470bg", "bt2020nc"], usual);
    let range = if color.range.as_deref() == Some("pc") { "full" } else { "limited" };
    let transfer = known(&color.transfer, &["smpte2084", "arib-std-b67"], "bt709");
    let source = format!("pin={primaries}:tin={transfer}:min={matrix}:rin={range}");
    let target = "p=bt709:t=bt709:m=bt709:r=limited";
    if !color.is_hdr() {
        return vec![format!("zscale={source}:{target}")];
    }
    // 100 cd/m² is the white of BT.709; mobius keeps mid-tones and bends only what lies above.
    vec![
        format!("zscale={source}:t=linear:npl=100"),
        "format=gbrpf32le".to_owned(),
        "zscale=p=bt709".to_owned(),
        "tonemap=mobius:desat=0".to_owned(),
        format!("zscale={target}"),
    ]
}

fn has_alpha(pixel_format: &str) -> bool {
    let with_alpha = ["rgba", "bgra", "argb", "abgr", "ya8", "ya16", "yuva", "gbrap", "pal8"];
    with_alpha.iter().any(|name| pixel_format.starts_with(name))
}
