//! The product's own program, built for a task.

use std::path::PathBuf;

use serde_json::Value;

use crate::run::{Result, cargo, output, shown};

/// How the program is built.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// Soonest there: right where ffmpeg does the work.
    Dev,
    /// What users run: right where our own code is measured.
    #[cfg(feature = "bench")]
    Release,
}

/// Builds `weixin-video` and answers where it lies.
pub(crate) fn build(profile: Profile) -> Result<PathBuf> {
    let mut build = cargo();
    build.args(["build", "--package", "weixin-video", "--locked"]);
    match profile {
        Profile::Dev => {}
        #[cfg(feature = "bench")]
        Profile::Release => {
            build.arg("--release");
        }
    }
    build.arg("--message-format=json-render-diagnostics");
    eprintln!("$ {}", shown(&build));
    let messages = output(&mut build)?;
    executable(&messages).ok_or_else(|| "cargo built no program weixin-video".into())
}

/// The path of the program `weixin-video` in cargo's messages, one JSON object a line.
fn executable(messages: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == "weixin-video")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_found_among_cargos_messages() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"clap"},"executable":null}"#,
            "\nnot json\n",
            r#"{"target":{"name":"weixin-video"},"executable":"/t/debug/weixin-video"}"#,
            "\n"
        );
        assert_eq!(executable(messages), Some(PathBuf::from("/t/debug/weixin-video")));
        assert_eq!(executable("{}"), None);
    }
}
