//! The environment, read once: which backend, which token, which attribution.

use std::env;
use std::path::{Path, PathBuf};

use weixin_video_core::attribution::Attribution;
use weixin_video_core::call::Origin;
use weixin_video_core::config::{CLOUD_API, Config};
use weixin_video_core::ids::Token;
use weixin_video_core::media::Accept;
use weixin_video_studio::{Tools, Transcriber};

use crate::args::Choice;
#[cfg(feature = "interpreter")]
use crate::endpoint::{Endpoint, Setting};
use crate::failure::Failure;
use crate::places;

/// Which backend was chosen, and why.
#[derive(Debug)]
pub(crate) enum Chosen {
    /// The renderer on this machine.
    Local,
    /// An API somewhere, the cloud's unless said otherwise.
    Remote {
        /// Its address.
        url: String,
        /// The user's own token for it, if there is one.
        token: Option<Token>,
    },
}

/// Decides by the flags, then `NEMO_API_URL`, then `NEMO_TOKEN`; else local.
pub(crate) fn choose(choice: &Choice) -> Result<Chosen, Failure> {
    if [choice.local, choice.cloud, choice.backend.is_some()].into_iter().filter(|chosen| *chosen).count() > 1 {
        return Err(Failure::usage("only one of --local, --cloud and --backend can be chosen"));
    }
    let home_url = variable("NEMO_API_URL").unwrap_or_else(|| CLOUD_API.to_owned());
    let wants_remote = choice.cloud || variable("NEMO_API_URL").is_some() || variable("NEMO_TOKEN").is_some();
    match &choice.backend {
        Some(url) => {
            let at_home = Origin::parse(url).ok().is_some_and(|origin| Origin::parse(&home_url) == Ok(origin));
            let token = if at_home { token()? } else { None };
            Ok(Chosen::Remote { url: url.clone(), token })
        }
        None if choice.local || !wants_remote => Ok(Chosen::Local),
        None => Ok(Chosen::Remote { url: home_url, token: token()? }),
    }
}

/// The client's configuration for an API at `url`.
pub(crate) fn config(url: &str) -> Result<Config, Failure> {
    let mut config = defaults(url)?;
    if let Some(web) = variable("NEMO_WEB_URL") {
        config.web = Origin::parse(&web).map_err(|why| Failure::usage(format!("NEMO_WEB_URL is not usable: {why}")))?;
    }
    config.attribution = attribution();
    Ok(config)
}

/// The user's own token.
pub(crate) fn token() -> Result<Option<Token>, Failure> {
    let Some(text) = variable("NEMO_TOKEN") else {
        return Ok(None);
    };
    let token = Token::new(text.trim());
    token.map(Some).ok_or_else(|| {
        let next = "Copy the token again, without spaces or line breaks, or unset NEMO_TOKEN.";
        Failure::new("bad_token", "NEMO_TOKEN is not a token", next)
    })
}

/// ffmpeg and ffprobe: those of the user, else those in the folders of `PATH`.
pub(crate) fn tools() -> Result<Tools, Failure> {
    let (ffmpeg, ffprobe) = (program("WEIXIN_VIDEO_FFMPEG")?, program("WEIXIN_VIDEO_FFPROBE")?);
    let found = Tools::find();
    Ok(match (ffmpeg, ffprobe) {
        (None, None) => found,
        (Some(ffmpeg), ffprobe) => {
            let ffprobe = ffprobe.or_else(|| beside(&ffmpeg));
            Tools::at(ffmpeg, ffprobe)
        }
        (None, Some(ffprobe)) => match found.ffmpeg() {
            Ok(ffmpeg) => Tools::at(ffmpeg.to_owned(), Some(ffprobe)),
            // It is missed when it is needed.
            Err(_) => found,
        },
    })
}

/// Who writes down what is said, for subtitles from speech.
pub(crate) fn transcriber() -> Result<Option<Transcriber>, Failure> {
    let Some(line) = variable(TRANSCRIBER) else { return Ok(None) };
    Transcriber::parse(&line).map(Some).map_err(|error| {
        let next = "Such as: whisper-cli -m /path/to/ggml-base.bin -l {language} -f {wav} -osrt -of {srt}";
        Failure::new("usage", format!("{TRANSCRIBER} is not usable: {error}"), next)
    })
}

