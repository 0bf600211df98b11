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
        SendAgainOnElapsed = "the charged message is sent again when its answer is late",
        SendAgainOnBreak = "the charged message is sent again when the connection breaks before the answer",
        SendAgainOnServerTrouble = "the charged message is sent again after a 5xx",
        SendAgainOnStreamBreak = "the charged message is sent again when its stream breaks",
        SendAgainAfterRenewal = "the charged message is sent again with a renewed token",
        SendAgainAfterSilence = "the charged message is sent again when no look shows its outcome",
        ResumeSendsAgain = "a resumed job sends the message that may have left",
        GoneSessionSendsAgain = "a session that is gone after the message left is begun anew, and the message sent again",
        BreakIsNotSent = "a request that broke off is told as one that never left",
        NotSentIsBreak = "a message that never left is looked for as if it had",
        NoChangeIsSuccess = "a timeline that did not change is taken for the edit",
        ChangeIsNoSuccess = "the change that a look shows is passed over",
        UnconfirmedIsFree = "an unknown outcome is told as not charged",
        UnconfirmedIsPaid = "an unknown outcome is told as charged",
        RefusalIsPaid = "a refused message is told as charged",
        ChargingToldLate = "the checkpoint of the message is told after it left",
        ChargingForgetsBefore = "the checkpoint of the message does not hold the draft before it",
        RefusalStaysCharging = "a message that was refused is left as one that may have left",
        NoPauseAfterBreak = "the first look after a break comes at once",
        NoPauseBetweenLooks = "the looks after a break follow each other without a pause",
        HeartbeatIsProgress = "a heartbeat counts as progress",
        IdleByMonotonicClock = "a night that the laptop slept through does not count as silence",
        NeverSaysStillWorking = "no word is said while the agent works",
        TornEventIsDone = "a stream that ends within an event is taken for done",
        StreamBreakIsDone = "a stream that breaks is taken for done",
        EmptyStreamIsDone = "a stream without an event is taken for done",
        ErrorEventIgnored = "an error of the agent is not told",
        DeltasShownToo = "a text is shown in deltas and as a whole",
        ApologyShown = "a temporary issue reported behind good news is shown",
        SilentEditIsNothing = "an edit without a word is reported as nothing",
        QuestionDropped = "a question of the agent is not handed to the user",
        ExportToldLate = "the checkpoint of a render is told after it was asked for",
        FailedIdUsedAgain = "the id of a failed render is used again",
        ThirdRender = "a timeline that fails to render is rendered without end",
        ResumeForgetsSecondRender = "a resumed second render counts as the first",
        ResumeForgetsRender = "a resumed job does not know its render any more",
        ResumeUploadsAgain = "a resumed job uploads the clip that is there",
        UnclearExportSentAgain = "a render whose request got lost is asked for again without a look",
        DuplicateIsFailure = "a render that the server has already counts as failed",
        UnknownStatusIsFailure = "a status word nobody knows counts as failed",
        NoUrlIsFailure = "a completed render without a URL counts as failed",
        PollsWithoutPause = "a render is asked for without a pause",
        PatienceIsEndless = "a render that sticks is waited for without end",
        OldDraftExported = "the draft before the message is exported",
        DraftThroughFloat = "a draft loses the digits that no float holds",
        SnakeCaseExport = "the export names its session in snake case",
        RoleMissing = "the message has no role",
        DownloadToldLate = "the checkpoint of a download is told after bytes were written",
        VersionNotTold = "the checkpoint of a download does not hold its version",
        ResumeForgetsVersion = "a resumed download does not know its version",
        WeakTagTrusted = "a weak entity tag counts as a strong one",
        IfRangeMissing = "the rest of a file is asked for whatever its version",
        RangeUnchecked = "a rest that begins elsewhere is taken",
        RestOfAnotherVersion = "a rest of another version is taken",
        WholeAppended = "a whole file that comes instead of the rest is put behind the part",
        LengthUnchecked = "a file shorter than announced is published",
        KindUnchecked = "a file that is no video is published",
        CutIsComplete = "a download that broke off is published",
        PublishSkipped = "a file is told as there and was never given its name",
        PublishNotTold = "the checkpoint of a complete file is not told",
        OutputIsTheFile = "a file that stands under the output's name counts as the video on resume",
        HopsUnbounded = "redirects are followed without end",
        HopUnchecked = "a redirect is followed wherever it leads",
        PlainLinkAllowed = "a link out of the encrypted net is followed",
        PrivateLinkAllowed = "a link into a private net is followed",
        LinkInDebug = "a signed link shows in Debug",
        LinkInErrors = "an error text holds the signed link",
        TokenEverywhere = "the token goes to every origin",
        TokenAfterRedirect = "the token goes along with a redirect",
        TokenInDebug = "a token shows in Debug",
        GivenTokenReplaced = "a token of the user's own is replaced",
        NewClientId = "a renewal is asked for under another client id",
        RenewsEndlessly = "a token is renewed as often as it is refused",
        OldTokenSentAgain = "the request after a renewal carries the old token",
        EverybodyRenews = "operations that share an account renew at the same time",
        RetryAfterIgnored = "a Retry-After is not obeyed",
        LongRetryAfterWaitedFor = "a Retry-After of any length is waited for",
        RateLimitRetriedTwice = "a rate limit is waited for as often as it comes",
        NoBackoff = "questions that fail are asked again at once",
        TriesUnbounded = "questions that fail are asked without end",
        RefusalAskedAgain = "a refusal is asked again",
        Code200IsSuccess = "an answer with status 200 is a success whatever its code",
        CodeAsTextUnread = "a code that is written as text is not read",
        PlanIsCredits = "402 is told as a lack of credits",
        SessionGoneUnread = "1002 is not told from other refusals",
        UploadLossUnseen = "an upload that got lost counts as done",
        UploadSentAgainUnseen = "an upload whose answer got lost is sent again without a look",
        AttributionMissing = "an export request has no attribution",
        ControlCharactersShown = "control characters of a server get through",
        CamelCaseUnread = "ids and events in camel case are not read",
        ChunkBorderLost = "what a chunk border cuts is lost",
    }
    Adapter {
        TornBodyIsWhole = "a body that broke off is taken for the whole",
        BreakIsNeverSent = "a request that broke off is told as one that never left",
        RedirectsFollowed = "the HTTP library follows redirects by itself",
        LateHeadIsDropped = "a stream whose head is late is given up",
        RetriesByItself = "the HTTP library sends a request that broke once more",
        OutputReplaced = "a file that stands there is replaced without being told to",
        PublishedByCopy = "the video is copied to its name, not moved",
        PartNotCut = "what lies behind the place a download goes on from is kept",
        PartRemoved = "the part of a download is removed although a later run goes on from it",
    }
    Cli {
        JournalLags = "a checkpoint is written down after the step that it announces",
        JournalForgets = "a resumed job begins at its first checkpoint",
        TornTailKept = "a journal is gone on with behind a torn line",
        LockNotTaken = "two processes may go on with one job",
        DoneBeforePublish = "a job is over before the video has its name",
        GrantNotKept = "a token that was granted is not kept",
    }
}
