//! Files that are made to reach out, to fill memory or to hang: each is refused in one line, and nothing beside it is opened.
//!
//! The proof is a canary beside the clip and a port of this machine. The canary is a pipe, of which any opening is seen, and
//! a test of its own shows that an unwatched ffmpeg does open it, and does come to the port.

mod samples;

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::Write as _,
    net::{TcpListener, TcpStream},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rustix::fs::OFlags;
use weixin_video_studio::{Control, Error, Tools, compare, confinement, inspect, render};

use self::samples::Reaching;
use crate::{bench::Bench, faults::real_ffprobe};

const CLIP: &str = "-f lavfi -i testsrc2=s=160x90:r=25:d=1 -c:v libx264 -preset ultrafast";

/// No refusal takes longer, however slow the machine.
const SOON: Duration = Duration::from_secs(60);

/// Files whose index is sound, which is all that is asked of them at first; what it leads to is not there.
const SOUND: [&str; 2] = ["referring.mov", "uncounted.mov"];

/// A pipe that sees it when somebody opens it.
struct Canary {
    path: PathBuf,
    sung: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
    watch: JoinHandle<()>,
}

impl Canary {
    fn at(path: PathBuf) -> Self {
        let made = Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        let (sung, over) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (pipe, has_sung, is_over) = (path.clone(), sung.clone(), over.clone());
        let watch = thread::spawn(move || {
            // This blocks until the pipe is opened for reading.
            let mut pipe = OpenOptions::new().write(true).open(pipe).unwrap();
            if !is_over.load(Ordering::SeqCst) {
                has_sung.store(true, Ordering::SeqCst);
                let _ = pipe.write_all(b"secret");
            }
        });
        Self { path, sung, over, watch }
    }

    fn has_sung(&self) -> bool {
        self.sung.load(Ordering::SeqCst)
    }

    fn free(self) {
        self.over.store(true, Ordering::SeqCst);
        let without_waiting = OFlags::NONBLOCK.bits().cast_signed();
        let _end = OpenOptions::new().read(true).custom_flags(without_waiting).open(&self.path).unwrap();
        self.watch.join().unwrap();
    }
}

/// What must stay untouched: a canary beside the clips, and a port.
struct World {
    bench: Bench,
    canary: Canary,
    port: TcpListener,
}

impl World {
    fn new() -> Self {
        let bench = Bench::new();
        let canary = Canary::at(bench.path("canary.ts"));
        let port = TcpListener::bind("127.0.0.1:0").unwrap();
        port.set_nonblocking(true).unwrap();
        Self { bench, canary, port }
    }

    fn reaching(&self) -> Vec<Reaching> {
        samples::reaching(&self.bench, &self.canary.path, self.port.local_addr().unwrap())
    }

    /// Whether somebody has come to the port; it is enough to have knocked.
    fn caller(&self) -> Option<TcpStream> {
        self.port.accept().ok().map(|(stream, _)| stream)
    }

    #[track_caller]
    fn assert_untouched(&self, by: &str) {
        assert!(!self.canary.has_sung(), "{by} opened the canary");
        assert!(self.caller().is_none(), "{by} came to the port");
    }

    /// Every way into the studio; what each of them says.
    fn refusals(&self, file: &Path, good: &Path) -> [Option<Error>; 4] {
        let (bench, control) = (&self.bench, Control::new().limit(SOON));
        let picture = bench.path("look.png");
        let all = [
            bench.probe(file).err(),
            bench.render_with(file, &control).err(),
            inspect(&bench.tools, file).err(),
            compare(&bench.tools, good, file, &picture, &control).err(),
        ];
        assert!(!picture.exists());
        all
    }

