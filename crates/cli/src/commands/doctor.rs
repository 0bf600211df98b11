//! `weixin-video doctor`: what this machine has, and what is missing.

use serde_json::{Value, json};
use weixin_video_studio::{Cache, Confinement, Transcriber};

use crate::ask::Ask;
use crate::failure::Failure;
use crate::output::Shown;
use crate::places::Places;
use crate::settings::{self, Chosen};
use crate::store;

/// One line of the report: what, whether it is fine, and the words.
type Line = (&'static str, bool, String);

pub(super) fn run(ask: &Ask) -> Result<Shown, Failure> {
    let places = Places::find()?;
    let (backend, key) = backend(ask)?;
    let mut lines = ffmpeg();
    lines.extend([confinement(), transcriber(), cache(&places)]);
    lines.push(("backend", true, backend));
    lines.push(token(&places, &key));
    lines.push(("client id", true, kept(&places.client_id())));
    lines.push(("tokens", true, kept(&places.tokens())));
    lines.push(("sessions", true, kept(&places.sessions())));
    lines.push(("host", true, format!("{} {}, {} cores", std::env::consts::OS, std::env::consts::ARCH, cores())));
    let failed = lines.iter().find(|(_, fine, _)| !fine).map(|(what, _, words)| {
        Failure::new("unhealthy", format!("{what}: {words}"), "Mend what is marked as failed, then look again.")
    });
    let text: Vec<String> = lines
        .iter()
        .map(|(what, fine, words)| format!("{} {what}: {words}", if *fine { "ok  " } else { "FAIL" }))
        .collect();
    let checks: Vec<Value> =
        lines.iter().map(|(what, fine, words)| json!({"check": what, "ok": fine, "detail": words})).collect();
    let shown = Shown::new(text.join("\n"), json!({"healthy": failed.is_none(), "checks": checks}));
    Ok(Shown { failed, ..shown })
}

fn ffmpeg() -> Vec<Line> {
    let report = match settings::tools().and_then(|tools| Ok(tools.report()?)) {
        Ok(report) => report,
        Err(failure) => {
            let words = format!("{}. {}", failure.message, failure.next_step);
            return vec![("ffmpeg", false, words), ("without it", true, WITHOUT.to_owned())];
        }
    };
    let has = |there: bool, what: &str| {
        if there { what.to_owned() } else { format!("{what} is missing: install a full build of ffmpeg") }
    };
    let none =
        |error: &weixin_video_studio::Error| format!("{error}, so nothing is written in Chinese; {}", error.advice());
    let font = report.chinese_font.clone().unwrap_or_else(|error| none(&error));
    let list = |names: &[&str]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let ffprobe = report.ffprobe.as_ref().map_or_else(|| NO_FFPROBE.to_owned(), |path| path.display().to_string());
    let mut lines = vec![
        ("ffmpeg", true, format!("{} ({})", report.version, report.ffmpeg.display())),
        ("ffprobe", true, ffprobe),
        ("H.264 encoder", report.libx264, has(report.libx264, "libx264")),
        ("AAC encoder", report.aac, has(report.aac, "aac")),
        ("HDR conversion", report.zscale, has(report.zscale, "zscale and tonemap")),
        ("writing", report.libass, has(report.libass, "libass")),
        ("loudness", report.loudnorm, has(report.loudnorm, "loudnorm")),
        // These are missed only by who asks for Chinese, H.265, WebM, MP3 or a comparison, and hears of it then.
        ("Chinese font", true, font),
        ("other encoders", true, list(&report.more_encoders)),
        ("compare", true, list(&report.measures)),
    ];
    lines.extend(report.to_install().into_iter().map(|sentence| ("to install", true, sentence)));
    lines
}

/// What is done all the same.
const WITHOUT: &str = "what is right already is copied, and MP4 files are mended where nothing has to be encoded";

/// What is done instead.
const NO_FFPROBE: &str = "not there; ffmpeg is asked instead";

/// What keeps ffmpeg to the files of its job.
fn confinement() -> Line {
    let Confinement { landlock, network, limits, .. } = weixin_video_studio::confinement();
    let mut words = vec!["only the formats and files of the job".to_owned()];
    words.push(match landlock {
        Some(abi) => format!("kept by the kernel (Landlock {abi})"),
        None => "not kept by the kernel, which has no Landlock".to_owned(),
    });
    words.push(if network { "no network" } else { "the network is not taken away by the kernel" }.to_owned());
    words.push(if limits { "memory and file size are bounded" } else { "memory is not bounded" }.to_owned());
    ("confinement", true, words.join("; "))
}

fn transcriber() -> Line {
    match settings::transcriber() {
        Ok(Some(_)) => ("transcriber", true, "set".to_owned()),
        Ok(None) => {
            let missing = Transcriber::missing();
            ("transcriber", true, format!("none: {missing}; {}", missing.advice()))
        }
        Err(failure) => ("transcriber", false, format!("{}. {}", failure.message, failure.next_step)),
    }
}

/// How large the cache is, and that it may go.
fn cache(places: &Places) -> Line {
    let folder = places.cache.display();
    let words = match places.cache.is_dir().then(|| Cache::open(&places.cache, Cache::USUAL_BYTES)) {
        None => format!("{folder} (not there yet)"),
        Some(Ok(cache)) => {
            let (megabytes, most) = (cache.bytes().div_ceil(1_000_000), Cache::USUAL_BYTES / 1_000_000);
            format!("{folder} ({megabytes} of at most {most} MB; it may be deleted at any time)")
        }
        Some(Err(error)) => format!("{folder} can't be used: {error}"),
    };
    ("cache", true, words)
}

fn backend(ask: &Ask) -> Result<(String, store::Key), Failure> {
    Ok(match settings::choose(&ask.choice)? {
        Chosen::Local => ("local; nothing leaves this machine".to_owned(), "local".to_owned()),
        Chosen::Remote { url, .. } => {
            let config = settings::config(&url)?;
            (config.api.to_string(), config.api.to_string())
        }
    })
}

/// Whether there is a token and how long it lasts; never the token itself.
fn token(places: &Places, key: &store::Key) -> Line {
    let words = match (settings::token(), store::grant(places, key)) {
        (Err(failure), _) => return ("token", false, format!("{}. {}", failure.message, failure.next_step)),
        (Ok(Some(_)), _) => "yours, from NEMO_TOKEN".to_owned(),
        (Ok(None), Some(grant)) => match grant.expires_at.duration_since(std::time::SystemTime::now()) {
            Ok(left) => format!("anonymous, good for {} h", left.as_secs() / 3600),
            Err(_) => "anonymous, expired; a new one is asked for when needed".to_owned(),
        },
        (Ok(None), None) => "none yet; an anonymous one is asked for when needed".to_owned(),
    };
    ("token", true, words)
}

fn kept(path: &std::path::Path) -> String {
    let there = if path.exists() { "kept" } else { "not there yet" };
    format!("{} ({there})", path.display())
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
