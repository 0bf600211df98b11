//! The filter graph: every clip becomes the one canonical form, then they are joined.

use super::{Piece, Plan, SAMPLE_RATE};
use crate::facts::{Color, VideoFacts};

/// The whole graph, from the inputs to the pads `[v]` and `[a]`.
pub(crate) fn graph(plan: &Plan) -> String {
    if let [piece] = plan.pieces.as_slice() {
        let samples = plan.samples_at(piece.frames);
        return format!("{}[v];{}[a]", picture(plan, 0, piece), sound(0, piece, samples));
    }
    let (mut chains, mut pads, mut frame) = (Vec::new(), String::new(), 0);
    for (index, piece) in plan.pieces.iter().enumerate() {
        // Counted from the start of the timeline, so that roundings don't add up.
        let samples = plan.samples_at(frame + piece.frames) - plan.samples_at(frame);
        frame += piece.frames;
        chains.push(format!("{}[v{index}]", picture(plan, index, piece)));
        chains.push(format!("{}[a{index}]", sound(index, piece, samples)));
        pads.push_str(&format!("[v{index}][a{index}]"));
    }
    format!("{};{pads}concat=n={}:v=1:a=1[v][a]", chains.join(";"), plan.pieces.len())
}

/// Whether colours need more than another matrix: another transfer (HDR) or other primaries
/// (Display P3, BT.2020), which the plain scaler would leave as they are and so falsify.
pub(crate) fn needs_zscale(color: &Color) -> bool {
    let wide = ["bt2020", "smpte431", "smpte432"];
    color.is_hdr() || color.primaries.as_deref().is_some_and(|name| wide.contains(&name))
}

fn picture(plan: &Plan, index: usize, piece: &Piece) -> String {
    let video = &piece.video;
    let mut chain = Vec::new();
    if video.interlaced {
        chain.push("bwdif=mode=send_frame:deint=interlaced".to_owned());
    }
    chain.push(format!("fps={}:start_time=0", plan.frame_rate));
    chain.extend(resized(video, piece.size));
    if piece.size != (plan.width, plan.height) {
        chain.push(format!("pad={}:{}:(ow-iw)/2:(oh-ih)/2:black", plan.width, plan.height));
    }
    chain.push("setsar=1".to_owned());
    chain.push("setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709".to_owned());
    chain.push(format!("tpad=stop_mode=clone:stop={}", piece.hold));
    chain.push(format!("trim=end_frame={}", piece.frames));
    format!("[{index}:{}]{}", video.index, chain.join(","))
}

/// Scaling comes before the costly conversion of colours.
fn resized(video: &VideoFacts, (width, height): (u32, u32)) -> Vec<String> {
    let mut chain = Vec::new();
    let shown = (video.display_width, video.display_height);
    let square = video.sample_aspect_ratio == crate::Rational::ONE;
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

fn sound(index: usize, piece: &Piece, samples: u64) -> String {
    let Some(audio) = &piece.audio else {
        return format!("anullsrc=r={SAMPLE_RATE}:cl=stereo,atrim=end_sample={samples}");
    };
    // `first_pts=0` keeps sound that starts late as late as it was. The mixer takes 3 dB off
    // mono on its way to stereo, so mono is copied to both sides instead.
    let stereo = match audio.channels {
        1 => "pan=stereo|c0=c0|c1=c0,aformat=sample_fmts=fltp",
        _ => "aformat=sample_fmts=fltp:channel_layouts=stereo",
    };
    format!(
        "[{index}:{}]aresample={SAMPLE_RATE}:async=1:first_pts=0,{stereo},apad,atrim=end_sample={samples}",
        audio.index
    )
}
