//! Finds ffmpeg, and ffprobe where there is one, and says what they can do.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{
    cache::Cache,
    child::{self, Limits},
    control::Control,
    error::{Error, plain},
    plan::Script,
    render::fonts,
};

/// Starting ffmpeg takes 0.2 s; a disk that is asleep or a virus scanner takes a few seconds.
const REPORT_LIMIT: Duration = Duration::from_secs(20);

/// Where ffmpeg and ffprobe are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tools {
    ffmpeg: Option<PathBuf>,
    ffprobe: Option<PathBuf>,
    cache: Option<Cache>,
}

/// What the installed ffmpeg is and can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolReport {
    /// Where it is.
    pub ffmpeg: PathBuf,
    /// Where ffprobe is; without it ffmpeg is asked what a file is, which takes a little longer.
    pub ffprobe: Option<PathBuf>,
    /// The first line of `ffmpeg -version`.
    pub version: String,
    /// Whether it encodes H.264 with libx264; without it nothing can be rendered.
    pub libx264: bool,
    /// Whether it encodes AAC; without it nothing can be rendered.
    pub aac: bool,
    /// Whether it has the zscale and tonemap filters; without them HDR clips can't be rendered.
    pub zscale: bool,
    /// Whether it draws writing; without it there are no titles and no subtitles.
    pub libass: bool,
    /// Whether it evens out loudness.
    pub loudnorm: bool,
    /// The ways to measure how alike two pictures are that it has, best first: VMAF, XPSNR, SSIM.
    pub measures: Vec<&'static str>,
    /// The font that Chinese is written in, or how to get one.
    pub chinese_font: Result<String, Error>,
    /// Those that it has of libx265 (H.265), libvpx-vp9 and libopus (WebM), and libmp3lame (MP3).
    pub more_encoders: Vec<&'static str>,
}

/// Encoders that only some outputs need.
const MORE_ENCODERS: [&str; 4] = ["libx265", "libvpx-vp9", "libopus", "libmp3lame"];

/// ffmpeg's names for what measures pictures, best first.
const MEASURES: [(&str, &str); 3] = [("libvmaf", "VMAF"), ("xpsnr", "XPSNR"), ("ssim", "SSIM")];

impl ToolReport {
    /// What to install for what is missing, a sentence each with what it is for; empty when all is there.
    pub fn to_install(&self) -> Vec<String> {
        let parts = [
            (self.libx264 && self.aac, "libx264 and aac", "to make any video"),
            (self.zscale, "zscale and tonemap", "for HDR clips"),
            (self.libass, "libass", "for titles and subtitles"),
            (self.loudnorm, "loudnorm", "to even out the sound"),
            (self.more_encoders.len() == MORE_ENCODERS.len(), "all encoders", "for H.265, WebM and MP3"),
        ];
        let lacking = parts.iter().filter(|(there, ..)| !there);
        let mut sentences: Vec<String> =
            lacking.map(|(_, what, why)| format!("ffmpeg with {what}, {why}: {}", install_command())).collect();
        if let Err(error) = &self.chinese_font {
            sentences.push(format!("{error}, for writing in Chinese: {}", error.advice()));
        }
        if !self.measures.contains(&"VMAF") {
            // Debian's has none; what PyPI's wheel holds has it.
            sentences.push(
                "ffmpeg with libvmaf, only to compare pictures as people see them: a static build, such as \
                            the one in PyPI's imageio-ffmpeg"
                    .to_owned(),
            );
        }
        sentences
    }
}

impl Tools {
    /// Looks for both programs in the folders of `PATH`. An ffmpeg that isn't there is missed when it is needed; what
    /// ffprobe says, ffmpeg can be asked too.
    pub fn find() -> Self {
        Self { ffmpeg: on_path("ffmpeg"), ffprobe: on_path("ffprobe"), cache: None }
    }

    /// Takes programs at places of the caller's own. Nothing is checked yet.
    pub fn at(ffmpeg: PathBuf, ffprobe: Option<PathBuf>) -> Self {
        Self { ffmpeg: Some(ffmpeg), ffprobe, cache: None }
    }

    /// The same programs, with a folder for what they make, so that an edit costs what it changes.
    #[must_use]
    pub fn with_cache(self, cache: Cache) -> Self {
        Self { cache: Some(cache), ..self }
    }

