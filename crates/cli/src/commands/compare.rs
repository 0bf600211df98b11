//! `weixin-video compare`: how much of a picture is left.

use std::path::{Path, PathBuf};

use serde_json::json;
use weixin_video_core::media::Accept;
use weixin_video_core::printable::printable;
use weixin_video_studio::{Compared, Side, compare};

use crate::apart::apart;
use crate::args::look;
use crate::failure::Failure;
use crate::output::Shown;
use crate::settings;
use crate::target;

/// How much of a path is repeated to the user.
const CHARS: usize = 300;

pub(super) async fn run(args: look::Compare) -> Result<Shown, Failure> {
    target::check_input(&args.a, Accept::Local)?;
    target::check_input(&args.b, Accept::Local)?;
    let out = target::checked(place(&args.b, args.out.as_deref()), args.force)?.path;
    let (tools, picture) = (settings::tools()?, out.clone());
    let compared = apart("compare", move |control| compare(&tools, &args.a, &args.b, &picture, control)).await??;
    let picture = target::spelled_out(&out).display().to_string();
    let text = text(&compared, &picture);
    Ok(Shown::new(text, json!({"compared": compared, "picture": picture})))
}

/// Where the picture goes.
fn place(b: &Path, out: Option<&Path>) -> PathBuf {
    let name = format!("{}-compare.png", b.file_stem().unwrap_or(b.as_os_str()).to_string_lossy());
    match out {
        None => b.with_file_name(name),
        Some(folder) if folder.is_dir() => folder.join(name),
        Some(file) => file.to_path_buf(),
    }
}

fn text(compared: &Compared, picture: &str) -> String {
    let mut lines = vec![side("A", &compared.a), side("B", &compared.b)];
    if let Some(part) = percent(compared.b.bytes, compared.a.bytes) {
        lines.push(format!("B has {part} of A's bytes"));
    }
    let (width, height) = compared.size;
    if let Some(scores) = &compared.scores {
        let frames = compared.frames;
        lines.push(format!("measured at {width}x{height}, {:.2} frames a second, {frames} frames", compared.rate));
        match &scores.vmaf {
            Some(vmaf) => {
                let (mean, p5, least) = (vmaf.mean, vmaf.p5, vmaf.least);
                lines.push(format!("VMAF   {mean:.2} (95 of 100 frames reach {p5:.2}, the worst {least:.2})"));
            }
            None => lines.push("VMAF   not measured: this ffmpeg has no libvmaf".to_owned()),
        }
        lines.extend(scores.xpsnr.map(|xpsnr| format!("XPSNR  {xpsnr:.2} dB")));
        lines.extend(scores.ssim.map(|ssim| format!("SSIM   {ssim:.4}")));
    }
    lines.extend(compared.notes.iter().cloned());
    let moments = compared.moments_ms.map(|ms| format!("{:.1} s", ms as f64 / 1000.0)).join(", ");
    lines.push(format!("A left, B right, at {moments}: {}", printable(picture, CHARS)));
    lines.join("\n")
}

fn side(name: &str, side: &Side) -> String {
    let rate = side.rate.map_or_else(|| "?".to_owned(), |rate| format!("{rate:.2}"));
    format!(
        "{name}: {} bytes, {} kb/s, {}x{} at {rate}, {:.1} s, {}",
        side.bytes,
        side.bit_rate / 1000,
        side.width,
        side.height,
        side.duration_ms as f64 / 1000.0,
        side.codec
    )
}

fn percent(part: u64, whole: u64) -> Option<String> {
    (whole > 0).then(|| format!("{:.1} %", part as f64 * 100.0 / whole as f64))
}
