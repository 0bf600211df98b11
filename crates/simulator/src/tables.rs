//! Which faults can strike where.

use crate::fault::Fault::{self, *};
use crate::server::Route;

macro_rules! table {
    ($name:ident, $($own:ident)*) => {
        static $name: &[Fault] = &[
            NotSent, LostBefore, LostAfter, SilentBefore, SilentAfter, SlowReply, BodyCut, TruncatedJson, EmptyBody,
            PageFor200, TroubleAfter, NotAnObject, DeepJson, HugeBody, Redirected, BadToken, NoCredits, PlanNeeded,
            ScopeMissing, RateLimited, RateLimitedLong, RateLimitedOddly, StorageFull, Trouble, OtherRefusal, $($own,)*
        ];
    };
}

table!(PLAIN,);
table!(TOKEN, NoClientId);
table!(STATE, NoSession);
table!(UPLOAD, NoSession Unsupported TooLarge SourceMissing SourceUnreadable);
table!(START, NoSession DuplicateRender);
table!(CHAT, NoSession HeadLate NotSent LostBefore LostAfter SilentAfter);
table!(RENDER, NotFound);

static FILE: &[Fault] = &[
    NotSent,
    LostBefore,
    LostAfter,
    SilentBefore,
    SilentAfter,
    SlowReply,
    HeadLate,
    EmptyBody,
    PageFor200,
    Trouble,
    RateLimited,
    NotAnObject,
];

/// What can strike a request of this row.
pub(crate) fn faults(route: Route) -> &'static [Fault] {
    match route {
        Route::Token => TOKEN,
        Route::State => STATE,
        Route::Upload => UPLOAD,
        Route::Start => START,
        Route::Chat => CHAT,
        Route::Status | Route::Cancel | Route::Fallback => RENDER,
        Route::File => FILE,
        Route::Open | Route::Claim | Route::Credits | Route::Nowhere => PLAIN,
    }
}

/// Whether a server says it instead of doing anything.
pub(crate) fn is_refusal(fault: Fault) -> bool {
    matches!(
        fault,
        BadToken
            | NoSession
            | NoCredits
            | Unsupported
            | TooLarge
            | NoClientId
            | PlanNeeded
            | ScopeMissing
            | RateLimited
            | RateLimitedLong
            | RateLimitedOddly
            | DuplicateRender
            | StorageFull
            | NotFound
            | Trouble
            | OtherRefusal
    )
}
