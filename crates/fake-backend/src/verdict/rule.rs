//! The rules by name.

macro_rules! rules {
    ($($(#[$says:meta])* $rule:ident = $name:literal,)*) => {
        /// What a client must not do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Rule {
            $($(#[$says])* $rule,)*
        }

        impl Rule {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$rule,)*];

            /// Its name in kebab-case, which stays.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$rule => $name,)*
                }
            }
        }
    };
}

rules! {
    /// `Authorization` on a request to the CDN.
    TokenToOtherOrigin = "token-to-other-origin",
    /// A token in path or query.
    TokenInUrl = "token-in-url",
    /// A token in a request's body.
    TokenInBody = "token-in-body",
    /// No `Authorization` on a call of the API that needs it.
    AuthorizationMissing = "authorization-missing",
    /// `Authorization` on the call that asks for an anonymous token.
    TokenWithAuthorization = "token-with-authorization",
    /// A second anonymous token while the first one holds and was not refused.
    TokenAskedTwice = "token-asked-twice",
    /// Another account's token where a registered user's own was refused.
    GivenTokenReplaced = "given-token-replaced",
    /// Another client id within one run.
    ClientIdChanged = "client-id-changed",
    /// A call of the API without all three attribution headers.
    AttributionMissing = "attribution-missing",
    /// Attribution that changed within one run.
    AttributionChanged = "attribution-changed",
    /// Attribution or the client id sent to the CDN, by a redirect or not.
    HeadersToOtherOrigin = "headers-to-other-origin",
    /// No `User-Agent`.
    UserAgentMissing = "user-agent-missing",
    /// A cookie sent back.
    CookieReturned = "cookie-returned",
    /// A call that PROTOCOL.md does not know.
    EndpointUnknown = "endpoint-unknown",
    /// The same call once more after the token was told to lack the scope (403).
    ScopeRefusalRepeated = "scope-refusal-repeated",
    /// The same call once more, in vain, after no credits (2001) or a missing plan (402).
    RefusalRepeated = "refusal-repeated",
    /// A charged message sent again in its session although the first was done, or its fate unclear.
    ChargedTwice = "charged-twice",
    /// A charged message in a session whose state was not read since the last one.
    ChargeWithoutBaseline = "charge-without-baseline",
    /// A message in a session in which another is still being answered.
    ParallelChat = "parallel-chat",
    /// A chat without `Accept: text/event-stream`.
    ChatAccept = "chat-accept",
    /// A message without `"role":"user"`.
    RoleMissing = "role-missing",
    /// An export right after a stream that broke, without a look at the state.
    StreamTakenForDone = "stream-taken-for-done",
    /// An export under an id whose render had failed.
    RenderIdReused = "render-id-reused",
    /// A third render of a draft after two that failed.
    RenderedTooOften = "rendered-too-often",
    /// An export from a session in which nothing was uploaded nor edited.
    ExportUnprepared = "export-unprepared",
    /// An export without `sessionId`, or with `session_id`.
    ExportSessionKey = "export-session-key",
    /// A draft that went back in other bytes than it came in.
    DraftAltered = "draft-altered",
    /// The status of a render asked for after its end had been told, before its file was.
    StatusAfterEnd = "status-after-end",
    /// An upload whose form has no boundary, another part name, or no file name.
    MultipartMalformed = "multipart-malformed",
    /// A body that ends, by its announced length, before it is over.
    ContentLengthWrong = "content-length-wrong",
    /// The same file sent again into a session that had said it has it.
    UploadRepeated = "upload-repeated",
    /// A file of the CDN that no answer named.
    UrlNeverOffered = "url-never-offered",
    /// The rest of a file without saying of which version.
    RangeWithoutIfRange = "range-without-if-range",
    /// The rest of a version of a file whose beginning the client never got.
    VersionsMixed = "versions-mixed",
    /// More than five redirects in a row.
    RedirectsTooMany = "redirects-too-many",
    /// A call that was told to wait (429), again before the time was over. Paced.
    RetryAfterIgnored = "retry-after-ignored",
    /// The status of a render asked for twice within 2 s. Paced.
    RenderPolledTooFast = "render-polled-too-fast",
    /// The state looked at sooner than 25 s after a stream broke, or twice within 50 s. Paced.
    StatePolledTooFast = "state-polled-too-fast",
    /// The same free request more than six times in 30 s, each in vain. Paced.
    RequestStorm = "request-storm",
}
