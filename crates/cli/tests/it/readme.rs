//! The README's commands are run as they stand there.

use std::fs;

use crate::desk::{Desk, repo};
use crate::serving::Served;

/// The lines behind `$ ` of every `console` block, in order.
fn commands(text: &str) -> Vec<String> {
    let mut within = false;
    let mut commands = Vec::new();
    for line in text.lines() {
        match line {
            "```console" => within = true,
            "```" => within = false,
            _ if within => commands.push(line.strip_prefix("$ ").expect("a console block shows commands").to_owned()),
            _ => {}
        }
    }
    commands
}

#[test]
fn what_the_readme_shows_works_in_that_order() {
    let desk = Desk::new();
    fs::rename(desk.footage("phone_portrait_hevc_hlg.mov"), desk.work().join("clip.mov")).unwrap();
    let mut ours = 0;
    for command in commands(&fs::read_to_string(repo().join("README.md")).unwrap()) {
        let words: Vec<&str> = command.split(' ').skip_while(|word| word.contains("=http")).collect();
        match words.as_slice() {
            ["cargo", "install", "--path", path] => assert_package(path, "weixin-video"),
            ["cargo", "run", "-p", package, "--example", example, ..] => assert_example(package, example),
            ["weixin-video", "serve", "--port", _] => {
                // The port of the README may be taken where the tests run.
                let served = Served::start(&desk, &["--port", "0"]);
                assert!(served.line.starts_with("http://127.0.0.1:"), "{}", served.line);
            }
            ["weixin-video", ..] => {
                in_a_shell(&desk, &command);
                ours += 1;
            }
            _ => panic!("nobody checks this command: {command}"),
        }
    }
    assert!(ours >= 8, "only {ours} commands were found");
    assert_eq!(desk.names(), ["channels.mp4", "clip-wechat.mp4", "clip.mov", "out.mp4", "wechat.mp4"]);
}

/// Runs a line as a shell does, which takes its quotes off.
fn in_a_shell(desk: &Desk, line: &str) {
    let line = line.replacen("weixin-video", &format!("'{}'", env!("CARGO_BIN_EXE_weixin-video")), 1);
    let ran = desk.start(desk.shell(std::path::Path::new("/bin/sh"), &["-c", &line])).end();
    assert_eq!(ran.code, 0, "{line}: {ran:#?}");
}

fn assert_package(folder: &str, name: &str) {
    let manifest = fs::read_to_string(repo().join(folder).join("Cargo.toml")).unwrap();
    assert!(manifest.contains(&format!("name = \"{name}\"")), "{folder} is not {name}");
}

fn assert_example(package: &str, example: &str) {
    let crates = fs::read_dir(repo().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let named = format!("name = \"{package}\"");
    let mut folders = crates.filter(|path| fs::read_to_string(path.join("Cargo.toml")).unwrap().contains(&named));
    let folder = folders.next().unwrap_or_else(|| panic!("there is no package {package}"));
    let file = folder.join("examples").join(example).with_extension("rs");
    assert!(file.is_file(), "there is no {}", file.display());
}