    pub(crate) fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
    }

    /// Where ffmpeg is.
    ///
    /// # Errors
    /// [`Error::MissingTool`] says how to install it here.
    pub fn ffmpeg(&self) -> Result<&Path, Error> {
        self.ffmpeg.as_deref().ok_or_else(|| missing("ffmpeg"))
    }

    /// `None` is no lack: ffmpeg is asked instead.
    pub(crate) fn ffprobe(&self) -> Option<&Path> {
        self.ffprobe.as_deref()
    }

    /// Asks ffmpeg for its version and abilities; takes about half a second.
    ///
    /// # Errors
    /// [`Error::MissingTool`] when it can't be started, [`Error::Render`] when it fails.
    pub fn report(&self) -> Result<ToolReport, Error> {
        let version = self.say("-version")?;
        let encoders = self.say("-encoders")?;
        let filters = self.say("-filters")?;
        let has = |filter: &str| lists(&filters, filter);
        Ok(ToolReport {
            ffmpeg: self.ffmpeg()?.to_owned(),
            ffprobe: self.ffprobe.clone(),
            version: plain(version.lines().next().unwrap_or_default(), 200),
            libx264: lists(&encoders, "libx264"),
            aac: lists(&encoders, "aac"),
            zscale: has("zscale") && has("tonemap"),
            libass: has("ass"),
            loudnorm: has("loudnorm"),
            measures: MEASURES.into_iter().filter(|(filter, _)| has(filter)).map(|(_, name)| name).collect(),
            chinese_font: fonts::find(Script::Chinese).map(|found| found.font.family.to_owned()),
            more_encoders: MORE_ENCODERS.into_iter().filter(|encoder| lists(&encoders, encoder)).collect(),
        })
    }

    /// The first of these filters and encoders that this ffmpeg was built without.
    pub(crate) fn lacks<'a>(&self, filters: &[&'a str], encoders: &[&'a str]) -> Result<Option<&'a str>, Error> {
        for (question, names) in [("-filters", filters), ("-encoders", encoders)] {
            // Asking takes a tenth of a second.
            if names.is_empty() {
                continue;
            }
            let listing = self.say(question)?;
            if let Some(name) = names.iter().find(|name| !lists(&listing, name)) {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    fn say(&self, question: &str) -> Result<String, Error> {
        let mut command = Command::new(self.ffmpeg()?);
        command.args(["-hide_banner", question]);
        let control = Control::new();
        let limits = Limits { control: &control, wall: REPORT_LIMIT, stall: REPORT_LIMIT };
        let (done, text) = child::capture(command, "ffmpeg", &limits)?;
        if !done.status.success() {
            return Err(Error::Render { detail: plain(&done.stderr, 300) });
        }
        Ok(text)
    }
}

/// The error for a program or a part of it that isn't there.
pub(crate) fn missing(tool: &'static str) -> Error {
    Error::MissingTool { tool, install: install_command().to_owned() }
}

/// A program in the folders of `PATH`.
pub(crate) fn on_path(tool: &str) -> Option<PathBuf> {
    let name = format!("{tool}{}", env::consts::EXE_SUFFIX);
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(&name)).find(|file| is_executable(file))
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}

/// ffmpeg lists one name a line, in the second column.
fn lists(listing: &str, name: &str) -> bool {
    listing.lines().any(|line| line.split_whitespace().nth(1) == Some(name))
}

fn install_command() -> &'static str {
    match env::consts::OS {
        "macos" => "brew install ffmpeg",
        "windows" => "winget install Gyan.FFmpeg",
        _ => linux_command(&fs::read_to_string("/etc/os-release").unwrap_or_default()),
    }
}

fn linux_command(os_release: &str) -> &'static str {
    let families: Vec<&str> = os_release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
        .flat_map(|value| value.trim_matches('"').split(' '))
        .collect();
    let is = |names: &[&str]| families.iter().any(|family| names.contains(family));
    if is(&["fedora", "rhel", "centos"]) {
        "sudo dnf install ffmpeg (from the RPM Fusion repository)"
    } else if is(&["arch"]) {
        "sudo pacman -S ffmpeg"
    } else if is(&["alpine"]) {
        "sudo apk add ffmpeg"
    } else if is(&["suse", "opensuse"]) {
        "sudo zypper install ffmpeg"
    } else {
        "sudo apt-get install ffmpeg"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_install_command_fits_the_system() {
        let cases = [
            ("PRETTY_NAME=\"Debian\"\nID=debian\n", "sudo apt-get install ffmpeg"),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "sudo apt-get install ffmpeg"),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", "sudo dnf install ffmpeg"),
            ("ID=manjaro\nID_LIKE=arch\n", "sudo pacman -S ffmpeg"),
            ("", "sudo apt-get install ffmpeg"),
        ];
        for (os_release, command) in cases {
            assert!(linux_command(os_release).starts_with(command), "{os_release}");
        }
    }

    #[test]
    fn what_is_missing_is_told_with_what_it_is_for() {
        let mut report = ToolReport {
            ffmpeg: "/usr/bin/ffmpeg".into(),
            ffprobe: None,
            version: String::new(),
            libx264: true,
            aac: true,
            zscale: true,
            libass: true,
            loudnorm: true,
            measures: vec!["VMAF", "SSIM"],
            chinese_font: Ok("Noto Sans CJK SC".to_owned()),
            more_encoders: MORE_ENCODERS.to_vec(),
        };
        assert_eq!(report.to_install(), Vec::<String>::new());
        report.zscale = false;
        report.measures = vec!["SSIM"];
        report.chinese_font = Err(Error::MissingTool { tool: "a Chinese font", install: "get one".to_owned() });
        let told = report.to_install();
        assert!(told[0].starts_with("ffmpeg with zscale and tonemap, for HDR clips: "), "{told:?}");
        assert!(told[1].contains("a Chinese font") && told[1].contains("get one"), "{told:?}");
        assert!(told[2].contains("libvmaf") && told.len() == 3, "{told:?}");
    }

    #[test]
    fn a_listing_is_read_by_its_second_column() {
        let listing = " V....D libx264rgb   libx264 RGB\n A..... aac  AAC\n";
        assert!(lists(listing, "aac"));
        assert!(!lists(listing, "libx264"));
    }
}
