//! Upload of a 200 MB file: throughput and peak memory of the program, against `curl -F` to the same
//! server, in turns.
//!
//! Each upload gets a server and a home of its own, which go with it: what one leaves on the disk
//! must not slow the next.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::measure::{Taken, measure};
use super::{Row, median};
use crate::cli::{self, Profile};
use crate::run::{Result, command, output, root, shown};

/// Bytes of the uploaded file: the most that the API takes.
const SIZE: u32 = 200_000_000;

/// Measured pairs; one more goes before them and is not counted.
const PAIRS: usize = 15;

/// MiB.
const PEAK_GOAL: f64 = 32.0;
const THROUGHPUT_GOAL: f64 = 0.95;

/// Both rows of this bench.
pub(super) fn rows() -> Result<Vec<Row>> {
    let cli = cli::build(Profile::Release)?;
    let folder = TempDir::new()?;
    let file = folder.path().join("big.mp4");
    clip(&file)?;
    let mut pairs = Vec::new();
    for round in 0..=PAIRS {
        let pair = if round % 2 == 0 {
            let ours = ours(&cli, &file)?;
            (ours, theirs(&cli, &file)?)
        } else {
            let theirs = theirs(&cli, &file)?;
            (ours(&cli, &file)?, theirs)
        };
        eprintln!("  ours {:.2} s, curl {:.2} s", pair.0.wall, pair.1.wall);
        pairs.push(pair);
    }
    Ok(table(&pairs[1..]))
}

/// A small clip goes first, so that the program has a token and a session in hand as curl has.
fn ours(cli: &Path, file: &Path) -> Result<Taken> {
    let server = Server::start(cli)?;
    let upload = |file: &Path| {
        let mut upload = command(cli);
        upload.arg("upload").arg(file).args(["--backend", &server.url]);
        // The bench must not touch the tokens of who runs it.
        upload.env("HOME", server.home.path());
        upload.env("XDG_CONFIG_HOME", server.home.path().join("config"));
        upload
    };
    measure(&upload(&root().join("tests/clips/bbb_720p25_aac51_moovend.mp4")))?;
    measure(&upload(file))
}

fn theirs(cli: &Path, file: &Path) -> Result<Taken> {
    let server = Server::start(cli)?;
    measure(&Curl::new(&server.url, server.home.path())?.upload(file))
}

/// The ratio is judged pair by pair, since the two of a pair met the same machine; the speeds shown
/// are the best of each.
fn table(pairs: &[(Taken, Taken)]) -> Vec<Row> {
    let ratio = median(pairs.iter().map(|(ours, theirs)| theirs.wall / ours.wall).collect());
    let best = |of: fn(&(Taken, Taken)) -> f64| pairs.iter().map(of).fold(f64::INFINITY, f64::min);
    let speed = |wall: f64| f64::from(SIZE) / 1e6 / wall;
    let (ours, theirs) = (speed(best(|pair| pair.0.wall)), speed(best(|pair| pair.1.wall)));
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let peak = |of: fn(&(Taken, Taken)) -> u64| mib(pairs.iter().map(of).max().unwrap_or(0));
    let (mine, curls) = (peak(|pair| pair.0.peak), peak(|pair| pair.1.peak));
    vec![
        Row {
            what: format!("upload of 200 MB: throughput against curl, median of {PAIRS} pairs"),
            goal: format!("≥ {THROUGHPUT_GOAL}"),
            figure: format!("{ratio:.2} (best {ours:.0} MB/s, curl {theirs:.0})"),
            met: ratio >= THROUGHPUT_GOAL,
        },
        Row {
            what: "upload of 200 MB: peak memory".to_owned(),
            goal: format!("< {PEAK_GOAL} MiB"),
            figure: format!("{mine:.1} MiB (curl {curls:.1})"),
            met: mine < PEAK_GOAL,
        },
    ]
}

/// An MP4 by its first bytes, with noise for media.
fn clip(path: &Path) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(b"\0\0\0\x18ftypisom\0\0\x02\0isomavc1")?;
    file.write_all(&(SIZE - 24).to_be_bytes())?;
    file.write_all(b"mdat")?;
    let mut noise: u64 = 0x9E37_79B9_7F4A_7C15;
    for _ in 0..(SIZE - 32) / 8 {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        file.write_all(&noise.to_le_bytes())?;
    }
    file.flush()
}

/// The local server with canned renders, as a process of its own; stopped when dropped, and all
/// that was uploaded goes with it.
struct Server {
    process: Child,
    url: String,
    home: TempDir,
}

