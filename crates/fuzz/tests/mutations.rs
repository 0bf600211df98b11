//! A short run without an engine: inputs of the corpus, mutated the same way each time, so that what passed once passes
//! until the code or the corpus changes. Chance and coverage lead `cargo xtask fuzz`.

use std::fs;
use std::panic::catch_unwind;

use weixin_video_fuzz::{PLANTED, TARGETS, Target, inputs};

/// Mutated inputs for each target.
const EACH: u32 = 2_000;
/// No input gets longer, in bytes.
const LONGEST: usize = 4_096;
/// What parsers stumble over.
const TOKENS: [&[u8]; 20] = [
    b"\n\n",
    b"\r",
    b"data:",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xae",
    b"\x1b[2J",
    b"\"",
    b"\\",
    b"\\ud800",
    b"{",
    b"}",
    b"[[",
    b"null",
    b"-1",
    b"1e999",
    b"18446744073709551616",
    b"https://",
    "导出".as_bytes(),
];
/// The same, in one byte.
const BYTES: &[u8] = b"0123456789\"\\{}[],:.-/?\n\r \0\xff";

#[test]
fn every_promise_holds_for_mutations_of_its_inputs() {
    let mut broken = Vec::new();
    for target in TARGETS {
        if let Some(input) = breaks(target, EACH) {
            let file = std::env::temp_dir().join(format!("weixin-video-fuzz/{}/mutation", target.name));
            fs::create_dir_all(file.parent().expect("it has a folder")).expect("a folder for it");
            fs::write(&file, input).expect("a place for it");
            broken.push(format!("cargo xtask fuzz --replay {}", file.display()));
        }
    }
    assert!(broken.is_empty(), "replay with:\n{}", broken.join("\n"));
}

#[test]
fn mutations_find_what_is_there_to_be_found() {
    assert!(breaks(&PLANTED, 20_000).is_some());
}

/// The first mutation that breaks the promise.
fn breaks(target: &Target, mutations: u32) -> Option<Vec<u8>> {
    let corpus = inputs(target).expect("each target has a corpus");
    let corpus: Vec<Vec<u8>> = corpus.iter().map(|file| fs::read(file).expect("the corpus is there")).collect();
    let mut draws = Draws(1);
    (0..mutations).find_map(|_| {
        let input = mutated(&corpus, &mut draws);
        catch_unwind(|| (target.check)(&input)).is_err().then_some(input)
    })
}

fn mutated(corpus: &[Vec<u8>], draws: &mut Draws) -> Vec<u8> {
    let mut input = corpus[draws.below(corpus.len())].clone();
    for _ in 0..=draws.below(6) {
        let (from, to) = draws.range(input.len());
        match draws.below(7) {
            0 if from < input.len() => input[from] ^= 1 << draws.below(8),
            1 if from < input.len() => input[from] = draws.byte(),
            2 => drop(input.drain(from..to)),
            3 => {
                let again = input[from..to].to_vec();
                input.splice(from..from, again);
            }
            4 => {
                let token = TOKENS[draws.below(TOKENS.len())];
                input.splice(from..from, token.iter().copied());
            }
            5 => {
                let other = &corpus[draws.below(corpus.len())];
                let (first, last) = draws.range(other.len());
                input.splice(from..to, other[first..last].iter().copied());
            }
            _ => {
                let byte = draws.byte();
                input.insert(from, byte);
            }
        }
        input.truncate(LONGEST);
    }
    input
}

/// The same numbers each time: SplitMix64.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `limit`, or 0.
    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    /// Any byte, or one that means something to a parser.
    fn byte(&mut self) -> u8 {
        if self.below(2) == 0 { self.next().to_le_bytes()[0] } else { BYTES[self.below(BYTES.len())] }
    }

    /// A range in a text of `length` bytes, mostly short.
    fn range(&mut self, length: usize) -> (usize, usize) {
        let from = self.below(length + 1);
        let rest = length - from;
        let most = if self.below(4) == 0 { rest } else { rest.min(8) };
        (from, from + self.below(most + 1))
    }
}
