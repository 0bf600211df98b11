//! The closed sets of words that operations are made of.

use serde::{Deserialize, Serialize};

/// Makes an enum of words that are the same in JSON, in snake_case or as given.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$item:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$item])* $variant),+ }

        impl $name {
            /// Each of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];
        }
    };
}

words! {
    /// What a writing is for.
    TextRole { Title, Subtitle, Watermark }
}
words! {
    /// What can be taken away as a whole.
    Track {
        Title, Subtitle, Watermark, Bgm,
        /// All writing.
        Text,
    }
}
words! {
    /// Which sound is meant.
    Sound {
        All,
        /// What was recorded with the picture.
        Original,
        Bgm,
    }
}
words! { Direction { Up, Down } }
words! { FadeKind { In, Out } }
words! {
    FadeTarget {
        Bgm, Original,
        /// All sound.
        Audio,
        /// The picture, from or to black.
        Video,
        /// Sound and picture.
        All,
    }
}
words! { Fit { Cover, Contain, Blur } }
words! { Container { Mp4, Mov, Webm, Gif, Mp3, M4a, Wav } }
words! { Codec { H264, H265 } }
words! { TransitionKind { Crossfade, FadeBlack } }
words! { Position { Top, Center, Bottom, Left, Right, TopLeft, TopRight, BottomLeft, BottomRight } }
words! {
    Axis {
        /// Left and right change places.
        H,
        /// Top and bottom do.
        V,
    }
}
words! {
    Ratio {
        #[serde(rename = "9:16")] Portrait9x16,
        #[serde(rename = "16:9")] Landscape16x9,
        #[serde(rename = "1:1")] Square,
        #[serde(rename = "4:5")] Portrait4x5,
        #[serde(rename = "3:4")] Portrait3x4,
        #[serde(rename = "4:3")] Landscape4x3,
        #[serde(rename = "21:9")] Cinema21x9,
    }
}
words! {
    /// What a question is about.
    About {
        WhatChange, HowLong, HowFast, HowSmall, WhichTime, WhichText, WhichFile, WhichClip, WhichRatio, WhichPlatform,
        WhichUnit, KeepOrRemove, StartOrEnd, SizeOrResolution, RotateWhich, BeyondDuration, ReversedRange, NoSuchClip,
        NoSuchTrack, Conflict, NothingToDo, NotAnEdit, UnknownWords,
    }
}
words! {
    /// What can't be done here.
    What {
        StreamingUrl, BackgroundRemoval, FaceSwap, Generate, ObjectEdit, Beauty, Filter, ZoomPan, Sticker, Stabilise,
        Denoise, Voice, Translation, WatermarkRemoval, TextStyle, Transition, Split, Cover, Reverse, Publish, Other,
    }
}
