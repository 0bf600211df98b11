//! Where the chunks are cut never shows, for any bytes and any limit.

use proptest::collection::vec;
use proptest::prelude::*;
use weixin_video_core::sse::Decoder;

use crate::trace::{TOKENS, cut, trace, trace_with};

fn stream() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![8 => (0..TOKENS.len()).prop_map(|at| TOKENS[at].to_vec()), 1 => vec(any::<u8>(), 0..6)];
    vec(token, 0..60).prop_map(|tokens| tokens.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_cut_gives_the_same_events(stream in stream(), places in vec(any::<usize>(), 0..12)) {
        prop_assert_eq!(trace(&cut(&stream, &places)), trace(&[&stream]));
    }

    #[test]
    fn any_cut_gives_the_same_events_and_refusals(stream in stream(), places in vec(any::<usize>(), 0..12), limit in 0..12_usize) {
        let whole = trace_with(Decoder::with_limit(limit), &[&stream]);
        prop_assert_eq!(trace_with(Decoder::with_limit(limit), &cut(&stream, &places)), whole);
    }
}
