//! Every kind of fault by name: what it does, and how much of the real work it needs.

use super::registry::kinds;
use std::fmt;
use std::str::FromStr;

/// How a kind meets the work it disturbs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// On a connection, before a byte of a request is read.
    Arrival,
    /// On a request whose head is read and whose body is not.
    Unread,
    /// Instead of the answer: the work is left undone unless the script says otherwise.
    Instead,
    /// On the real answer, which never arrives whole.
    Cut,
    /// On the real answer, which arrives changed.
    Twist,
}

kinds! {
    /// Connections: the n-th to the origin of the route, whatever it goes on to ask.
    Connection {
        /// Resets the connection and closes the listener for the pause, 300 ms by default: others are refused meanwhile.
        Refuse = "refuse-connections", Arrival;
        /// Closes the connection as soon as it is accepted.
        Fin = "fin-on-accept", Arrival;
        /// Resets the connection as soon as it is accepted.
        Reset = "reset-on-accept", Arrival;
        /// Accepts, and reads nothing for the pause, 200 ms by default.
        Slow = "slow-accept", Arrival;
        /// Says something that isn't HTTP before a byte of a request, as a mail server does, and closes.
        SpeaksFirst = "speaks-first", Arrival;
    }
    /// Requests and the answer as a whole.
    Request {
        /// Resets the connection once the request's head is there: nothing is done.
        ResetBeforeBody = "reset-before-body", Unread;
        /// Resets the connection after so many bytes of the request's body, half of it by default: nothing is done.
        CutRequest = "cut-mid-request", Unread;
        /// Closes its own side at the head, and reads the body to the end all the same.
        HalfClose = "half-close", Unread;
        /// Never reads the body, never says `100 Continue`, never answers.
        NeverReads = "never-reads-body", Unread;
        /// Answers 413 before the body is read, then reads it and closes.
        EarlyAnswer = "early-answer", Unread;
        /// Answers 413 before the body is read, and resets the connection at once.
        EarlyAnswerReset = "early-answer-reset", Unread;
        /// Reads the whole request, then resets the connection without a byte.
        ResetAfter = "reset-after-request", Instead;
        /// Reads the whole request, then closes the connection without a byte.
        LoseReply = "lose-reply", Instead;
        /// Reads the whole request and never answers, or not for the pause.
        StallBeforeHead = "stall-before-head", Instead;
        /// Answers late: after the pause, 100 ms by default.
        Late = "late-answer", Twist;
        /// Resets the connection in the answer's head, in its middle by default.
        ResetMidHead = "reset-mid-head", Cut;
        /// Closes the connection in the answer's head.
        FinMidHead = "fin-mid-head", Cut;
        /// Goes silent in the answer's head, for the pause or for ever.
        StallMidHead = "stall-mid-head", Twist;
        /// Resets the connection in the answer's body, at a byte or after an event.
        ResetMidBody = "reset-mid-body", Cut;
        /// Closes the connection in the answer's body, before the announced end.
        FinMidBody = "fin-mid-body", Cut;
        /// Goes silent in the answer's body, for the pause or for ever.
        StallMidBody = "stall-mid-body", Twist;
        /// Sends the answer in crumbs: a byte at a time, or 1/300 of a longer one, 1 ms or the pause apart.
        Trickle = "trickle", Twist;
        /// Sends the answer, and after it a second one that nobody asked for.
        AnswerTwice = "answer-twice", Twist;
    }
    /// The length of the answer's body, told wrongly.
    Framing {
        /// `Content-Length` promises 100 bytes more than come.
        LengthTooLong = "length-too-long", Twist;
        /// `Content-Length` ends before the body does.
        LengthTooShort = "length-too-short", Twist;
        /// Two `Content-Length`, one of them wrong.
        LengthsContradict = "lengths-contradict", Twist;
        /// `Content-Length` and chunks.
        LengthAndChunks = "length-and-chunks", Twist;
        /// `Content-Length: -1`
        LengthNegative = "length-negative", Twist;
        /// `Content-Length` beyond 2^64.
        LengthHuge = "length-huge", Twist;
        /// No length at all: the body ends where the connection closes, cut in half.
        UnsizedCut = "unsized-cut", Cut;
        /// A chunk whose size is no number.
        ChunkSizeGarbage = "chunk-size-garbage", Twist;
        /// A chunk whose size overflows 64 bits.
        ChunkSizeOverflow = "chunk-size-overflow", Twist;
        /// A chunk longer than its size says.
        ChunkTooLong = "chunk-too-long", Twist;
        /// Chunks without the last, empty one.
        ChunksUnended = "chunks-unended", Cut;
        /// Garbage where the trailer stands.
        TrailerGarbage = "trailer-garbage", Twist;
        /// A transfer coding nobody knows.
        UnknownCoding = "unknown-coding", Twist;
    }
    /// The answer's head, malformed or out of measure.
    Head {
        /// Bytes that are no HTTP.
        Garbage = "not-http", Twist;
        /// A body without a head, as HTTP/0.9 had it.
        Http09 = "http-0-9", Twist;
        /// A status line that is none.
        StatusLine = "status-line-wrong", Twist;
        /// A status beyond three digits.
        StatusRange = "status-out-of-range", Twist;
        /// 10,000 interim answers before the real one.
        InterimFlood = "interim-flood", Twist;
        /// `101 Switching Protocols` to nobody's wish.
        Upgrade = "switching-protocols", Twist;
        /// One header of 4 MiB.
        HugeHeader = "header-huge", Twist;
        /// 20,000 headers.
        HeaderFlood = "header-flood", Twist;
        /// A header with a NUL in it.
        Nul = "header-nul", Twist;
        /// A header folded over two lines.
        Folded = "header-folded", Twist;
        /// A header without a colon.
        NoColon = "header-without-colon", Twist;
        /// A head whose lines end in a bare LF.
        BareLf = "head-bare-lf", Twist;
    }
    /// The answer's body, where JSON is meant.
    Body {
        /// An HTML page with status 200, as a hotel's network gives it.
        Page = "page-200", Instead;
        /// Status 200 and nothing.
        Empty = "empty-200", Instead;
        /// Status 204.
        NoContent = "no-content", Instead;
        /// A gigabyte of blanks.
        Giant = "giant-body", Instead;
        /// JSON nested 100,000 deep.
        Deep = "json-deep", Instead;
        /// `null`
        Null = "json-null", Instead;
        /// A list where an object is meant.
        List = "json-list", Instead;
        /// Numbers no type can hold.
        HugeNumbers = "json-huge-numbers", Twist;
        /// JSON cut in its middle, its length told rightly.
        Truncated = "json-truncated", Twist;
        /// JSON under `text/plain`.
        PlainType = "json-as-text", Twist;
        /// JSON after a byte order mark.
        Bom = "json-bom", Twist;
        /// JSON in UTF-16.
        Utf16 = "json-utf16", Twist;
        /// JSON with a string that is no UTF-8.
        BadUtf8 = "json-bad-utf8", Twist;
        /// Every key twice, first with `null`.
        DuplicateKeys = "json-duplicate-keys", Twist;
        /// Lists for numbers, objects for strings, strings for lists.
        WrongTypes = "json-wrong-types", Twist;
        /// Two JSON values, one after the other.
        Doubled = "json-doubled", Twist;
        /// Every text with colours, direction marks and control characters in it.
        Controls = "text-controls", Twist;
        /// gzip that nobody asked for.
        Gzip = "gzip-unasked", Twist;
        /// 64 MiB in 400 KiB of gzip.
        GzipBomb = "gzip-bomb", Instead;
        /// `Content-Encoding: gzip` over a plain body.
        GzipLie = "gzip-lie", Twist;
        /// A cookie.
        Cookie = "set-cookie", Twist;
    }
    /// Ways to somewhere else.
    Redirect {
        /// Once to the same place, with a query more.
        Once = "redirect-once", Instead;
        /// To itself.
        Loop = "redirect-loop", Instead;
        /// To another origin, which exists.
        Elsewhere = "redirect-elsewhere", Instead;
        /// To plain `http://` on a public host.
        Downgrade = "redirect-downgrade", Instead;
        /// To an address of somebody's own network.
        Private = "redirect-private", Instead;
        /// To a file.
        File = "redirect-file", Instead;
        /// To a URL with a user's name in it.
        Userinfo = "redirect-userinfo", Instead;
        /// To nowhere: no `Location`.
        Nowhere = "redirect-nowhere", Instead;
        /// 303, which makes a GET of a POST.
        SeeOther = "redirect-see-other", Instead;
        /// 308, which sends the body again.
        Permanent = "redirect-permanent", Instead;
    }
    /// Refusals of PROTOCOL.md's error table, each in every [`Shape`](crate::Shape).
    Refusal {
        /// 1001: bad or expired token.
        BadToken = "code-1001", Instead;
        /// 1002: session not found.
        NoSession = "code-1002", Instead;
        /// 2001: no credits.
        NoCredits = "code-2001", Instead;
        /// 4001: unsupported file.
        Unsupported = "code-4001", Instead;
        /// 4002: file too large.
        TooLarge = "code-4002", Instead;
        /// 400
        Malformed = "code-400", Instead;
        /// 402: the plan does not allow it.
        Plan = "code-402", Instead;
        /// 403: a scope is missing.
        Scope = "code-403", Instead;
        /// 404
        NotFound = "code-404", Instead;
        /// 422
        Invalid = "code-422", Instead;
        /// A code nobody knows, with status 400.
        UnknownCode = "code-9999", Instead;
        /// 429 with `Retry-After: 1`
        RateLimit = "code-429", Instead;
        /// 429 without `Retry-After`.
        RateLimitBare = "code-429-bare", Instead;
        /// 429 with a `Retry-After` that is no number and no date.
        RateLimitGarbage = "code-429-garbage", Instead;
        /// 429 with a `Retry-After` of a hundred years and of more digits than a number has.
        RateLimitHuge = "code-429-huge", Instead;
        /// 429 with a date as `Retry-After`, 2 s ahead of the backend's clock.
        RateLimitDate = "code-429-date", Instead;
        /// 500
        Internal = "code-500", Instead;
        /// 503 with `Retry-After: 1`
        Unavailable = "code-503", Instead;
        /// 502, a proxy's page.
        BadGateway = "page-502", Instead;
        /// 504, a proxy's page.
        GatewayTimeout = "page-504", Instead;
        /// 500 and nothing.
        EmptyError = "empty-500", Instead;
    }
    /// The chat's stream.
    Stream {
        /// Nothing but `data: {"type":"heartbeat"}`, every 50 ms or pause, until the client goes.
        BeatsJson = "beats-json", Instead;
        /// Nothing but empty `data:`.
        BeatsEmpty = "beats-empty", Instead;
        /// Nothing but comments.
        BeatsComment = "beats-comment", Instead;
        /// Nothing but `event: heartbeat`.
        BeatsEvent = "beats-event", Instead;
        /// Noise after the last event: unknown JSON, half a line.
        LateNoise = "late-noise", Twist;
        /// "I encountered a temporary issue" after the text.
        TrailingIssue = "trailing-issue", Twist;
        /// Events of types nobody knows, among the real ones.
        UnknownEvents = "unknown-events", Twist;
        /// Each byte by itself.
        Pieces = "stream-in-pieces", Twist;
        /// Lines that end in CR LF.
        Crlf = "stream-crlf", Twist;
        /// Lines that end in CR.
        Cr = "stream-cr", Twist;
        /// A byte order mark before the first event.
        Bom = "stream-bom", Twist;
        /// 200,000 comments.
        CommentFlood = "comment-flood", Twist;
        /// An event of 64 MiB.
        GiantEvent = "giant-event", Twist;
        /// A line of 64 MiB that never ends.
        GiantLine = "giant-line", Twist;
        /// An event that is no JSON.
        BadJson = "event-bad-json", Twist;
        /// An event of JSON nested 100,000 deep.
        DeepJson = "event-deep-json", Twist;
        /// An event whose bytes are no UTF-8.
        BadUtf8 = "event-bad-utf8", Twist;
        /// An event over several `data:` lines, with `id:` and `retry:` beside them.
        Lines = "event-over-lines", Twist;
        /// An error after the text.
        ErrorAfterText = "error-after-text", Twist;
        /// An error and nothing else.
        ErrorOnly = "error-only", Twist;
        /// The last event without its blank line.
        Unfinished = "last-event-unfinished", Twist;
        /// Every text a second time.
        TextTwice = "text-twice", Twist;
        /// Text with colours, direction marks and control characters.
        TextControls = "stream-text-controls", Twist;
        /// A raw video first, then music and titles: two reports.
        TwoStages = "two-stages", Twist;
        /// A question to the user.
        Question = "ask-question", Twist;
        /// JSON instead of a stream, with status 200.
        NotAStream = "stream-as-json", Twist;
        /// No text, nothing after the tool's result.
        SilentNothing = "silent-nothing", Twist;
        /// No text; the last event has no `content`.
        SilentNoContent = "silent-no-content", Twist;
        /// No text; the last event has a role only.
        SilentRoleOnly = "silent-role-only", Twist;
        /// No text; the last event has no parts.
        SilentEmptyParts = "silent-empty-parts", Twist;
        /// No text; the last event has an empty one.
        SilentEmptyText = "silent-empty-text", Twist;
        /// No text; the last event has `"errorCode":"STOP"`.
        SilentCodeStop = "silent-code-stop", Twist;
        /// No text; the last event has `"errorCode":"MODEL_RETURNED_NO_CONTENT"`.
        SilentCodeNoContent = "silent-code-no-content", Twist;
    }
    /// Renders: the export's answer and the status's.
    Render {
        /// The export is accepted and its render fails.
        Fails = "render-fails", Twist;
        /// The export is accepted, and the answer says that the id was used before.
        DuplicateId = "duplicate-id", Twist;
        /// The export is accepted, its render ends, and only then the connection closes, without a byte.
        DoneUnheard = "render-done-unheard", Cut;
        /// The status says `failed`.
        SaysFailed = "says-failed", Twist;
        /// The status says `failed`, and its `error` is an object.
        FailedObject = "says-failed-object", Twist;
        /// The status says `failed` and not why.
        FailedMute = "says-failed-mute", Twist;
        /// `processing`, 99.
        Stuck = "stuck-at-99", Twist;
        /// A status word nobody knows.
        UnknownWord = "unknown-status", Twist;
        /// The status word in another case.
        OtherCase = "status-other-case", Twist;
        /// No status word.
        NoWord = "status-missing", Twist;
        /// `completed` without a URL.
        NoUrl = "completed-without-url", Twist;
        /// The URL under `output.url`.
        UrlOutput = "url-in-output", Twist;
        /// The URL under `outputUrl`.
        UrlOutputUrl = "url-as-output-url-camel", Twist;
        /// The URL under `output_url`.
        UrlOutputUrlSnake = "url-as-output-url-snake", Twist;
        /// The URL under `url`.
        UrlPlain = "url-as-url", Twist;
        /// The URL under `videoUrl`.
        UrlVideo = "url-as-video-url", Twist;
        /// The URL under `download_url`.
        UrlDownload = "url-as-download-url", Twist;
        /// A URL on somebody's own network.
        UrlPrivate = "url-private", Twist;
        /// A URL of a file.
        UrlFile = "url-file", Twist;
        /// A URL with a user's name in it.
        UrlUserinfo = "url-userinfo", Twist;
        /// A URL that is none.
        UrlGarbage = "url-garbage", Twist;
        /// The status within `data.data`.
        Nested = "status-nested", Twist;
        /// Progress below what was said before: 1.
        Backwards = "progress-backwards", Twist;
        /// Progress of 250.
        Over = "progress-over-100", Twist;
        /// Progress as text: `87%`.
        Text = "progress-as-text", Twist;
        /// Another render's id.
        OtherId = "status-of-another", Twist;
        /// 404: the id is forgotten.
        Forgotten = "id-forgotten", Instead;
    }
    /// Downloads.
    Download {
        /// 206, one byte further on than asked.
        WrongOffset = "range-wrong-offset", Twist;
        /// 206 of a file twice as long.
        WrongTotal = "range-wrong-total", Twist;
        /// 206 with fewer bytes than its range.
        WrongLength = "range-wrong-length", Twist;
        /// 206 without `Content-Range`.
        NoContentRange = "range-unnamed", Twist;
        /// 206 in parts of a multipart body.
        Multipart = "range-multipart", Twist;
        /// 200 with the whole file to a request for a part.
        Ignored = "range-ignored", Twist;
        /// 416
        Unsatisfiable = "range-refused", Instead;
        /// Another version of the file, whole, with its own `ETag`.
        OtherVersion = "etag-changed", Twist;
        /// A part of another version, with its own `ETag`, whatever `If-Range` says.
        OtherVersionPart = "etag-changed-part", Twist;
        /// Another version of the file under the old `ETag`, to a request for a part.
        SameEtag = "etag-kept", Twist;
        /// Neither `ETag` nor `Accept-Ranges`.
        NoEtag = "etag-missing", Twist;
        /// JSON instead of bytes.
        Json = "file-json", Instead;
        /// HTML with status 200.
        Page = "file-page", Instead;
        /// A file of no byte.
        Empty = "file-empty", Instead;
        /// Bytes that are no MP4.
        NotMp4 = "file-not-mp4", Twist;
        /// The first half of the file, its length told so.
        Half = "file-half", Twist;
        /// Another version of the file, of about half the length, with its own `ETag`.
        Shorter = "file-shorter", Twist;
        /// The file and 1000 bytes more.
        Longer = "file-longer", Twist;
        /// 403: the link has expired.
        Expired = "link-expired", Instead;
        /// 404
        Gone = "file-gone", Instead;
        /// 503 of the CDN, a page of XML.
        CdnTrouble = "cdn-503", Instead;
        /// A file name that is a path, in `Content-Disposition`.
        HostileName = "file-name-hostile", Twist;
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|kind| kind.name() == name).copied();
        found.ok_or_else(|| format!("no fault is called {name:?}"))
    }
}
