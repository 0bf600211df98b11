//! The rules that no session may break.

use crate::kinds::kinds;

kinds! {
    /// What has to hold, whatever happens.
    Rule {
        ChargedOnce = "the ledger holds at most one charge for a message",
        ChargedCallOnce = "at most one charged call leaves for a message, whoever dies in between",
        FreeCallFirst = "a charged call leaves only after a free one succeeded in the session",
        OutputIsWhole = "under the output's name stands the old file, none, or a complete new one",
        OkIsTheFile = "success means: the output is the file of the render that is named, to the byte, and it is a video",
        OkIsTheEdit = "success means: what was rendered is the timeline as the server last showed it, after the charged message",
        NotChargedIsTrue = "an error that says \"not charged\" finds no charge in the ledger",
        ChargedIsTrue = "an error that says \"charged\" finds the charge in the ledger",
        UnconfirmedIsTrue = "\"unconfirmed\" is said only when no answer showed a change",
        CutIsNotDone = "after a stream that broke, the edit is called done only when the timeline shows it",
        SessionIsKept = "a session that is written down is gone on with, unless the server says that it is gone",
        UploadIsKept = "an upload that is written down is not done again",
        RenderIsKept = "a render that is under way is not asked for again, nor another one in its place",
        FailedIdIsDead = "the id of a render that failed is never used again",
        AnnouncedFirst = "before each step that can't be undone its checkpoint is told",
        PartIsThere = "a download goes on from bytes that are there",
        DraftToTheLetter = "the draft in the export is the one the server told last, to the letter",
        TokenStaysHome = "no token goes to another origin, nor into a URL",
        HostIsAllowed = "no request goes to a private net, in the clear, or to a host that no link named",
        NoSecretShows = "no token and no signed URL stands in an event, a checkpoint, an error or a Debug text",
        GivenTokenIsKept = "a token of the user's own is never replaced",
        ClientIdIsConstant = "every token is asked for under the same client id",
        OneRenewalAtATime = "operations that share an account ask for one token between them",
        AttributionIsComplete = "every request to the API carries the three attribution headers",
        WordsAreClean = "no control or bidi character in a word for people, and no endless one",
        SpeaksUp = "while the agent works there is a word at least every 2 min",
        RetryAfterIsObeyed = "after a 429 the same question waits as long as it was told to",
        PollsAreSpaced = "a render that goes on is not asked for more often than every 2 s",
        PollsAreFew = "a render of up to 90 s is asked for at most 10 times",
        LooksAreSpaced = "after a break the state is asked for after 30 s, then every 60 s",
        HopsAreBounded = "at most 5 redirects in a row are followed",
        NoIsNo = "after a final refusal nothing more is sent",
        RequestsAreBounded = "no process sends more than 150 requests",
        StepsAreBounded = "no process takes more than 40,000 steps",
        TimeIsBounded = "no process runs longer than 3 h on its clock",
        TextIsBounded = "no process tells more than 4 MiB",
        NeverPanics = "no machine panics",
    }
}
