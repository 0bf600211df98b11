//! From one table of kinds to an enum a family, an enum over all families, names and descriptions.

macro_rules! kinds {
    ($($(#[doc = $group:literal])+ $family:ident {
        $($(#[doc = $about:literal])+ $kind:ident = $name:literal, $way:ident;)+
    })+) => {
        /// A kind of fault. [`Kind::ALL`] is every one; [`Kind::stands_at`] says on which routes it makes sense.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($(#[doc = $group])+ $family($family),)+
        }

        impl Kind {
            /// Every kind, family by family.
            pub const ALL: &'static [Self] = &[$($(Self::$family($family::$kind),)+)+];

            /// The stable name, in kebab-case.
            pub const fn name(self) -> &'static str {
                match self {
                    $($(Self::$family($family::$kind) => $name,)+)+
                }
            }

            /// What it does, in a sentence.
            pub const fn about(self) -> &'static str {
                match self {
                    $($(Self::$family($family::$kind) => concat!($($about),+).trim_ascii(),)+)+
                }
            }

            pub(crate) const fn way(self) -> Way {
                match self {
                    $($(Self::$family($family::$kind) => Way::$way,)+)+
                }
            }
        }

        $(
            $(#[doc = $group])+
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub enum $family {
                $($(#[doc = $about])+ $kind,)+
            }

            impl From<$family> for Kind {
                fn from(kind: $family) -> Self {
                    Self::$family(kind)
                }
            }
        )+
    };
}

pub(super) use kinds;
