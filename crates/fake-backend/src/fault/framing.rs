//! Lengths and chunks that are told wrongly.

use super::kind::Framing;
use super::plan::Plan;
use super::whole::{Whole, chunk, chunks};

/// Bytes promised and not sent.
const MISSING: usize = 100;
const CHUNKED: &str = "transfer-encoding: chunked\r\n";

pub(super) fn plan(kind: Framing, whole: &Whole) -> Option<Plan> {
    let body = &whole.body[..];
    let (half, len) = (body.len() / 2, body.len());
    let needs_body = matches!(kind, Framing::LengthTooShort | Framing::UnsizedCut | Framing::ChunkTooLong);
    if needs_body && half == 0 {
        return None;
    }
    let (fields, content) = match kind {
        Framing::LengthTooLong => (length(len + MISSING), body.to_vec()),
        Framing::LengthTooShort => (length(half), body.to_vec()),
        Framing::LengthsContradict => (length(len) + &length(len + 1), body.to_vec()),
        Framing::LengthAndChunks => (length(half) + CHUNKED, chunked(whole)),
        Framing::LengthNegative => ("content-length: -1\r\n".to_owned(), body.to_vec()),
        Framing::LengthHuge => ("content-length: 99999999999999999999999\r\n".to_owned(), body.to_vec()),
        Framing::UnsizedCut => (String::new(), body[..half].to_vec()),
        Framing::ChunkSizeGarbage => (CHUNKED.to_owned(), [b"zz\r\n", body, b"\r\n0\r\n\r\n"].concat()),
        Framing::ChunkSizeOverflow => (CHUNKED.to_owned(), [b"fffffffffffffffff\r\n", body].concat()),
        Framing::ChunkTooLong => {
            let size = format!("{half:x}\r\n");
            (CHUNKED.to_owned(), [size.as_bytes(), body, b"\r\n0\r\n\r\n"].concat())
        }
        Framing::ChunksUnended => (CHUNKED.to_owned(), chunks(&whole.pieces())),
        Framing::TrailerGarbage => {
            (CHUNKED.to_owned(), [&chunks(&whole.pieces())[..], b"0\r\n\x01 no trailer \xff\r\n\r\n"].concat())
        }
        Framing::UnknownCoding => ("transfer-encoding: rot13\r\n".to_owned(), body.to_vec()),
    };
    let wire = [&whole.head()[..], fields.as_bytes(), b"connection: close\r\n\r\n", &content].concat();
    let program = Plan::bytes(wire);
    Some(match kind {
        Framing::UnsizedCut => Plan::cut(program, whole, half),
        Framing::LengthTooLong | Framing::ChunksUnended | Framing::ChunkSizeOverflow => Plan::cut(program, whole, len),
        Framing::LengthTooShort
        | Framing::LengthsContradict
        | Framing::LengthAndChunks
        | Framing::LengthNegative
        | Framing::LengthHuge
        | Framing::ChunkSizeGarbage
        | Framing::ChunkTooLong
        | Framing::TrailerGarbage
        | Framing::UnknownCoding => Plan::heard(program, whole),
    })
}

fn length(bytes: usize) -> String {
    format!("content-length: {bytes}\r\n")
}

fn chunked(whole: &Whole) -> Vec<u8> {
    [&chunk(&whole.body)[..], b"0\r\n\r\n"].concat()
}