impl Server {
    fn start(cli: &Path) -> Result<Self> {
        let home = TempDir::new()?;
        let mut serve = command(cli);
        serve.args(["serve", "--canned", "--port", "0"]);
        serve.env("TMPDIR", home.path());
        let mut process = serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let stdout = process.stdout.take().ok_or("the server has no stdout")?;
        // Built before the search, so that a server that says nothing is stopped as well.
        let mut server = Self { process, url: String::new(), home };
        for line in BufReader::new(stdout).lines() {
            if let Some(url) = url_in(&line?) {
                server.url = url;
                return Ok(server);
            }
        }
        Err(format!("`{}` ended without naming its URL; run it to see why", shown(&serve)).into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to stop.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The first loopback URL in a line, up to its port.
fn url_in(line: &str) -> Option<String> {
    const START: &str = "http://127.0.0.1:";
    let rest = &line[line.find(START)? + START.len()..];
    let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (!port.is_empty()).then(|| format!("{START}{port}"))
}

/// The peer, with a session of its own. The token goes by file, as it should anywhere.
struct Curl {
    headers: PathBuf,
    target: String,
}

impl Curl {
    fn new(url: &str, folder: &Path) -> Result<Self> {
        let attribution = "X-Skill-Source: weixin-video\nX-Skill-Version: 0.0.0\n\
                           X-Skill-Platform: unknown\n";
        let headers = folder.join("headers");
        let client = "X-Client-Id: 5f0c6d5e-3c1b-4a55-9d0a-6b1f0e7a2c11\n";
        std::fs::write(&headers, format!("{attribution}{client}"))?;
        let answer = post(&headers, &format!("{url}/api/auth/anonymous-token"), "")?;
        let token = field(&answer, "token")?;
        let bearer = format!("{attribution}Authorization: Bearer {token}\n");
        std::fs::write(&headers, bearer)?;
        let path = format!("{url}/api/tasks/me/with-session/nemo_agent");
        let answer = post(&headers, &path, r#"{"task_name":"project","language":"en"}"#)?;
        let session = field(&answer, "session_id")?;
        Ok(Self { headers, target: format!("{url}/api/upload-video/nemo_agent/me/{session}") })
    }

    fn upload(&self, file: &Path) -> Command {
        let mut curl = command("curl");
        curl.args(["--silent", "--show-error", "--fail", "--header"]);
        curl.arg(format!("@{}", self.headers.display()));
        curl.arg("--form").arg(format!("files=@{}", file.display()));
        curl.arg(&self.target);
        curl
    }
}

fn post(headers: &Path, url: &str, body: &str) -> Result<Value> {
    let mut curl = command("curl");
    curl.args(["--silent", "--show-error", "--fail", "--request", "POST"]);
    curl.arg("--header").arg(format!("@{}", headers.display()));
    if !body.is_empty() {
        curl.args(["--header", "Content-Type: application/json", "--data", body]);
    }
    Ok(serde_json::from_str(&output(curl.arg(url))?)?)
}

/// A text of the answer, in its envelope or bare.
fn field(answer: &Value, name: &str) -> Result<String> {
    let found = answer["data"][name].as_str().or_else(|| answer[name].as_str());
    found.map(str::to_owned).ok_or_else(|| format!("the server's answer has no {name}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_is_found_in_what_the_server_says() {
        let url = Some("http://127.0.0.1:4711".to_owned());
        assert_eq!(url_in("http://127.0.0.1:4711"), url);
        assert_eq!(url_in("serving on http://127.0.0.1:4711/, canned"), url);
        assert_eq!(url_in("http://127.0.0.1:"), None);
        assert_eq!(url_in("hello"), None);
    }

    #[test]
    fn ratios_are_taken_pair_by_pair_and_the_highest_peak_counts() {
        let taken = |wall, peak| Taken { wall, peak, ..Taken::default() };
        let pairs = [
            (taken(1.0, 9 << 20), taken(9.0, 5 << 20)),
            (taken(2.0, 40 << 20), taken(1.92, 5 << 20)),
            (taken(4.0, 9 << 20), taken(1.0, 5 << 20)),
        ];
        let [speed, peak] = &table(&pairs)[..] else {
            panic!("two rows expected");
        };
        assert!(speed.met && speed.figure == "0.96 (best 200 MB/s, curl 200)", "{}", speed.figure);
        assert!(!peak.met && peak.figure == "40.0 MiB (curl 5.0)", "{}", peak.figure);
    }

    #[test]
    fn the_answers_of_the_server_are_read_in_either_envelope() {
        let answer = serde_json::json!({"code": 0, "data": {"token": "a"}});
        assert_eq!(field(&answer, "token").unwrap(), "a");
        assert_eq!(field(&serde_json::json!({"token": "b"}), "token").unwrap(), "b");
        assert!(field(&answer, "session_id").is_err());
    }
}
