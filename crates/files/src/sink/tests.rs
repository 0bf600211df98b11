use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use super::*;

const ANY: u64 = u64::MAX;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn output(folder: &tempfile::TempDir) -> Output {
    Output::new(folder.path().join("out.mp4"))
}

fn part_of(output: &Output) -> PathBuf {
    part::path(&output.path)
}

/// A sink into which `content` was saved.
fn saved(output: &Output, content: &[u8]) -> Result<Sink, Fault> {
    let mut sink = Sink::new(output)?;
    sink.begin(0, ANY)?;
    sink.append(content)?;
    sink.finish()?;
    Ok(sink)
}

/// What an earlier run left.
fn left(output: &Output, content: &[u8]) {
    drop(saved(&output.clone().keeping_part(), content).expect("saved"));
    assert_eq!(fs::read(part_of(output)).expect("a part file"), content);
}

fn names(folder: &tempfile::TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_new_file_has_the_permissions_of_any_new_file() {
    let folder = folder();
    let (output, other) = (output(&folder), folder.path().join("other"));
    saved(&output, b"new").expect("saved").publish().expect("published");
    assert_eq!(fs::read(&output.path).expect("a file"), b"new");
    fs::write(&other, "").expect("written");
    let permissions = |path: &Path| fs::metadata(path).expect("a file").permissions();
    assert_eq!(permissions(&output.path), permissions(&other));
}

#[test]
fn an_existing_file_is_replaced_only_when_told() {
    let folder = folder();
    let output = output(&folder);
    fs::write(&output.path, "old").expect("written");
    assert_eq!(saved(&output, b"new").expect_err("kept").phase, Phase::SinkExists);
    assert_eq!(fs::read(&output.path).expect("a file"), b"old");
    saved(&output.clone().replacing(), b"new").expect("saved").publish().expect("replaced");
    assert_eq!(fs::read(&output.path).expect("a file"), b"new");
    assert_eq!(names(&folder), ["out.mp4"]);
}

#[test]
fn a_file_that_appears_meanwhile_is_kept() {
    let folder = folder();
    let output = output(&folder);
    let mut sink = saved(&output, b"new").expect("saved");
    fs::write(&output.path, "somebody else's").expect("written");
    assert_eq!(sink.publish().expect_err("kept").phase, Phase::SinkExists);
    assert_eq!(fs::read(&output.path).expect("a file"), b"somebody else's");
    assert_eq!(names(&folder), ["out.mp4"], "the part file is gone");
}

#[test]
fn a_place_for_no_file_is_refused() {
    let folder = folder();
    for path in [folder.path().to_owned(), folder.path().join("no/such/folder.mp4")] {
        let fault = Sink::new(&Output::new(&path)).expect_err("refused");
        assert_eq!(fault.phase, Phase::Sink, "{}", path.display());
    }
}

#[test]
fn a_part_file_is_gone_on_from_byte_by_byte() {
    let folder = folder();
    let output = output(&folder);
    left(&output, b"hello, w0rld!!!");
    let mut sink = Sink::new(&output).expect("a sink");
    assert_eq!(sink.measure().expect("measured"), Measured { part: 15, output: None });
    sink.begin(8, 12).expect("begun");
    sink.append(b"orl").expect("written");
    sink.append(b"d").expect("written");
    assert_eq!(sink.finish().expect("on the disk").start, b"hello, world");
    sink.publish().expect("published");
    assert_eq!(fs::read(&output.path).expect("a file"), b"hello, world");
    assert_eq!(names(&folder), ["out.mp4"]);
}

#[test]
fn a_part_file_that_is_too_short_or_gone_is_not_gone_on_from() {
    let folder = folder();
    let output = output(&folder);
    let begun = |from, limit| Sink::new(&output).expect("a sink").begin(from, limit).map_err(|fault| fault.phase);
    assert_eq!(begun(1, ANY), Err(Phase::Sink));
    left(&output, b"hello");
    assert_eq!(begun(6, ANY), Err(Phase::Sink));
    left(&output, b"hello");
    assert_eq!(begun(5, 4), Err(Phase::Sink));
}

#[test]
fn beginning_anew_leaves_nothing_of_the_old() {
    let folder = folder();
    let output = output(&folder);
    left(&output, b"hello");
    let mut sink = saved(&output, b"hi").expect("saved");
    assert_eq!(sink.measure().expect("measured").part, 2);
    sink.begin(0, ANY).expect("begun");
    assert_eq!(sink.measure().expect("measured").part, 0);
    sink.append(b"ho").expect("written");
    sink.finish().expect("on the disk");
    sink.publish().expect("published");
    assert_eq!(fs::read(&output.path).expect("a file"), b"ho");
}

#[test]
fn only_a_part_file_with_content_is_kept() {
    let folder = folder();
    let keeping = output(&folder).keeping_part();
    drop(saved(&keeping, b"").expect("saved"));
    drop(saved(&output(&folder), b"x").expect("saved"));
    assert_eq!(names(&folder), [""; 0]);
    drop(saved(&keeping, b"x").expect("saved"));
    assert_eq!(names(&folder), [".out.mp4.weixin-video.part"]);
}

#[test]
fn one_operation_at_a_time_has_the_part_file() {
    let folder = folder();
    let output = output(&folder).keeping_part();
    let first = saved(&output, b"first").expect("saved");
    let mut second = Sink::new(&output).expect("a sink");
    let faults = [second.measure().map(drop), second.begin(0, ANY), second.begin(1, ANY), second.publish()];
    for fault in faults.map(|result| result.expect_err("busy")) {
        assert_eq!(fault.phase, Phase::Sink);
        assert_eq!(fault.source.to_string(), "another run is writing it");
    }
    drop(second);
    assert_eq!(fs::read(part_of(&output)).expect("still there"), b"first");
    drop(first);
    assert_eq!(Sink::new(&output).expect("a sink").measure().expect("free again").part, 5);
}

#[test]
fn a_run_that_goes_on_may_find_its_own_work_done() {
    let folder = folder();
    let output = output(&folder);
    fs::write(&output.path, "done").expect("written");
    let resumed = |bytes| Sink::resumed(&output, bytes).map_err(|fault| fault.phase);
    assert_eq!(resumed(None).map(drop), Err(Phase::SinkExists));
    assert_eq!(resumed(Some(5)).map(drop), Err(Phase::SinkExists));
    let mut sink = resumed(Some(4)).expect("a sink");
    assert_eq!(sink.measure().expect("measured"), Measured { part: 0, output: Some(4) });
    assert_eq!(sink.publish().expect_err("nothing to publish").phase, Phase::Sink);
    assert_eq!(fs::read(&output.path).expect("a file"), b"done");
}

#[test]
fn a_file_of_an_earlier_run_is_published_by_a_new_one() {
    let folder = folder();
    let output = output(&folder);
    left(&output, b"whole");
    let mut sink = Sink::resumed(&output, Some(5)).expect("a sink");
    assert_eq!(sink.measure().expect("measured").part, 5);
    sink.publish().expect("published");
    drop(sink);
    assert_eq!(fs::read(&output.path).expect("a file"), b"whole");
    assert_eq!(names(&folder), ["out.mp4"]);
}

#[cfg(unix)]
#[test]
fn nothing_foreign_is_taken_for_the_part_file() {
    let folder = folder();
    let (output, victim) = (output(&folder).keeping_part(), folder.path().join("victim"));
    let part = part_of(&output);
    fs::write(&victim, "precious").expect("written");
    let untouched = |from| {
        let mut sink = Sink::new(&output).expect("a sink");
        assert_eq!(sink.measure().expect_err("foreign").phase, Phase::Sink);
        assert_eq!(sink.begin(from, ANY).expect_err("foreign").phase, Phase::Sink);
        assert_eq!(sink.publish().expect_err("foreign").phase, Phase::Sink);
        assert_eq!(fs::read(&victim).expect("a file"), b"precious");
    };
    std::os::unix::fs::symlink(&victim, &part).expect("a symlink");
    untouched(0);
    untouched(3);
    fs::remove_file(&part).expect("removed");
    fs::create_dir(&part).expect("a folder");
    untouched(0);
    fs::remove_dir(&part).expect("removed");
    fs::hard_link(&victim, &part).expect("a second name");
    untouched(3);
    drop(saved(&output, b"new").expect("a new file under the name"));
    assert_eq!(fs::read(&victim).expect("a file"), b"precious");
}

#[cfg(unix)]
#[test]
fn a_crash_between_two_steps_of_publishing_is_made_up_for() {
    let folder = folder();
    let output = output(&folder);
    left(&output, b"whole");
    fs::hard_link(part_of(&output), &output.path).expect("a second name");
    let mut sink = Sink::resumed(&output, Some(5)).expect("a sink");
    assert_eq!(sink.measure().expect("measured"), Measured { part: 0, output: Some(5) });
    assert_eq!(names(&folder), ["out.mp4"]);
}

#[cfg(unix)]
#[test]
fn a_part_file_that_was_swapped_is_not_published() {
    let folder = folder();
    let output = output(&folder);
    let mut sink = saved(&output, b"good").expect("saved");
    fs::remove_file(part_of(&output)).expect("removed");
    File::create(part_of(&output)).expect("another");
    assert_eq!(sink.publish().expect_err("not ours").phase, Phase::Sink);
    assert_eq!(names(&folder), [".out.mp4.weixin-video.part"], "what is not ours stays");
}

/// Set for a process that runs one test of this program, with a folder to write in.
#[cfg(unix)]
const RERUN: &str = "WEIXIN_VIDEO_TEST_FOLDER";

/// Runs the test `name` in a process of its own, after the shell did `first`.
#[cfg(unix)]
fn rerun(name: &str, first: &str, folder: &tempfile::TempDir) -> std::process::Command {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &format!("{first}; exec \"$@\""), "sh"]).arg(std::env::current_exe().expect("this program"));
    shell.args(["--exact", "--nocapture", name]).env(RERUN, folder.path());
    shell
}

