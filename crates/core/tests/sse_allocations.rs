//! Once warm, the decoder allocates nothing, whatever the chunking.

use allocation_counter::measure;
use weixin_video_core::sse::Decoder;

fn stream() -> Vec<u8> {
    let event = |n: usize| {
        format!(
            "event: kind{}\r\nid: {n}\nretry: 3000\n: ping\ndata: {{\"n\":{n}}}\ndata: more\n\n{}",
            n % 3,
            "data: one line\n\n"
        )
    };
    (100..400).map(event).collect::<String>().into_bytes()
}

fn decode(decoder: &mut Decoder, stream: &[u8], chunk: usize) -> usize {
    let mut events = 0;
    for mut rest in stream.chunks(chunk) {
        while decoder.next(&mut rest).expect("no limit is reached").is_some() {
            events += 1;
        }
    }
    events
}

#[test]
fn nothing_is_allocated_for_an_event() {
    let stream = stream();
    for chunk in [1, 7, 64, 4096, stream.len()] {
        let mut decoder = Decoder::new();
        assert_eq!(decode(&mut decoder, &stream, chunk), 600);
        let counted = measure(|| {
            decode(&mut decoder, &stream, chunk);
        });
        assert_eq!(counted.count_total, 0, "chunks of {chunk} bytes");
    }
}

#[test]
fn the_counter_counts() {
    assert!(measure(|| drop(std::hint::black_box(vec![1_u8; 10]))).count_total > 0);
}

#[test]
fn a_line_in_many_chunks_is_copied_once() {
    let line = [&b"data: "[..], &vec![b'x'; 4 << 20], b"\n\n"].concat();
    let mut decoder = Decoder::new();
    let counted = measure(|| {
        assert_eq!(decode(&mut decoder, &line, 1024), 1);
    });
    assert!(counted.bytes_total < 32 << 20, "doubling alone: {} bytes", counted.bytes_total);
}
