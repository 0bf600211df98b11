//! Starting other programs: shown as one can type them, from the top of the repo, with no input.

use std::error::Error;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Every task ends in this: a failure is one text for the person who started it.
pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// The top folder of the repo.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in a folder of the repo")
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A program to run from the top of the repo.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// Shows the command, runs it to its end, and fails when it did.
pub(crate) fn run(command: &mut Command) -> Result {
    let line = shown(command);
    eprintln!("$ {line}");
    let status = command.status().map_err(|e| format!("{line}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` failed ({status})").into()) }
}

/// What the command prints on stdout; its stderr is passed through.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = shown(command);
    let done = command.stderr(Stdio::inherit()).output().map_err(|e| format!("{line}: {e}"))?;
    if !done.status.success() {
        return Err(format!("`{line}` failed ({})", done.status).into());
    }
    String::from_utf8(done.stdout).map_err(|_| format!("`{line}` printed no UTF-8").into())
}

/// Whether a program of this name is on the PATH.
pub(crate) fn found(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| {
            folder.join(program).is_file()
                || folder.join(format!("{program}{}", std::env::consts::EXE_SUFFIX)).is_file()
        })
    })
}

/// A path as one types it: relative to the repo where it lies inside.
pub(crate) fn short(path: &Path) -> PathBuf {
    path.strip_prefix(root()).unwrap_or(path).to_path_buf()
}

/// The command as one types it, with the environment that we set for it.
pub(crate) fn shown(command: &Command) -> String {
    let mut words = Vec::new();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            words.push(format!("{}={}", name.to_string_lossy(), quoted(&value.to_string_lossy())));
        }
    }
    let program = Path::new(command.get_program());
    let name = match program.file_name() {
        Some(name) if program.is_absolute() => name,
        _ => command.get_program(),
    };
    words.push(quoted(&name.to_string_lossy()));
    for arg in command.get_args() {
        words.push(quoted(&short(Path::new(arg)).to_string_lossy()));
    }
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=+:,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_types_it() {
        let mut command = Command::new("/usr/bin/cargo");
        command.env("RUSTDOCFLAGS", "-D warnings");
        command.args(["doc", "it's", ""]).arg(root().join("crates"));
        assert_eq!(shown(&command), r"RUSTDOCFLAGS='-D warnings' cargo doc 'it'\''s' '' crates");
    }

    #[test]
    fn a_failure_names_the_command() {
        let why = run(command("false").arg("now")).unwrap_err().to_string();
        assert!(why.starts_with("`false now` failed"), "{why}");
        let why = run(&mut command("no-such-program")).unwrap_err().to_string();
        assert!(why.starts_with("no-such-program: "), "{why}");
    }

    #[test]
    fn a_program_is_found_on_the_path_or_not() {
        assert!(found("cargo"));
        assert!(!found("no-such-program"));
    }
}
