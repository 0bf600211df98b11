//! Shapes of JSON that Rust has no type for.

use serde::{Deserialize, Serialize};

use super::{Length, Span};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

#[derive(Serialize, Deserialize)]
pub(super) struct Parts {
    from: OneOrMany<i64>,
    to: OneOrMany<Option<i64>>,
}

impl From<super::Parts> for Parts {
    fn from(super::Parts(spans): super::Parts) -> Self {
        if let [Span { from, to }] = spans[..] {
            return Self { from: OneOrMany::One(from), to: OneOrMany::One(to) };
        }
        let (from, to) = spans.iter().map(|span| (span.from, span.to)).unzip();
        Self { from: OneOrMany::Many(from), to: OneOrMany::Many(to) }
    }
}

impl TryFrom<Parts> for super::Parts {
    type Error = &'static str;

    fn try_from(parts: Parts) -> Result<Self, Self::Error> {
        match (parts.from, parts.to) {
            (OneOrMany::One(from), OneOrMany::One(to)) => Ok(Self(vec![Span { from, to }])),
            (OneOrMany::Many(from), OneOrMany::Many(to)) if from.len() == to.len() && !from.is_empty() => {
                Ok(Self(from.into_iter().zip(to).map(|(from, to)| Span { from, to }).collect()))
            }
            _ => Err("from and to do not go together"),
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct Part {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "present")]
    to: Option<Option<i64>>,
}

impl From<super::Part> for Part {
    fn from(super::Part(span): super::Part) -> Self {
        Self { from: span.map(|span| span.from), to: span.map(|span| span.to) }
    }
}

impl TryFrom<Part> for super::Part {
    type Error = &'static str;

    fn try_from(part: Part) -> Result<Self, Self::Error> {
        match (part.from, part.to) {
            (None, None) => Ok(Self(None)),
            (Some(from), Some(to)) => Ok(Self(Some(Span { from, to }))),
            _ => Err("from without to, or to without from"),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Steps {
    Some(u32),
    Word(String),
}

impl From<super::Steps> for Steps {
    fn from(steps: super::Steps) -> Self {
        match steps {
            super::Steps::Some(steps) => Self::Some(steps),
            super::Steps::All => Self::Word("all".to_owned()),
        }
    }
}

impl TryFrom<Steps> for super::Steps {
    type Error = &'static str;

    fn try_from(steps: Steps) -> Result<Self, Self::Error> {
        match steps {
            Steps::Some(steps) => Ok(Self::Some(steps)),
            Steps::Word(word) if word == "all" => Ok(Self::All),
            Steps::Word(_) => Err("steps is a number or \"all\""),
        }
    }
}

/// A key that is there, maybe with null.
mod present {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::option_option, clippy::ref_option, reason = "a key with null is not a key left out")]
    pub(super) fn serialize<S: Serializer>(value: &Option<Option<i64>>, to: S) -> Result<S::Ok, S::Error> {
        value.flatten().serialize(to)
    }

    #[expect(clippy::option_option, reason = "a key with null is not a key left out")]
    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<i64>>, D::Error> {
        Option::deserialize(from).map(Some)
    }
}

/// A length, where null is "to the end".
pub(super) mod dur {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Length;

    #[expect(clippy::ref_option, reason = "serde passes references")]
    pub(in super::super) fn serialize<S: Serializer>(length: &Option<Length>, to: S) -> Result<S::Ok, S::Error> {
        match length {
            Some(Length::Ms(ms)) => ms.serialize(to),
            Some(Length::ToEnd) | None => to.serialize_none(),
        }
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Length>, D::Error> {
        Ok(Some(Option::<u64>::deserialize(from)?.map_or(Length::ToEnd, Length::Ms)))
    }
}