    #[track_caller]
    fn assert_refused(&self, file: &Path, good: &Path) {
        let (name, began) = (file.display(), Instant::now());
        for (way, error) in ["probe", "render", "inspect", "compare"].iter().zip(self.refusals(file, good)) {
            let Some(error) = error else {
                let sound = SOUND.iter().any(|sound| file.ends_with(sound)) && ["probe", "inspect"].contains(way);
                assert!(sound, "{way} takes {name}");
                continue;
            };
            let said = error.to_string();
            assert!(said.chars().all(|c| !c.is_control()) && said.len() < 600, "{way} of {name}: {said:?}");
            assert!(!said.contains("secret") && !said.contains("/tmp"), "{way} of {name}: {said}");
        }
        assert!(began.elapsed() < SOON, "{name} took {:?}", began.elapsed());
        self.assert_untouched(&name.to_string());
        assert!(!self.bench.names().iter().any(|name| name.starts_with("out") || name.starts_with(".weixin")));
    }
}

#[test]
fn files_that_reach_out_are_refused_and_reach_nothing() {
    let world = World::new();
    let good = world.bench.make("good.mp4", CLIP);
    for sample in world.reaching() {
        world.assert_refused(&sample.file, &good);
    }
    world.canary.free();
}

/// Without this, all that the test above shows is that nothing happened.
#[test]
fn an_unwatched_ffmpeg_does_reach_the_canary_and_the_port() {
    for (number, at) in [(0, "canary"), (1, "canary"), (2, "port"), (3, "canary")] {
        let world = World::new();
        let sample = &world.reaching()[number];
        let reaches = |told: &&str| {
            let mut command = Command::new("ffmpeg");
            command.args(["-nostdin", "-loglevel", "error"]).args(told.split(' '));
            command.arg("-i").arg(&sample.file).args(["-f", "null", "-"]);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let reached = poll(|| {
                // In this order: what it has done before it ended is seen after that.
                let has_ended = child.try_wait().unwrap().is_some();
                let reached = if at == "port" { world.caller().is_some() } else { world.canary.has_sung() };
                (reached || has_ended).then_some(reached)
            });
            let _ = child.kill();
            child.wait().unwrap();
            reached == Some(true)
        };
        assert!(sample.unwatched.iter().any(reaches), "{} is harmless", sample.file.display());
        world.canary.free();
    }
}

/// A clip that has found a hole in ffmpeg can have it do as it likes; here, a program in its place does.
#[test]
fn a_program_that_does_as_it_likes_reaches_nothing() {
    let there = confinement();
    if there.landlock.is_none() || !there.network {
        println!("skipped: this kernel has {there:?}");
        return;
    }
    let mut world = World::new();
    let good = world.bench.make("good.mp4", CLIP);
    let (canary, port) = (world.canary.path.display().to_string(), world.port.local_addr().unwrap());
    let seen = world.bench.path("seen");
    let script = format!(
        "#!/bin/sh
        cat {canary} >&2; echo leak > {seen}; cp in0.mp4 {seen}; ln -s {canary} link; cat link >&2
        printf '#EXTM3U\\n#EXT-X-TARGETDURATION:5\\n#EXTINF:5,\\n{canary}\\n#EXT-X-ENDLIST\\n' > list.m3u8
        printf '#EXTM3U\\n#EXT-X-TARGETDURATION:5\\n#EXTINF:5,\\nhttp://{port}/x.ts\\n#EXT-X-ENDLIST\\n' > far.m3u8
        for list in list far; do
            ffmpeg -nostdin -v error -protocol_whitelist file,http,tcp,crypto -i $list.m3u8 -f null -
        done
        echo frame=1; echo done >&2; exit 1",
        seen = seen.display(),
    );
    let program = world.bench.path("program");
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    world.bench.tools = Tools::at(program, Some(real_ffprobe()));
    let error = world.bench.render_with(&good, &Control::new()).unwrap_err();
    assert!(error.to_string().contains("Permission denied"), "{error}");
    assert!(!seen.exists());
    world.assert_untouched("the program");
    world.canary.free();
}

