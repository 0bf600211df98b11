//! How loud something is, read from what ffmpeg's `loudnorm` says at its end.

use serde::Deserialize;

use crate::plan::Loudness;

/// All numbers are words in it.
#[derive(Deserialize)]
struct Said {
    input_i: String,
    input_tp: String,
    input_lra: String,
    input_thresh: String,
    target_offset: String,
}

/// Reads the report at the end of stderr; `None` for silence, which can't be made louder, and for no report.
pub(super) fn loudness(stderr: &str) -> Option<Loudness> {
    let report = stderr.get(stderr.rfind('{')?..=stderr.rfind('}')?)?;
    let said: Said = serde_json::from_str(report).ok()?;
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
    let loudness = Loudness {
        integrated: number(&said.input_i)?,
        peak: number(&said.input_tp)?,
        range: number(&said.input_lra)?,
        threshold: number(&said.input_thresh)?,
        offset: number(&said.target_offset)?,
    };
    // What the filter takes; below -70 LUFS is nothing that is heard.
    let possible = (-70.0..=0.0).contains(&loudness.integrated)
        && (-99.0..=99.0).contains(&loudness.peak)
        && (0.0..=99.0).contains(&loudness.range)
        && (-99.0..=0.0).contains(&loudness.threshold)
        && (-99.0..=99.0).contains(&loudness.offset);
    possible.then_some(loudness)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_is_read_and_silence_is_none() {
        let report = |input_i: &str| {
            format!(
                "Input #0 {{x}}\n[Parsed_loudnorm_0 @ 0x1]\n{{\n\"input_i\" : \"{input_i}\",\n\"input_tp\" : \"-3.25\",\n\
                 \"input_lra\" : \"0.00\",\n\"input_thresh\" : \"-31.75\",\n\"output_i\" : \"-16.00\",\n\
                 \"normalization_type\" : \"dynamic\",\n\"target_offset\" : \"0.04\"\n}}\n"
            )
        };
        let heard = loudness(&report("-21.75")).unwrap();
        assert_eq!((heard.integrated, heard.peak, heard.offset), (-21.75, -3.25, 0.04));
        for silent in ["-inf", "nan", "3.0", "", "-71"] {
            assert_eq!(loudness(&report(silent)), None, "{silent}");
        }
        assert_eq!(loudness("}{"), None);
        assert_eq!(loudness(""), None);
    }
}
