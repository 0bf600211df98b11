//! Heads that are malformed, or out of all measure.

use super::kind::Head;
use super::plan::Plan;
use super::raw::{Deed, Program};
use super::whole::Whole;
use bytes::Bytes;

/// Interim answers before the real one.
const INTERIMS: u64 = 10_000;
/// Bytes of the one huge header.
const HUGE: u64 = 4 * 1024 * 1024;
/// Headers of a flood.
const FLOOD: u64 = 20_000;

pub(super) fn plan(kind: Head, whole: &Whole) -> Plan {
    let head = whole.full_head();
    let body = whole.full_body();
    let changed = |from: &[u8], to: &[u8]| [&replaced(&head, from, to)[..], &body].concat();
    let with = |line: &[u8]| changed(b"connection: close\r\n", &[line, b"connection: close\r\n"].concat());
    let status_line = head.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let after_status = |line: &[u8]| [line, &head[status_line..], &body].concat();
    let bytes = match kind {
        Head::Garbage => b"\x16\x03\x03\x00\x02\x02\x28\x00\xff\xfe\x00no http\r\n\r\n".to_vec(),
        Head::Http09 => whole.body.to_vec(),
        Head::StatusLine => after_status(b"HTP/1,1 two hundred\r\n"),
        Head::StatusRange => after_status(b"HTTP/1.1 20000 Very OK\r\n"),
        Head::Upgrade => {
            b"HTTP/1.1 101 Switching Protocols\r\nupgrade: nonsense\r\nconnection: upgrade\r\n\r\n\x00\x01".to_vec()
        }
        Head::InterimFlood => {
            return flooded(
                b"",
                b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n",
                INTERIMS,
                &[&head[..], &body].concat(),
                whole,
            );
        }
        Head::HugeHeader => {
            let start = [&head[..status_line], b"x-huge: "].concat();
            return flooded(&start, b"a", HUGE, &[b"\r\n", &head[status_line..], &body].concat(), whole);
        }
        Head::HeaderFlood => {
            let rest = [&head[status_line..], &body].concat();
            return flooded(&head[..status_line], b"x-flood: water\r\n", FLOOD, &rest, whole);
        }
        Head::Nul => with(b"x-nul: a\x00b\r\n"),
        Head::Folded => with(b"x-folded: a\r\n b\r\n"),
        Head::NoColon => with(b"no colon here\r\n"),
        Head::BareLf => [&replaced(&head, b"\r\n", b"\n")[..], &body].concat(),
    };
    // Of these three a client can make nothing.
    if matches!(kind, Head::Garbage | Head::Http09 | Head::Upgrade) {
        return Plan::unheard(Plan::bytes(bytes));
    }
    Plan::heard(Plan::bytes(bytes), whole)
}

fn flooded(start: &[u8], drop: &'static [u8], times: u64, rest: &[u8], whole: &Whole) -> Plan {
    let deeds: Program = vec![
        Deed::Write(Bytes::copy_from_slice(start)),
        Deed::Repeat(Bytes::from_static(drop), times),
        Deed::Write(Bytes::copy_from_slice(rest)),
        Deed::Fin,
    ];
    Plan::heard(deeds, whole)
}

fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some(at) = rest.windows(from.len()).position(|window| window == from) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    out.extend_from_slice(rest);
    out
}
