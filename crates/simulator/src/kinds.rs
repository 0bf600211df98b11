//! Enumerations that know all their members: what is listed can be counted, printed and found missing.

/// An enumeration with a line of words for each member.
macro_rules! kinds {
    ($(#[$meta:meta])* $name:ident { $($kind:ident = $words:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = $words] $kind,)*
        }

        impl $name {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// The name, as it stands in the code.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => stringify!($kind),)* }
            }

            /// What it is, in one line.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$kind => $words,)* }
            }
        }
    };
}

pub(crate) use kinds;
