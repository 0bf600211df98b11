//! Who says how much of a picture is left: VMAF where an ffmpeg has it, else SSIM.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use weixin_video_studio::{Control, Tools, compare};

use crate::run::{Result, command, found, root, run};

/// Names an ffmpeg with libvmaf; Debian's has none.
const NAMED: &str = "WEIXIN_VIDEO_VMAF_FFMPEG";

/// The package of PyPI that holds a static ffmpeg with libvmaf.
const WHEEL: &str = "imageio-ffmpeg";

/// A measure of pictures.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Vmaf,
    Ssim,
}

impl Measure {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Vmaf => "VMAF",
            Self::Ssim => "SSIM",
        }
    }
}

/// What is left of a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Score {
    pub(super) mean: f64,
    /// What 95 of 100 frames reach, where it is told.
    pub(super) p5: Option<f64>,
}

/// An ffmpeg that measures.
pub(super) struct Judge {
    tools: Tools,
    vmaf: bool,
    pub(super) note: Option<String>,
}

impl Judge {
    pub(super) fn find() -> Result<Self> {
        let named = std::env::var_os(NAMED).map(PathBuf::from);
        if let Some(named) = &named
            && !has_vmaf(named)
        {
            return Err(format!("{NAMED} names no ffmpeg with libvmaf: {}", named.display()).into());
        }
        let own = || Some(PathBuf::from("ffmpeg")).filter(|ffmpeg| has_vmaf(ffmpeg));
        Ok(match named.or_else(own).or_else(from_wheel) {
            Some(ffmpeg) => Self { tools: Tools::at(ffmpeg, None), vmaf: true, note: None },
            None => Self {
                tools: Tools::find(),
                vmaf: false,
                note: Some(format!(
                    "SSIM stands for VMAF, which no ffmpeg here has: set {NAMED}, or pip install {WHEEL}"
                )),
            },
        })
    }

    pub(super) fn measure(&self) -> Measure {
        if self.vmaf { Measure::Vmaf } else { Measure::Ssim }
    }

    /// What is left of a clip in what was made of it; `None` where that has another shape.
    pub(super) fn score(&self, clip: &Path, made: &Path, folder: &Path) -> Result<Option<Score>> {
        let compared = compare(&self.tools, clip, made, &folder.join("look.png"), &Control::new());
        let compared = compared.map_err(|error| format!("{}: {error}", made.display()))?;
        Ok(compared.scores.and_then(|scores| match self.measure() {
            Measure::Vmaf => scores.vmaf.map(|vmaf| Score { mean: vmaf.mean, p5: Some(vmaf.p5) }),
            Measure::Ssim => scores.ssim.map(|mean| Score { mean, p5: None }),
        }))
    }
}

fn has_vmaf(ffmpeg: &Path) -> bool {
    let filters = command(ffmpeg).args(["-hide_banner", "-filters"]).stderr(Stdio::null()).output();
    filters.is_ok_and(|filters| String::from_utf8_lossy(&filters.stdout).contains(" libvmaf "))
}

/// Where there is pip, the wheel is fetched once and kept with what is built.
fn from_wheel() -> Option<PathBuf> {
    let kept = root().join("target/bench-tools");
    let binary = || {
        let binaries = std::fs::read_dir(kept.join("imageio_ffmpeg/binaries")).ok()?;
        let mut binaries = binaries.flatten().map(|entry| entry.path());
        binaries.find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("ffmpeg-")))
    };
    if binary().is_none() && found("python3") {
        let mut pip = command("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"]).arg(&kept).arg(WHEEL);
        // Without a network there is none; then something else measures.
        let _ = run(&mut pip);
    }
    binary().filter(|ffmpeg| has_vmaf(ffmpeg))
}
