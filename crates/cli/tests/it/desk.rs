//! A desk: a home, a folder of work and a folder of temporary files that no other test sees.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use weixin_video_fake_backend::CANNED_MP4;

/// No run takes this long, on any machine; a program that hangs is ended and named.
const HANG: Duration = Duration::from_secs(180);
/// What every token of the fake backend begins with.
const TOKEN: &str = "nmv_usr_";
/// Content that is compared whole; of larger files the length is.
const COMPARED: u64 = 4_000_000;

/// Where one test's commands run.
pub(crate) struct Desk {
    root: TempDir,
    variables: Vec<(String, String)>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in ["home", "work", "tmp"] {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        Self { root, variables: Vec::new() }
    }

    /// The same desk with one more variable, which every command sees.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// The same desk without a variable.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self
    }

    /// The folder that commands run in.
    pub(crate) fn work(&self) -> PathBuf {
        self.root.path().join("work")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// The folder of all of them.
    pub(crate) fn root(&self) -> PathBuf {
        self.root.path().to_owned()
    }

    /// A path beside the other folders.
    pub(crate) fn aside(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Puts a file into the folder of work.
    pub(crate) fn put(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.work().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Puts a small good clip there.
    pub(crate) fn clip(&self) -> PathBuf {
        self.put("clip.mp4", CANNED_MP4)
    }

    /// Puts one of the repo's clips there.
    pub(crate) fn footage(&self, name: &str) -> PathBuf {
        self.put(name, &fs::read(repo().join("tests/clips").join(name)).unwrap())
    }

    /// The program, in an environment that says nothing but where to find things.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.shell(Path::new(env!("CARGO_BIN_EXE_weixin-video")), args)
    }

    /// Any program, in the same environment.
    pub(crate) fn shell(&self, program: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.work()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", self.home()).env("TMPDIR", self.aside("tmp"));
        command.envs(self.variables.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.start(self.command(args)).end()
    }

    /// Runs a command that has to succeed.
    pub(crate) fn done(&self, args: &[&str]) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {ran:#?}");
        ran
    }

    /// Runs a command that has to succeed and prints one JSON object: what stands under its `data`.
    pub(crate) fn data(&self, args: &[&str]) -> Value {
        self.done(&[args, &["--json"]].concat()).data()
    }

    /// Starts a command and goes on.
    pub(crate) fn start(&self, mut command: Command) -> Running<'_> {
        let mut child = command.spawn().unwrap();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        Running { desk: self, stdout: Some(read(stdout)), stderr: Some(read(stderr)), child }
    }

    /// Every file in the folder of work, with its length and, unless it is huge, its content.
    pub(crate) fn files(&self) -> BTreeMap<String, (u64, Vec<u8>)> {
        let mut files = BTreeMap::new();
        for path in walk(&self.work()) {
            let facts = path.symlink_metadata().unwrap();
            let whole = facts.is_file() && facts.len() <= COMPARED;
            let content = if whole { fs::read(&path).unwrap() } else { Vec::new() };
            files.insert(path.strip_prefix(self.work()).unwrap().display().to_string(), (facts.len(), content));
        }
        files
    }

    /// The names of the files in the folder of work.
    pub(crate) fn names(&self) -> Vec<String> {
        self.files().into_keys().collect()
    }

    /// Where the journals of unfinished jobs are.
    pub(crate) fn jobs_folder(&self) -> PathBuf {
        self.home().join(".local/state/weixin-video/jobs")
    }

    /// The journals of unfinished jobs.
    pub(crate) fn journals(&self) -> Vec<PathBuf> {
        if self.jobs_folder().is_dir() { walk(&self.jobs_folder()) } else { Vec::new() }
    }

    /// Removes all jobs, as if none had been begun.
    pub(crate) fn forget_all(&self) {
        self.journals().iter().for_each(|journal| fs::remove_file(journal).unwrap());
    }

    /// What is left of temporary files: nothing, once a command has ended.
    pub(crate) fn leftovers(&self) -> Vec<PathBuf> {
        walk(&self.aside("tmp"))
    }

    /// No token on a stream, nor in any file that somebody else may read.
    fn no_token_shows(&self, ran: &Ran) {
        assert!(!ran.stdout.contains(TOKEN) && !ran.stderr.contains(TOKEN), "a token shows: {ran:#?}");
        for path in walk(self.root.path()) {
            let facts = path.symlink_metadata().unwrap();
            if facts.is_file() && facts.len() <= COMPARED && !is_private(&path) {
                let content = fs::read(&path).unwrap();
                let shows = content.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes());
                assert!(!shows, "a token in {}", path.display());
            }
        }
    }
}

/// Whether a file is for its owner alone, and in a folder that is.
fn is_private(path: &Path) -> bool {
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    mode(path) == 0o600 && mode(path.parent().unwrap()) == 0o700
}

/// A command that runs.
pub(crate) struct Running<'a> {
    desk: &'a Desk,
    child: Child,
    stdout: Option<JoinHandle<String>>,
    stderr: Option<JoinHandle<String>>,
}

impl Running<'_> {
    /// Sends a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal).unwrap();
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for the end.
    pub(crate) fn end(mut self) -> Ran {
        wait_until("the command ends", || self.has_ended());
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        let text = |pipe: &mut Option<JoinHandle<String>>| pipe.take().unwrap().join().unwrap();
        let ran = Ran { code, stdout: text(&mut self.stdout), stderr: text(&mut self.stderr) };
        self.desk.no_token_shows(&ran);
        ran
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        // It has ended already, unless a test failed half-way.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    /// -1 when a signal ended it.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// The one JSON object on stdout.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "one object and no more: {self:#?}");
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// The `data` of a success.
    pub(crate) fn data(&self) -> Value {
        let mut object = self.json();
        assert_eq!(object["ok"], true, "{object}");
        assert_eq!(keys(&object), ["data", "ok"]);
        object["data"].take()
    }
}

/// The names in a JSON object, sorted.
pub(crate) fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Waits for something that is sure to come, and panics when it is clear that it does not.
pub(crate) fn wait_until(what: &str, mut there: impl FnMut() -> bool) {
    let started = Instant::now();
    while !there() {
        assert!(started.elapsed() < HANG, "it hangs: {what}");
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// The top folder of the repo.
pub(crate) fn repo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// All that lies below a folder and is no folder.
pub(crate) fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let is_folder = entry.file_type().unwrap().is_dir();
        if is_folder {
            found.extend(walk(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}

fn read(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    })
}
