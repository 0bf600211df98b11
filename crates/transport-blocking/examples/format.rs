//! A script: one clip in, one video out.
//!
//! ```text
//! weixin-video serve --port 8080 &
//! NEMO_API_URL=http://127.0.0.1:8080 cargo run -p weixin-video-blocking --example format -- in.mov out.mp4
//! ```
//! Words of your own may follow: what is to be done with the clip, in any language.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a script talks to its terminal")]
#![allow(clippy::wildcard_enum_match_arm, reason = "there will be more events than anybody shows")]

use std::path::Path;
use std::process::ExitCode;

use weixin_video_blocking::core::config::CLOUD_API;
use weixin_video_blocking::core::ids::Seed;
use weixin_video_blocking::{Client, ClientId, Config, Credential, Event, Output};

/// What is asked for when the command line says nothing.
const WORDS: &str = "format and compress this video for sharing on WeChat";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [clip, output, words @ ..] = &arguments[..] else {
        eprintln!("usage: format IN OUT [WORDS...]");
        return ExitCode::from(2);
    };
    let words = if words.is_empty() { WORDS.to_owned() } else { words.join(" ") };
    match format(Path::new(clip), &words, &Output::new(output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn format(clip: &Path, words: &str, output: &Output) -> Result<(), Box<dyn std::error::Error>> {
    let api = std::env::var("NEMO_API_URL").unwrap_or_else(|_| CLOUD_API.to_owned());
    let client = Client::new(Config::new(&api)?, account()?)?;
    let delivered =
        client.format(clip, words, output, &mut show).map_err(|error| format!("{error}\n{}", error.advice()))?;
    println!("{}: {} bytes", output.path.display(), delivered.bytes);
    println!("{}", delivered.summary);
    Ok(())
}

/// One id for one installation: keep it, and set it as `NEMO_CLIENT_ID` the next time.
fn account() -> Result<Credential, &'static str> {
    let client = match std::env::var("NEMO_CLIENT_ID") {
        Ok(id) => ClientId::new(id).ok_or("NEMO_CLIENT_ID is no id: letters, digits and '-' only")?,
        Err(_) => new_client_id(),
    };
    Ok(Credential::Anonymous { client, grant: None })
}

fn new_client_id() -> ClientId {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let client = Seed::new(now.as_nanos() ^ u128::from(std::process::id())).client_id();
    eprintln!("a new client id: NEMO_CLIENT_ID={client}");
    client
}

fn show(event: Event) {
    match event {
        Event::Began(stage) => eprintln!("{stage}..."),
        Event::Said(words) => eprintln!("  \"{words}\""),
        Event::Note(note) => eprintln!("  {note}"),
        Event::StillWorking(time) => eprintln!("  still working after {} s", time.as_secs()),
        _ => {}
    }
}