/// Its command line.
const TRANSCRIBER: &str = "WEIXIN_VIDEO_TRANSCRIBER";

/// The program that a variable names.
fn program(name: &str) -> Result<Option<PathBuf>, Failure> {
    let Some(path) = env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from) else { return Ok(None) };
    if path.is_file() {
        return Ok(Some(path));
    }
    let message = format!("{name} names no file: {}", path.display());
    Err(Failure::new("usage", message, "Name the program with its folder, or unset it."))
}

/// The ffprobe that goes with an ffmpeg: of the same folder, else of `PATH`.
fn beside(ffmpeg: &Path) -> Option<PathBuf> {
    let name = format!("ffprobe{}", env::consts::EXE_SUFFIX);
    let own = ffmpeg.parent().map(|folder| folder.join(&name));
    let path = env::var_os("PATH").unwrap_or_default();
    own.into_iter().chain(env::split_paths(&path).map(|folder| folder.join(&name))).find(|file| file.is_file())
}

/// Who is asked what the grammar passes on; nobody, unless that was switched on.
#[cfg(feature = "interpreter")]
pub(crate) fn interpreter() -> Result<Option<Endpoint>, Failure> {
    let Some(url) = variable(INTERPRETER_URL) else {
        return Ok(None);
    };
    let key = variable("WEIXIN_VIDEO_INTERPRETER_KEY").map(|key| {
        let next = "Copy the key again, without spaces or line breaks, or unset it.";
        Token::new(key.trim()).ok_or_else(|| Failure::usage("WEIXIN_VIDEO_INTERPRETER_KEY is not a key").then(next))
    });
    let model = variable("WEIXIN_VIDEO_INTERPRETER_MODEL").unwrap_or_default();
    Endpoint::new(Setting { url, model, key: key.transpose()? }).map(Some)
}

/// Whether somebody was to be asked, which this program can't.
#[cfg(not(feature = "interpreter"))]
pub(crate) fn wants_interpreter() -> bool {
    variable(INTERPRETER_URL).is_some()
}

/// Switches it on.
const INTERPRETER_URL: &str = "WEIXIN_VIDEO_INTERPRETER_URL";

/// By the SKILL.md this program was installed with, else by its own.
fn attribution() -> Attribution {
    let installed = skill_md();
    let path = installed.as_ref().map(|(path, _)| path.display().to_string()).unwrap_or_default();
    let text = installed.as_ref().map_or(OWN_SKILL_MD, |(_, text)| text);
    let home = places::home().map(|home| home.display().to_string()).unwrap_or_default();
    let named = variable("SKILL_SOURCE");
    let read = |text: &str| Attribution::from_skill_md(text, &path, named.as_deref(), &home);
    read(text).or_else(|_| read(OWN_SKILL_MD)).unwrap_or_default()
}

/// The skill's text for agents, as this program was built with it.
const OWN_SKILL_MD: &str = include_str!("../SKILL.md");

/// A SKILL.md in the folder of this program, or in the one above (`bin/`).
fn skill_md() -> Option<(PathBuf, String)> {
    let program = env::current_exe().ok()?;
    program.ancestors().skip(1).take(2).map(|folder| folder.join("SKILL.md")).find_map(|path| {
        let text = std::fs::read_to_string(&path).ok()?;
        text.contains("weixin-video").then_some((path, text))
    })
}

/// A variable that is set, not empty, and text.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// Which files the chosen backend takes, known before it is started.
pub(crate) fn accept(choice: &Choice) -> Result<Accept, Failure> {
    Ok(match choose(choice)? {
        Chosen::Local => Accept::Local,
        Chosen::Remote { url, .. } => defaults(&url)?.accept,
    })
}

fn defaults(url: &str) -> Result<Config, Failure> {
    Config::new(url).map_err(|why| Failure::usage(format!("the API address is not usable: {why}")))
}
