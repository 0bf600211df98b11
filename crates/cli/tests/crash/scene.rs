//! A server, a desk, and the program that runs there: killed, and started again.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use serde_json::Value;
use weixin_video_fake_backend::{
    AgentReply, CANNED_MP4, Canned, Control, Exchange, FakeBackend, MediaInfo, Refusal, RenderJob, Renderer,
    Scene as Timeline,
};

use crate::case::{Case, Kind, Place};
use crate::desk::Desk;

/// What somebody else put there.
pub(crate) const FOREIGN: &[u8] = b"somebody else's";
/// The output's name.
const OUTPUT: &str = "out.mp4";
/// No run takes this long on any machine.
const HANG: Duration = Duration::from_secs(60);

/// The video: large enough to come in several blocks, and no two parts of it are alike.
pub(crate) static VIDEO: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let (mut state, mut noise) = (1_u32, Vec::new());
    while noise.len() < 300_000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        noise.extend_from_slice(&state.to_be_bytes());
    }
    // A box that players pass over.
    let length = u32::try_from(noise.len() + 8).unwrap();
    [CANNED_MP4, &length.to_be_bytes(), b"free", &noise].concat()
});

/// What stood under the output's name before: of the same length, so that it can be taken for the video.
static OLD: LazyLock<Vec<u8>> = LazyLock::new(|| VIDEO.iter().map(|byte| byte ^ 0xff).collect());

/// The canned renderer, whose videos are larger.
struct Large;

impl Renderer for Large {
    fn inspect(&self, path: &Path, name: &str) -> Result<MediaInfo, Refusal> {
        Canned.inspect(path, name)
    }

    fn agent(&self, text: &str, timeline: &Timeline<'_>) -> AgentReply {
        Canned.agent(text, timeline)
    }

    fn render(&self, job: &RenderJob<'_>, control: &Control) -> Result<(), Refusal> {
        fs::write(job.out, &*VIDEO).map_err(|error| Refusal::new(error.to_string()))?;
        control.progress(100);
        Ok(())
    }
}

/// Where one case happens.
pub(crate) struct Scene {
    pub(crate) kind: Kind,
    force: bool,
    pub(crate) desk: Desk,
    pub(crate) backend: FakeBackend,
    /// Exchanges and charges before the command.
    before: (usize, usize),
    /// The bug that is planted in every run, if any.
    bug: Option<String>,
    runs: u32,
}

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A run that goes on.
pub(crate) struct Running {
    child: Child,
    said: [PathBuf; 2],
    hung: bool,
}

impl Scene {
    pub(crate) fn new(case: &Case, bug: Option<&str>) -> Self {
        let backend = FakeBackend::builder().renderer(std::sync::Arc::new(Large)).start().unwrap();
        let (kind, force, bug) = (case.kind, case.force, bug.map(str::to_owned));
        let mut scene = Self { kind, force, desk: Desk::new(), backend, before: (0, 0), bug, runs: 0 };
        scene.desk.clip();
        let prepared: &[&str] = match kind {
            Kind::Format => &[],
            Kind::Export | Kind::Say | Kind::Chat => &["say", "upload clip.mp4, add title 'Hello'"],
        };
        if !prepared.is_empty() {
            let url = scene.backend.url();
            let ran = scene.run(&[prepared, &["--backend", &url]].concat(), &[]);
            assert_eq!(ran.code(), Some(0), "{ran:#?}");
        }
        scene.before = (scene.backend.journal().len(), scene.charges());
        if force {
            scene.desk.put(OUTPUT, &OLD);
        }
        scene
    }

    /// The command that everything begins with.
    pub(crate) fn command(&self) -> Vec<String> {
        let words: &[&str] = match self.kind {
            Kind::Format => &["format", "clip.mp4"],
            Kind::Export => &["export"],
            Kind::Say => &["say", "add title 'Again', then export"],
            Kind::Chat => &["say", "add title 'Again'"],
        };
        let mut args: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        args.extend(["--json".to_owned(), "--backend".to_owned(), self.backend.url()]);
        if self.kind.makes_video() {
            args.extend(["-o".to_owned(), OUTPUT.to_owned()]);
        }
        if self.force {
            args.push("--force".to_owned());
        }
        args
    }

    /// What the next run has to be: `resume` if there is a job to go on with.
    pub(crate) fn next(&self) -> Vec<String> {
        if self.journals().is_empty() { self.command() } else { vec!["resume".to_owned(), "--json".to_owned()] }
    }

    /// Runs to the end.
    pub(crate) fn run<S: AsRef<str>>(&mut self, args: &[S], variables: &[(&str, &str)]) -> Ran {
        self.start(args, variables).end()
    }

    /// Begins a run.
    pub(crate) fn start<S: AsRef<str>>(&mut self, args: &[S], variables: &[(&str, &str)]) -> Running {
        if self.runs > 0 {
            self.backend.begin_run();
        }
        let args: Vec<&str> = args.iter().map(AsRef::as_ref).collect();
        let mut command = self.desk.command(&args);
        command.envs(variables.iter().copied());
        self.spawn(command)
    }

