//! Where each kind can stand, and what it can be told there.

use super::kind::{Body, Download, Kind, Render, Request, Stream, Way};
use super::{Fault, Mark, Shape};
use crate::route::Route;

/// What a kind takes as its place within a request or an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marks {
    /// None: it strikes the whole.
    None,
    /// A byte of the request's body.
    RequestByte,
    /// A byte of the answer's head.
    HeadByte,
    /// A byte of the answer's body, or an event of a stream.
    BodyByteOrEvent,
    /// An event of the stream it comes after.
    Event,
}

impl Kind {
    /// Whether it makes sense on a route. [`Route::Unknown`] has no fault of its own.
    pub const fn stands_at(self, route: Route) -> bool {
        if matches!(route, Route::Unknown) {
            return false;
        }
        let bytes = matches!(route, Route::Cdn | Route::Download);
        let json = !bytes && !matches!(route, Route::Chat);
        match self {
            Self::Request(Request::CutRequest) => route.takes_body(),
            Self::Connection(_) | Self::Request(_) | Self::Framing(_) | Self::Head(_) | Self::Redirect(_) => true,
            Self::Body(body) => json || body.fits_anywhere(),
            Self::Refusal(_) => !matches!(route, Route::Cdn),
            Self::Stream(_) => matches!(route, Route::Chat),
            Self::Render(Render::Fails | Render::DuplicateId | Render::DoneUnheard) => matches!(route, Route::Export),
            Self::Render(_) => matches!(route, Route::ExportStatus),
            Self::Download(_) => bytes,
        }
    }

    /// What [`Site::at_byte`](crate::Site::at_byte) and [`Site::at_event`](crate::Site::at_event) mean to it.
    pub const fn marks(self) -> Marks {
        match self {
            Self::Request(Request::CutRequest) => Marks::RequestByte,
            Self::Request(Request::ResetMidHead | Request::FinMidHead | Request::StallMidHead) => Marks::HeadByte,
            Self::Request(Request::ResetMidBody | Request::FinMidBody | Request::StallMidBody) => {
                Marks::BodyByteOrEvent
            }
            Self::Stream(stream) if stream.is_put_in() => Marks::Event,
            Self::Connection(_)
            | Self::Request(_)
            | Self::Framing(_)
            | Self::Head(_)
            | Self::Body(_)
            | Self::Redirect(_)
            | Self::Refusal(_)
            | Self::Stream(_)
            | Self::Render(_)
            | Self::Download(_) => Marks::None,
        }
    }

    /// The shapes it comes in: every one for the refusals whose shape is not part of what they are.
    pub const fn shapes(self) -> &'static [Shape] {
        if let Self::Refusal(refusal) = self
            && refusal.has_shapes()
        {
            return Shape::ALL;
        }
        &[]
    }

    /// Whether the work can be left undone, and whether it can be done, on this route.
    pub const fn commits_at(self, route: Route) -> (bool, bool) {
        match self.way() {
            Way::Arrival | Way::Unread => (true, false),
            Way::Instead | Way::Cut => (true, true),
            // Without the work there is no real answer, except where the chat can leave no trace.
            Way::Twist => (matches!(route, Route::Chat) || !route.changes_something(), true),
        }
    }
}

impl Body {
    const fn fits_anywhere(self) -> bool {
        match self {
            Self::Page | Self::Empty | Self::NoContent | Self::Giant | Self::Gzip | Self::GzipBomb => true,
            Self::GzipLie | Self::Cookie | Self::Deep | Self::Null | Self::List => true,
            Self::HugeNumbers
            | Self::Truncated
            | Self::PlainType
            | Self::Bom
            | Self::Utf16
            | Self::BadUtf8
            | Self::DuplicateKeys
            | Self::WrongTypes
            | Self::Doubled
            | Self::Controls => false,
        }
    }
}

impl Stream {
    /// Whether it is something put in after an event.
    const fn is_put_in(self) -> bool {
        matches!(
            self,
            Self::CommentFlood
                | Self::GiantEvent
                | Self::GiantLine
                | Self::BadJson
                | Self::DeepJson
                | Self::BadUtf8
                | Self::Lines
                | Self::UnknownEvents
                | Self::ErrorAfterText
                | Self::Question
        )
    }
}

impl Download {
    /// Whether it only makes sense in an answer to a request for a part.
    pub(super) const fn needs_range(self) -> bool {
        match self {
            Self::WrongOffset
            | Self::WrongTotal
            | Self::WrongLength
            | Self::NoContentRange
            | Self::Multipart
            | Self::Ignored
            | Self::OtherVersionPart
            | Self::SameEtag => true,
            Self::Unsatisfiable
            | Self::OtherVersion
            | Self::NoEtag
            | Self::Json
            | Self::Page
            | Self::Empty
            | Self::NotMp4
            | Self::Half
            | Self::Shorter
            | Self::Longer
            | Self::Expired
            | Self::Gone
            | Self::CdnTrouble
            | Self::HostileName => false,
        }
    }
}

impl Kind {
    /// Whether it strikes only the status of a finished render, which has a URL.
    pub const fn needs_url(self) -> bool {
        matches!(
            self,
            Self::Render(
                Render::UrlOutput
                    | Render::UrlOutputUrl
                    | Render::UrlOutputUrlSnake
                    | Render::UrlPlain
                    | Render::UrlVideo
                    | Render::UrlDownload
                    | Render::UrlPrivate
                    | Render::UrlFile
                    | Render::UrlUserinfo
                    | Render::UrlGarbage
            )
        )
    }

    /// Whether it strikes only a request for a part of a file: the n-th then has to be one.
    pub const fn needs_range(self) -> bool {
        matches!(self, Self::Download(download) if download.needs_range())
    }
}

impl Fault {
    /// Itself.
    ///
    /// # Panics
    /// If it can't stand where it was put: whoever wrote the test has to know.
    pub(crate) fn placed(self) -> Self {
        if let Some(why) = self.misplaced() {
            panic!("a fault that can't be: {why}");
        }
        self
    }

    /// Why it can't stand where it was put; `None` if it can.
    pub fn misplaced(&self) -> Option<String> {
        let (site, kind) = (&self.site, self.kind?);
        let (route, how) = (site.route, site.how);
        if !kind.stands_at(route) {
            return Some(format!("{kind} can't stand at {route}"));
        }
        let (undone, done) = kind.commits_at(route);
        let fits = match site.commit {
            Some(true) => done,
            Some(false) => undone,
            None => true,
        };
        if !fits {
            return Some(format!("{kind} at {route} has no choice of commit"));
        }
        let marked = match (how.mark, kind.marks()) {
            (None, _) => true,
            (Some(Mark::Byte(_)), Marks::RequestByte | Marks::HeadByte | Marks::BodyByteOrEvent) => true,
            (Some(Mark::Event(_)), Marks::BodyByteOrEvent) => matches!(route, Route::Chat),
            (Some(Mark::Event(_)), Marks::Event) => true,
            (Some(_), Marks::None | Marks::RequestByte | Marks::HeadByte | Marks::Event) => false,
        };
        if !marked {
            return Some(format!("{kind} at {route} takes no such mark"));
        }
        if how.shape.is_some() && kind.shapes().is_empty() {
            return Some(format!("{kind} has no shapes"));
        }
        (self.arriving() && site.token.is_some()).then(|| format!("{kind} strikes before there is a token"))
    }
}
