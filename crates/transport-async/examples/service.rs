//! A service: many clips at once over one client, a few at a time, every result reported.
//!
//! ```text
//! weixin-video serve --port 8080 &
//! NEMO_API_URL=http://127.0.0.1:8080 cargo run -p weixin-video-async --example service -- CLIPS... OUT_FOLDER
//! ```
//! A folder among the clips stands for the files in it. Each video gets its clip's name in `OUT_FOLDER`.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a service talks to its log")]
#![allow(clippy::wildcard_enum_match_arm, reason = "there will be more events than anybody shows")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use futures_util::stream::{self, StreamExt};
use weixin_video_async::core::config::CLOUD_API;
use weixin_video_async::core::ids::Seed;
use weixin_video_async::{Client, ClientId, Config, Credential, Delivered, Error, Event, Output};

const WORDS: &str = "format and compress this video for sharing on WeChat";

/// Clips at once: uploads share the uplink, and a renderer on this machine has only so many cores.
const AT_ONCE: usize = 4;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let Some((folder, clips)) = arguments.split_last().filter(|(_, clips)| !clips.is_empty()) else {
        eprintln!("usage: service CLIPS... OUT_FOLDER");
        return ExitCode::from(2);
    };
    match serve(folder, clips).await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failed) => {
            eprintln!("{failed} failed");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Formats all clips and returns how many failed. One that fails does not hold up the others.
async fn serve(folder: &Path, clips: &[PathBuf]) -> Result<usize, Box<dyn std::error::Error>> {
    let api = std::env::var("NEMO_API_URL").unwrap_or_else(|_| CLOUD_API.to_owned());
    let client = Client::new(Config::new(&api)?, account()?)?;
    std::fs::create_dir_all(folder)?;
    let jobs = listed(clips)?.into_iter().map(|clip| {
        let (client, output) = (client.clone(), output(folder, &clip));
        async move {
            let result = format(&client, &clip, &output).await;
            (clip, output, result)
        }
    });
    let mut results = stream::iter(jobs).buffer_unordered(AT_ONCE);
    let mut failed = 0;
    while let Some((clip, output, result)) = results.next().await {
        failed += usize::from(result.is_err());
        report(&clip, &output, &result);
    }
    Ok(failed)
}

async fn format(client: &Client, clip: &Path, output: &Output) -> Result<Delivered, Error> {
    let name = clip.display().to_string();
    let mut observer = |event| match event {
        Event::Began(stage) => eprintln!("{name}: {stage}"),
        Event::Note(note) => eprintln!("{name}: {note}"),
        Event::StillWorking(time) => eprintln!("{name}: still working after {} s", time.as_secs()),
        _ => {}
    };
    client.format(clip, WORDS, output, &mut observer).await
}

fn report(clip: &Path, output: &Output, result: &Result<Delivered, Error>) {
    match result {
        Ok(delivered) => println!("{} -> {}: {} bytes", clip.display(), output.path.display(), delivered.bytes),
        Err(error) => println!("{}: {error}. {}", clip.display(), error.advice()),
    }
}

/// Folders opened, files taken as they are.
fn listed(clips: &[PathBuf]) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for clip in clips {
        if !clip.is_dir() {
            files.push(clip.clone());
            continue;
        }
        for entry in std::fs::read_dir(clip)? {
            let path = entry?.path();
            if path.is_file() {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The clip's whole name and another ending, so that `a.mov` and `a.mp4` don't meet.
fn output(folder: &Path, clip: &Path) -> Output {
    let mut name = clip.file_name().unwrap_or_default().to_owned();
    name.push(".wechat.mp4");
    Output::new(folder.join(name))
}

/// One id for one installation: a service keeps it, and gives it as `NEMO_CLIENT_ID`.
fn account() -> Result<Credential, &'static str> {
    let client = match std::env::var("NEMO_CLIENT_ID") {
        Ok(id) => ClientId::new(id).ok_or("NEMO_CLIENT_ID is no id: letters, digits and '-' only")?,
        Err(_) => Seed::new(u128::from(std::process::id())).client_id(),
    };
    Ok(Credential::Anonymous { client, grant: None })
}