    fn spawn(&mut self, mut command: Command) -> Running {
        self.runs += 1;
        let said = ["out", "err"].map(|name| self.desk.aside(&format!("{name}-{}", self.runs)));
        command.env("WEIXIN_VIDEO_TIED", "1");
        if let Some(bug) = &self.bug {
            command.env("WEIXIN_VIDEO_PLANTED", bug);
        }
        let [out, err] = said.each_ref().map(|path| File::create(path).unwrap());
        let child = command.stdout(out).stderr(err).spawn().unwrap();
        Running { child, said, hung: false }
    }

    /// The exchanges of the command and of what came after it.
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.backend.journal().split_off(self.before.0)
    }

    /// How often the command was charged.
    pub(crate) fn charged(&self) -> usize {
        self.charges() - self.before.1
    }

    fn charges(&self) -> usize {
        self.backend.journal().iter().filter(|exchange| exchange.charged > 0).count()
    }

    /// What stands under the output's name.
    pub(crate) fn output(&self) -> Option<Vec<u8>> {
        fs::read(self.desk.work().join(OUTPUT)).ok()
    }

    /// What stood there at first.
    pub(crate) fn old(&self) -> Option<&'static [u8]> {
        self.force.then_some(&OLD[..])
    }

    /// Puts a file of somebody else's there.
    pub(crate) fn block(&self) {
        self.desk.put(OUTPUT, FOREIGN);
    }

    /// Puts back what was there before.
    pub(crate) fn unblock(&self) {
        match self.old() {
            Some(old) => drop(self.desk.put(OUTPUT, old)),
            None => fs::remove_file(self.desk.work().join(OUTPUT)).unwrap(),
        }
    }

    /// How much of the video lies in the part file.
    pub(crate) fn part(&self) -> u64 {
        fs::metadata(self.desk.work().join(format!(".{OUTPUT}.weixin-video.part"))).map_or(0, |part| part.len())
    }

    /// The journals that a later run would find.
    pub(crate) fn journals(&self) -> Vec<PathBuf> {
        let journals = self.desk.journals();
        journals.into_iter().filter(|path| path.extension().is_some_and(|end| end == "jsonl")).collect()
    }

    /// Leaves `bytes` of the journal's last line, and zeros in the place of the rest if they are wanted.
    pub(crate) fn tear(&self, bytes: usize, zeros: bool) {
        let [journal] = &self.journals()[..] else {
            panic!("one journal is to be torn, there are {:?}", self.journals())
        };
        let text = fs::read(journal).unwrap();
        let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
        let last = lines.last().unwrap().len();
        assert!(lines.len() > 1, "the order is no line to be torn");
        // Ids and times are not always as long as they were.
        let bytes = bytes.min(last - 1);
        let whole = (text.len() - last + bytes) as u64;
        let mut file = OpenOptions::new().write(true).open(journal).unwrap();
        file.set_len(whole).unwrap();
        if zeros {
            file.seek(SeekFrom::Start(whole)).unwrap();
            file.write_all(&vec![0; last - bytes]).unwrap();
        }
    }

    /// Waits until the server has gone silent at a place and the program has got all that came before.
    pub(crate) fn wait_for(&self, place: &Place, running: &mut Running) -> bool {
        let begun = Instant::now();
        let there = || match place {
            Place::Byte(bytes) => self.part() >= *bytes,
            Place::Asked(..) | Place::Done(..) | Place::Event(_) => true,
        };
        while !(self.backend.unfired().is_empty() && there()) {
            if running.has_ended() || begun.elapsed() > HANG {
                return false;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        true
    }
}

impl Running {
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    pub(crate) fn kill(mut self) -> Ran {
        self.child.kill().unwrap();
        self.end()
    }

    /// Waits for the end; a run that has none is killed.
    pub(crate) fn end(mut self) -> Ran {
        let begun = Instant::now();
        while !self.has_ended() {
            if begun.elapsed() > HANG {
                self.hung = true;
                self.child.kill().unwrap();
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        let status = self.child.wait().unwrap();
        let [stdout, mut stderr] = self.said.each_ref().map(|path| fs::read_to_string(path).unwrap());
        if self.hung {
            stderr.push_str("\nit hung and was killed for that\n");
        }
        Ran { status, stdout, stderr }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, unless a case failed half-way.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ran {
    /// `None` where a signal ended it.
    pub(crate) fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// Whether it was killed by SIGKILL, and not for hanging.
    pub(crate) fn was_killed(&self) -> bool {
        self.status.signal() == Some(9) && !self.hung()
    }

    pub(crate) fn hung(&self) -> bool {
        self.stderr.ends_with("killed for that\n")
    }

    /// The object on stdout, or nothing.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or(Value::Null)
    }

    /// The `code` of the error it told.
    pub(crate) fn refusal(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// How it ended, in a few words.
    pub(crate) fn end(&self) -> String {
        let last = self.stderr.lines().last().unwrap_or_default();
        format!("{} {} ({})", self.status, self.refusal(), last.chars().take(300).collect::<String>())
    }
}