#[test]
fn bombs_and_broken_files_are_refused() {
    let world = World::new();
    let good = world.bench.make("good.mp4", CLIP);
    for bomb in samples::bombs(&world.bench) {
        world.assert_refused(&bomb, &good);
    }
    world.canary.free();
}

#[test]
fn what_is_no_file_is_refused_before_it_is_opened() {
    let world = World::new();
    let bench = &world.bench;
    let good = bench.make("good.mp4", CLIP);
    let links =
        [("zero.mp4", "/dev/zero"), ("loop.mp4", "loop.mp4"), ("none.mp4", "nowhere"), ("pipe.mp4", "canary.ts")];
    for (name, to) in links {
        symlink(to, bench.path(name)).unwrap();
        world.assert_refused(&bench.path(name), &good);
    }
    fs::create_dir(bench.path("folder.mp4")).unwrap();
    for path in [bench.path("folder.mp4"), world.canary.path.clone(), "/dev/zero".into(), bench.path("no.mp4")] {
        world.assert_refused(&path, &good);
    }
    world.canary.free();
}

#[test]
fn a_picture_that_never_ends_is_stopped() {
    let bench = Bench::new();
    let clip = samples::endless(&bench);
    let control = Control::new().limit(Duration::from_secs(2));
    let began = Instant::now();
    let error = bench.render_with(&clip, &control).unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. } | Error::TooMuch { .. }), "{error}");
    assert!(began.elapsed() < SOON);
}

#[test]
fn a_name_is_only_a_name() {
    let bench = Bench::new();
    let clip = bench.make("clip.mp4", CLIP);
    let names = [
        "-i.mp4",
        "-",
        ".hidden.mp4",
        "file:x.mp4",
        "http:x.mp4",
        "concat:a|b.mp4",
        "pipe:0",
        "%d%03d.mp4",
        "a\nb\r.mp4",
        "quo'te\"$(touch x)`;.mp4",
        "in0.mp4",
        "back\\slash.mp4",
        "\u{202e}4pm.exe",
        "名 字.mp4",
    ];
    for name in names {
        let (odd, out) = (bench.path(name), bench.path(&format!("out{name}")));
        fs::copy(&clip, &odd).unwrap();
        let plan = bench.plan(&odd).unwrap();
        let inputs = BTreeMap::from([("a".into(), odd.clone())]);
        let done = render(&bench.tools, &plan, &inputs, &out, &Control::new());
        assert!(done.is_ok(), "{name:?}: {done:?}");
        fs::remove_file(&odd).unwrap();
        fs::remove_file(&out).unwrap();
    }
    let (odd, look) = (bench.path("-i %d\nfile:'\"$(touch x)`|.mp4"), bench.path("-%d\n.png"));
    fs::copy(&clip, &odd).unwrap();
    compare(&bench.tools, &odd, &clip, &look, &Control::new()).unwrap();
    assert!(look.is_file());
    assert_eq!(bench.names().len(), 3, "{:?}", bench.names());
}

/// What was planned from is not what is there any more.
#[test]
fn a_file_that_shrinks_after_it_was_looked_at_gives_one_error() {
    let bench = Bench::new();
    let clip = bench.make("clip.mp4", CLIP);
    let length = fs::metadata(&clip).unwrap().len();
    let plan = bench.plan(&clip).unwrap();
    let inputs = BTreeMap::from([("a".into(), clip.clone())]);
    for left in [length / 2, 40, 0] {
        OpenOptions::new().write(true).open(&clip).unwrap().set_len(left).unwrap();
        let done = render(&bench.tools, &plan, &inputs, &bench.out(), &Control::new());
        let error = done.unwrap_err();
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
        assert_eq!(bench.names(), ["clip.mp4"], "with {left} bytes");
    }
}

/// Asks again and again for up to ten seconds.
fn poll<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    (0..1000).find_map(|_| {
        thread::sleep(Duration::from_millis(10));
        ask()
    })
}
