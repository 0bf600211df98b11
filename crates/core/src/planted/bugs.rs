//! The bugs, by name.

/// Where a bug stands, and so which nets may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// In the decisions: every net sees them.
    Core,
    /// In an adapter or in the files: real sockets or a real disk are needed.
    Adapter,
    /// In the command line.
    Cli,
}

macro_rules! bugs {
    ($($home:ident { $($bug:ident = $words:literal,)* })*) => {
        /// A deliberate slip.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum Bug {
            $($(#[doc = $words] $bug,)*)*
        }

        impl Bug {
            /// All of them.
            pub const ALL: &'static [Self] = &[$($(Self::$bug,)*)*];

            /// Its name, as it stands in the code.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $($(Self::$bug => stringify!($bug),)*)* }
            }

            /// What is wrong, in one line.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $($(Self::$bug => $words,)*)* }
            }

            /// Where it stands.
            #[must_use]
            pub const fn home(self) -> Home {
                match self { $($(Self::$bug)|* => Home::$home,)* }
            }
        }
    };
}

bugs! {
    Core {
        NoBaseline = "the charged message leaves before a free call succeeded",
    }
    Adapter {
        TornBodyIsWhole = "a body that broke off is taken for the whole",
    }
    Cli {
        JournalLags = "a checkpoint is written down after the step it announces",
    }
}
