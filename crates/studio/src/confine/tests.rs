#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "clippy allows both in #[test] functions, not in their helpers"
)]

use std::{
    fmt::Display,
    net::{TcpListener, TcpStream, UdpSocket},
    os::unix::{fs::symlink, net::UnixListener, net::UnixStream},
    time::Duration,
};

use rustix::process::{getppid, test_kill_process};

use super::*;
use crate::{
    child::{self, Limits},
    control::Control,
    error::Error,
};

/// Where the program below finds what to try: the folder with the canary and a port, a line each.
const ORDERS: &str = "orders";

/// What is tried, in this order.
const ALL: [&str; 15] = [
    "read the input",
    "write into the folder",
    "remove from the folder",
    "start a program",
    "have 1 GB",
    "read the canary",
    "read a file of the system's",
    "look around",
    "write over the input",
    "write beside the canary",
    "make a link",
    "reach a socket that is a file",
    "reach a port",
    "send datagrams",
    "signal its parent",
];

/// How many of these every job needs.
const NEEDED: usize = 5;

/// What the confined program does: it is this one, started once more for one test, in a folder with orders.
fn try_everything(orders: &str) {
    let (outside, port) = orders.split_once('\n').unwrap();
    let (outside, port) = (Path::new(outside), port.parse::<u16>().unwrap());
    tell(0, fs::read("in0.mp4"));
    tell(1, fs::write("made", "x"));
    tell(2, fs::remove_file("made"));
    tell(3, Command::new("/bin/true").status());
    tell(4, Vec::<u8>::new().try_reserve_exact(1_000_000_000));
    tell(5, fs::read(outside.join("canary")));
    tell(6, fs::read("/etc/passwd"));
    tell(7, fs::read_dir(outside));
    tell(8, fs::OpenOptions::new().append(true).open("in0.mp4"));
    tell(9, fs::write(outside.join("leak"), "x"));
    tell(10, symlink("/etc/passwd", "link"));
    tell(11, UnixStream::connect(outside.join("socket")));
    tell(12, TcpStream::connect(("127.0.0.1", port)));
    tell(13, UdpSocket::bind("127.0.0.1:0"));
    tell(14, test_kill_process(getppid().unwrap()));
}

fn tell<T, E: Display>(what: usize, tried: Result<T, E>) {
    println!("\ncan {}: {}", ALL[what], tried.map_or_else(|error| error.to_string(), |_| "yes".to_owned()));
}

/// Runs the program above in a job folder; what it could do, and how many reached the port.
fn tried(confined: impl FnOnce(Command) -> Confined) -> (Vec<&'static str>, usize) {
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(outside.path().join("canary"), "secret").unwrap();
    fs::write(outside.path().join("input"), "clip").unwrap();
    symlink(outside.path().join("input"), folder.path().join("in0.mp4")).unwrap();
    let _socket = UnixListener::bind(outside.path().join("socket")).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    fs::write(folder.path().join(ORDERS), format!("{}\n{port}", outside.path().display())).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    let test = "confine::tests::a_confined_program_does_its_work_and_nothing_else";
    command.args(["--nocapture", "--exact", test]);
    command.current_dir(folder.path());
    let said = say(confined(command)).unwrap();
    assert_eq!(said.matches("can ").count(), ALL.len(), "{said}");
    let could = ALL.into_iter().filter(|what| said.contains(&format!("can {what}: yes\n"))).collect();
    listener.set_nonblocking(true).unwrap();
    (could, std::iter::from_fn(|| listener.accept().ok()).count())
}

fn say(confined: impl Into<Confined>) -> Result<String, Error> {
    let control = Control::new();
    let limits = Limits { control: &control, wall: Duration::from_secs(30), stall: Duration::from_secs(30) };
    child::capture(confined, "sh", &limits).map(|(_, said)| said)
}

fn shell(script: &str, folder: &Path) -> Confined {
    let mut command = Command::new(SHELL);
    command.args(["-c", script]).current_dir(folder);
    command.into()
}

/// What a kernel is too old for, no test can ask of it.
fn landlock(least: u32) -> bool {
    let there = confinement().landlock;
    if there < Some(least) {
        println!("skipped: this kernel has Landlock {there:?}, not {least}");
    }
    there >= Some(least)
}

#[test]
fn a_confined_program_does_its_work_and_nothing_else() {
    if let Ok(orders) = fs::read_to_string(ORDERS) {
        return try_everything(&orders);
    }
    if !landlock(1) || !confinement().network {
        return;
    }
    // Older kernels let it signal others, which are none that it could find.
    let allowed = |what: &str| ALL[..NEEDED].contains(&what) || what == "signal its parent" && !landlock(6);
    let expected = |from: usize| ALL[from..].iter().copied().filter(|what| allowed(what)).collect::<Vec<_>>();
    assert_eq!(tried(Confined::from), (expected(0), 0));
    let looking = tried(|command| {
        let orders = command.get_current_dir().unwrap().join(ORDERS);
        Confined::reading(command, &orders)
    });
    assert_eq!(looking, (expected(NEEDED - 2), 0));
}

/// Without this the test above could pass for a program that fails at everything.
#[test]
fn the_same_program_unconfined_can_do_all_of_it() {
    let (could, reached) = tried(Confined::not);
    assert_eq!((could.as_slice(), reached), (&ALL[..], 1));
}

#[test]
fn this_process_keeps_its_rights() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(say(shell("echo hello", folder.path())).unwrap(), "hello\n");
    assert!(fs::read_dir("/").is_ok() && UdpSocket::bind("127.0.0.1:0").is_ok());
}

#[test]
fn memory_has_a_bound() {
    let (could, _) = tried(|command| {
        let mut confined = Confined::from(command);
        confined.reach.as_mut().unwrap().memory = 500 * MIB;
        confined
    });
    assert!(could.contains(&"start a program") && !could.contains(&"have 1 GB"), "{could:?}");
    let folder = tempfile::tempdir().unwrap();
    for said in ["x264 [error]: malloc of size 9 failed", "out.mp4: Cannot allocate memory"] {
        let error = say(shell(&format!("echo '{said}' >&2"), folder.path())).unwrap_err();
        assert_eq!(error, Error::TooMuch { what: "memory" }, "{said}");
    }
}

#[test]
fn a_file_has_a_bound() {
    let folder = tempfile::tempdir().unwrap();
    let error = say(shell("exec yes > big", folder.path()).writing_at_most(100_000)).unwrap_err();
    assert_eq!(error, Error::TooMuch { what: "disk space" });
    assert!(fs::metadata(folder.path().join("big")).unwrap().len() <= 100_352);
    assert_eq!(say(shell("ulimit -c", folder.path())).unwrap(), "0\n");
}

#[test]
fn a_program_may_lie_anywhere() {
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bin = home.path().join("tools/bin");
    fs::create_dir_all(&bin).unwrap();
    fs::copy("/bin/true", bin.join("own")).unwrap();
    let mut command = Command::new(bin.join("own"));
    command.current_dir(folder.path());
    assert_eq!(say(command).unwrap(), "");
    // Starting it opens nothing else of its folder.
    fs::write(bin.join("canary"), "secret").unwrap();
    let script = format!("cat {} || echo closed", bin.join("canary").display());
    assert!(!landlock(1) || say(shell(&script, folder.path())).unwrap() == "closed\n");
}
