//! `cargo xtask demo`: a real phone clip through the product on this machine, and what changed.

mod facts;

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::Value;

use crate::cli;
use crate::run::{Result, command, root, short, shown};
use facts::Facts;

const CLIP: &str = "tests/clips/phone_portrait_hevc_hlg.mov";

/// Formats the clip with the local backend and prints the two files side by side.
pub(crate) fn demo() -> Result {
    crate::ffmpeg::ensure()?;
    let started = Instant::now();
    let cli = cli::build(cli::Profile::Dev)?;
    let built = started.elapsed();

    let input = root().join(CLIP);
    let target = demo_folder(&cli)?;
    let result = target.join("phone_portrait_hevc_hlg.mp4");
    let started = Instant::now();
    let answer = format(&cli, &input, &result)?;
    let formatted = started.elapsed();

    println!(
        "Built in {:.1} s, formatted in {:.1} s. The clip never left this machine.\n",
        built.as_secs_f64(),
        formatted.as_secs_f64()
    );
    print!("{}", compare(&Facts::of(&input)?, &Facts::of(&answer)?));
    println!("\nWatch it: {}", answer.display());
    println!("The clip's author and licence: tests/clips/README.md");
    Ok(())
}

/// `target/demo`, wherever cargo's target folder is: two above the program.
fn demo_folder(cli: &Path) -> Result<PathBuf> {
    let target = cli.ancestors().nth(2).ok_or("the built program lies in no target folder")?;
    let folder = target.join("demo");
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    Ok(folder)
}

/// Runs the tool as a person would and answers where it says the MP4 is.
fn format(cli: &Path, input: &Path, result: &Path) -> Result<PathBuf> {
    let mut format = command(cli);
    format.arg("format").arg(input).arg("-o").arg(result);
    format.args(["--local", "--force", "--json"]);
    eprintln!("$ {}", shown(&format));
    let done =
        format.stderr(std::process::Stdio::inherit()).output().map_err(|e| format!("{}: {e}", short(cli).display()))?;
    answer(&String::from_utf8_lossy(&done.stdout)).map_err(|why| format!("{why} ({})", done.status).into())
}

/// Reads the one JSON object of `--json`.
fn answer(stdout: &str) -> std::result::Result<PathBuf, String> {
    let answer: Value = serde_json::from_str(stdout).map_err(|e| format!("weixin-video gave no JSON: {e}"))?;
    if answer["ok"] == true {
        return match answer["data"]["output"]["path"].as_str() {
            Some(path) => Ok(root().join(path)),
            None => Err("weixin-video named no output".to_owned()),
        };
    }
    let said = |key: &str| answer["error"][key].as_str().unwrap_or_default().to_owned();
    Err(format!("{}: {}", said("message"), said("next_step")))
}

/// The table: one row a fact, marked where the two differ.
fn compare(input: &Facts, result: &Facts) -> String {
    let rows: Vec<(&str, String, String)> =
        input.rows().into_iter().zip(result.rows()).map(|((name, before), (_, after))| (name, before, after)).collect();
    let width = |cell: fn(&(&str, String, String)) -> usize| rows.iter().map(cell).max();
    let names = width(|row| row.0.len()).unwrap_or(0);
    let before = width(|row| row.1.chars().count()).unwrap_or(0).max(5);
    let mut text = format!("  {:names$}  {:before$}  result\n", "", "input");
    for (name, was, is) in &rows {
        let mark = if was == is { ' ' } else { '*' };
        text.push_str(&format!("{mark} {name:names$}  {was:before$}  {is}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_names_the_output_or_says_what_to_do() {
        let good = r#"{"ok":true,"data":{"output":{"path":"/out.mp4"}}}"#;
        assert_eq!(answer(good), Ok(PathBuf::from("/out.mp4")));
        let bad = r#"{"ok":false,"error":{"message":"no ffmpeg","next_step":"install it"}}"#;
        assert_eq!(answer(bad), Err("no ffmpeg: install it".to_owned()));
        assert!(answer("").is_err());
        assert!(answer(r#"{"ok":true}"#).is_err());
    }

    #[test]
    fn the_table_tells_two_real_clips_apart() {
        let other = root().join("tests/clips/bbb_720p25_aac51_moovend.mp4");
        let clip = Facts::of(&root().join(CLIP)).unwrap();
        let table = compare(&clip, &Facts::of(&other).unwrap());
        for row in [
            "* video                 hevc Main 10",
            "* picture               810x1080, stored turned by ",
            "* colour                HDR (HLG), yuv420p10le  ",
            "* place of recording    +31.2397+121.4998/  ",
            "  starts while loading  no (index at the end)  ",
        ] {
            assert!(table.contains(row), "no row \"{row}\" in\n{table}");
        }
    }

    #[test]
    fn the_demo_clip_is_what_its_readme_says() {
        let clip = root().join(CLIP);
        let readme = std::fs::read_to_string(root().join("tests/clips/README.md")).unwrap();
        assert!(readme.contains("phone_portrait_hevc_hlg.mov") && readme.contains("CC BY-SA 4.0"));
        assert!(std::fs::metadata(clip).unwrap().len() < 2_000_000);
    }
}