#[cfg(unix)]
#[test]
fn another_process_is_kept_out_until_the_first_is_killed() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    const READY: &str = "eleven bytes are there";
    if let Some(folder) = std::env::var_os(RERUN) {
        let mut sink = Sink::new(&Output::new(Path::new(&folder).join("out.mp4"))).expect("a sink");
        sink.begin(0, ANY).expect("begun");
        sink.append(b"hello, worl").expect("written");
        writeln!(io::stdout(), "{READY}").expect("told");
        // Until the other process kills this one, or ends.
        io::stdin().read_line(&mut String::new()).expect("nothing to read");
        return;
    }
    let folder = folder();
    let output = output(&folder);
    let name = "sink::tests::another_process_is_kept_out_until_the_first_is_killed";
    let mut first = rerun(name, ":", &folder);
    let mut first = first.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a process");
    let mut told = BufReader::new(first.stdout.take().expect("a pipe")).lines();
    assert!(told.any(|line| line.expect("a line").ends_with(READY)));
    let mut second = Sink::new(&output).expect("a sink");
    assert_eq!(second.measure().expect_err("busy").source.to_string(), "another run is writing it");
    first.kill().expect("killed");
    first.wait().expect("gone");
    assert_eq!(second.measure().expect("free").part, 11);
    second.begin(11, ANY).expect("begun");
    second.append(b"d").expect("written");
    assert_eq!(second.finish().expect("on the disk").start, b"hello, world");
    second.publish().expect("published");
    assert_eq!(fs::read(&output.path).expect("a file"), b"hello, world");
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_told_and_what_fitted_is_kept_only_if_wanted() {
    let Some(limited) = std::env::var_os(RERUN) else {
        let name = "sink::tests::a_full_disk_is_told_and_what_fitted_is_kept_only_if_wanted";
        let ran = rerun(name, "trap '' XFSZ; ulimit -f 8", &folder()).output().expect("a shell");
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success() && said.contains("1 passed"), "{said}");
        return;
    };
    let output = Output::new(Path::new(&limited).join("out.mp4"));
    for (output, kept) in [(output.clone().keeping_part(), true), (output, false)] {
        let fault = saved(&output, &[7; 100_000]).expect_err("no room");
        assert_eq!(fault.phase, Phase::Sink);
        let part = fs::read(part_of(&output));
        assert_eq!(part.is_ok_and(|part| !part.is_empty() && part.iter().all(|byte| *byte == 7)), kept);
    }
}
