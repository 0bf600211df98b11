//! Where a video goes, checked before any work is done.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use weixin_video_core::files::Output;
use weixin_video_core::media;

use crate::failure::Failure;

/// Several clips need a folder to go to, and a name each in it.
pub(crate) fn room_for_all(inputs: &[PathBuf], output: Option<&Path>) -> Result<(), Failure> {
    if let Some(file) = output.filter(|output| !output.is_dir()) {
        let message = format!("several clips can't go into one file: {}", file.display());
        return Err(Failure::new("usage", message, "Give an existing folder with -o, or leave -o out."));
    }
    let mut taken = BTreeSet::new();
    for path in inputs.iter().map(|input| place(input, output)) {
        if taken.contains(&path) {
            let message = format!("two clips would go into one file: {}", path.display());
            return Err(Failure::new("usage", message, "Format one of them by itself, with another name after -o."));
        }
        taken.insert(path);
    }
    Ok(())
}

/// The output for an input: `-o` as a file or as a folder, or a name beside the input.
pub(crate) fn beside(input: &Path, output: Option<&Path>, force: bool) -> Result<Output, Failure> {
    let path = place(input, output);
    if same_file(&path, input) {
        let message = format!("the output is the input: {}", path.display());
        return Err(Failure::new("usage", message, "Choose another name for the output."));
    }
    checked(path, force)
}

fn place(input: &Path, output: Option<&Path>) -> PathBuf {
    let name = format!("{}-wechat.mp4", input.file_stem().unwrap_or(input.as_os_str()).to_string_lossy());
    match output {
        None => input.with_file_name(name),
        Some(folder) if folder.is_dir() => folder.join(name),
        Some(file) => file.to_path_buf(),
    }
}

/// The output of `export` and `say`.
pub(crate) fn named(output: Option<&Path>, force: bool) -> Result<Output, Failure> {
    let path = match output {
        None => PathBuf::from("wechat.mp4"),
        Some(folder) if folder.is_dir() => folder.join("wechat.mp4"),
        Some(file) => file.to_path_buf(),
    };
    checked(path, force)
}

/// The output at `path`, if a file may stand there.
pub(crate) fn checked(path: PathBuf, force: bool) -> Result<Output, Failure> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        let message = format!("there is no such output folder: {}", folder.display());
        return Err(Failure::new("not_found", message, "Create the folder first, or choose another one with -o."));
    }
    if path.symlink_metadata().is_ok() && !force {
        let message = format!("the output exists already: {}", path.display());
        return Err(Failure::new(
            "output_exists",
            message,
            "Choose another name with -o, or pass --force to replace it.",
        ));
    }
    let output = Output::new(path);
    Ok(if force { output.replacing() } else { output })
}

/// Where a file stands, however its folder was spelled.
pub(crate) fn spelled_out(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    match (absolute.parent().and_then(|folder| fs::canonicalize(folder).ok()), absolute.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => absolute,
    }
}

fn same_file(a: &Path, b: &Path) -> bool {
    matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

/// A clip that is there, can be read, and can be one: before a backend is even started.
pub(crate) fn check_input(path: &Path, accept: media::Accept) -> Result<(), Failure> {
    let facts = match fs::metadata(path) {
        Ok(facts) => facts,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(Failure::missing("file", path)),
        Err(error) => return Err(unreadable(path, &error)),
    };
    if facts.is_dir() {
        let message = format!("this is a folder, not a clip: {}", path.display());
        return Err(Failure::new("unsupported", message, "Name the files in it, such as FOLDER/*.mp4."));
    }
    // Opening a pipe waits for whoever writes into it, and a device never ends. What `/proc` shows of a process is a
    // regular file too, and fails when it is read.
    if !facts.is_file() {
        let message = format!("this is not a regular file: {}", path.display());
        return Err(Failure::new("unsupported", message, "Save the clip into a file first, and name that."));
    }
    let mut head = Vec::new();
    let limit = u64::try_from(media::HEAD_BYTES).unwrap_or(u64::MAX);
    let read = fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut head));
    read.map_err(|error| unreadable(path, &error))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    media::check(&name, facts.len(), &head, accept).map_err(|refusal| {
        let code = if matches!(refusal, media::Refusal::TooLarge { .. }) { "too_large" } else { "unsupported" };
        Failure::new(code, format!("{}: {refusal}", path.display()), refusal.advice())
    })
}

/// The file is there and can't be read.
pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let message = format!("can't read {}: {error}", path.display());
    Failure::new("input_unreadable", message, "Check that you may read the file and that its disk is sound.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_name_stands_beside_the_clip() {
        let folder = tempfile::tempdir().expect("a folder");
        let clip = folder.path().join("a.b.mov");
        fs::write(&clip, b"x").expect("written");
        let output = beside(&clip, None, false).expect("an output");
        assert_eq!(output.path, folder.path().join("a.b-wechat.mp4"));
    }

    #[test]
    fn what_would_lose_something_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let clip = folder.path().join("a.mp4");
        fs::write(&clip, b"x").expect("written");
        let code = |result: Result<Output, Failure>| result.expect_err("refused").code;
        assert_eq!(code(beside(&clip, Some(&clip), true)), "usage");
        let other = folder.path().join("b.mp4");
        fs::write(&other, b"kept").expect("written");
        assert_eq!(code(beside(&clip, Some(&other), false)), "output_exists");
        assert_eq!(code(beside(&clip, Some(&folder.path().join("no/b.mp4")), false)), "not_found");
        assert!(beside(&clip, Some(&other), true).expect("forced").replace);
        let twins = [clip.clone(), folder.path().join("a.mov")];
        assert_eq!(room_for_all(&twins, Some(&other)).expect_err("refused").code, "usage");
        assert_eq!(room_for_all(&twins, None).expect_err("refused").code, "usage");
        assert!(room_for_all(&[clip, other], None).is_ok());
    }
}
