//! ffmpeg's words for H.264's numbers.

use super::avc::Sequence;

/// The name of a profile; `None` for those that no camera has.
pub(super) fn profile(sequence: &Sequence) -> Option<&'static str> {
    let constrained = sequence.constraints & 0x40 != 0;
    let intra = sequence.constraints & 0x10 != 0;
    Some(match (sequence.profile, intra) {
        (66, _) if constrained => "Constrained Baseline",
        (66, _) => "Baseline",
        (77, _) => "Main",
        (88, _) => "Extended",
        (100, _) => "High",
        (110, false) => "High 10",
        (110, true) => "High 10 Intra",
        (122, false) => "High 4:2:2",
        (122, true) => "High 4:2:2 Intra",
        (244, false) => "High 4:4:4 Predictive",
        (244, true) => "High 4:4:4 Intra",
        _ => return None,
    })
}

/// How samples are kept.
pub(super) fn pixel_format(sequence: &Sequence, full_range: bool) -> Option<String> {
    let layout = match sequence.chroma {
        1 => "420p",
        2 => "422p",
        3 => "444p",
        _ => return None,
    };
    Some(match (sequence.depth, full_range) {
        (8, false) => format!("yuv{layout}"),
        (8, true) => format!("yuvj{layout}"),
        (depth @ (9 | 10 | 12 | 14), _) => format!("yuv{layout}{depth}le"),
        _ => return None,
    })
}

/// `None` for numbers that mean nothing.
pub(super) fn primaries(code: u16) -> Option<&'static str> {
    Some(match code {
        1 => "bt709",
        4 => "bt470m",
        5 => "bt470bg",
        6 => "smpte170m",
        7 => "smpte240m",
        8 => "film",
        9 => "bt2020",
        10 => "smpte428",
        11 => "smpte431",
        12 => "smpte432",
        22 => "ebu3213",
        _ => return None,
    })
}

/// `None` for numbers that mean nothing.
pub(super) fn transfer(code: u16) -> Option<&'static str> {
    Some(match code {
        1 => "bt709",
        4 => "bt470m",
        5 => "bt470bg",
        6 => "smpte170m",
        7 => "smpte240m",
        8 => "linear",
        9 => "log100",
        10 => "log316",
        11 => "iec61966-2-4",
        12 => "bt1361e",
        13 => "iec61966-2-1",
        14 => "bt2020-10",
        15 => "bt2020-12",
        16 => "smpte2084",
        17 => "smpte428",
        18 => "arib-std-b67",
        _ => return None,
    })
}

/// `None` for numbers that mean nothing.
pub(super) fn matrix(code: u16) -> Option<&'static str> {
    Some(match code {
        1 => "bt709",
        4 => "fcc",
        5 => "bt470bg",
        6 => "smpte170m",
        7 => "smpte240m",
        8 => "ycgco",
        9 => "bt2020nc",
        10 => "bt2020c",
        11 => "smpte2085",
        12 => "chroma-derived-nc",
        13 => "chroma-derived-c",
        14 => "ictcp",
        _ => return None,
    })
}
