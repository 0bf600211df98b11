//! Brings ffmpeg where it is missing, saying what is run, and checks that it can do what we ask of it.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use crate::run::{Result, command, found, output, run, shown};

/// Where Debian puts a font that has Chinese characters.
const FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

/// What a plan of the studio asks of ffmpeg: the flag that lists it, and its name in that list.
const NEEDED: [(&str, &str); 4] =
    [("-encoders", "libx264"), ("-encoders", "aac"), ("-filters", "zscale"), ("-filters", "tonemap")];

/// Makes sure that a usable ffmpeg and ffprobe are on the PATH, installing them when they are not.
pub(crate) fn ensure() -> Result {
    let missing: Vec<&str> = ["ffmpeg", "ffprobe"].into_iter().filter(|program| !found(program)).collect();
    if !missing.is_empty() {
        eprintln!("missing: {}; installing:", missing.join(", "));
        install("ffmpeg")?;
    }
    check()
}

/// The same for the tests, which also write Chinese on pictures.
pub(crate) fn ensure_for_tests() -> Result {
    ensure()?;
    // Elsewhere there is a font from the beginning, or a test says what is missing.
    if found("apt-get") && !Path::new(FONT).exists() {
        eprintln!("missing: a font with Chinese characters; installing:");
        install("fonts-noto-cjk")?;
    }
    Ok(())
}

fn install(package: &str) -> Result {
    if found("apt-get") {
        let root = is_root()?;
        if !root && !may_sudo() {
            let by_hand: Vec<String> = apt(package).iter().map(shown).collect();
            return Err(format!(
                "installing needs root, and sudo asks for a password here; run as root:\n  {}",
                by_hand.join("\n  ")
            )
            .into());
        }
        for step in apt(package) {
            let mut step = if root { step } else { sudo(&step) };
            run(&mut step)?;
        }
        Ok(())
    } else if found("brew") {
        run(command("brew").args(["install", package]))
    } else {
        Err("no apt-get or brew here: install ffmpeg (with ffprobe) by hand, then try again".into())
    }
}

/// `env` rather than our own environment, because sudo drops that.
fn apt(package: &str) -> [Command; 2] {
    let mut update = command("apt-get");
    update.args(["update", "-qq"]);
    let mut install = command("env");
    install.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "install"]);
    install.args(["-y", "-qq", "-o=Dpkg::Use-Pty=0", "--no-install-recommends", package]);
    [update, install]
}

fn sudo(step: &Command) -> Command {
    let mut sudo = command("sudo");
    sudo.arg("-n").arg(step.get_program()).args(step.get_args());
    sudo
}

fn may_sudo() -> bool {
    found("sudo")
        && command("sudo")
            .args(["-n", "true"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
}

fn is_root() -> Result<bool> {
    Ok(output(command("id").arg("-u"))?.trim() == "0")
}

fn check() -> Result {
    for list in ["-encoders", "-filters"] {
        let text = output(command("ffmpeg").args(["-hide_banner", "-loglevel", "error", list]))?;
        for (_, name) in NEEDED.iter().filter(|(of, _)| *of == list) {
            if !lists(&text, name) {
                return Err(format!("the ffmpeg on the PATH was built without {name}; Debian's package has it").into());
            }
        }
    }
    Ok(())
}

/// Whether one of ffmpeg's tables (flags, name, description) has this name.
fn lists(table: &str, name: &str) -> bool {
    table.lines().any(|line| line.split_whitespace().nth(1) == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_only_in_its_column() {
        let table = " V....D libx264rgb   libx264 H.264 RGB (codec h264)\n A....D aac  AAC\n";
        assert!(lists(table, "aac"));
        assert!(!lists(table, "libx264"));
    }

    #[test]
    fn the_same_steps_are_run_by_root_and_through_sudo() {
        let [update, install] = apt("ffmpeg");
        assert_eq!(shown(&sudo(&update)), "sudo -n apt-get update -qq");
        assert_eq!(
            shown(&sudo(&install)),
            "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o=Dpkg::Use-Pty=0 \
             --no-install-recommends ffmpeg"
        );
    }
}
