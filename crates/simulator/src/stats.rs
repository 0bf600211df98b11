//! How often each thing happened: a net that never saw a fault says nothing about it.

use std::fmt;

use weixin_video_core::event::Checkpoint;

use crate::fault::Fault;
use crate::kinds::kinds;

kinds! {
    /// Something that a session came to, or came through.
    Mark {
        JobLife = "a whole job",
        ChatLife = "a message alone",
        ExportLife = "an export alone",
        CallLife = "a single question",
        SharedLife = "several operations at once over one account",
        Delivered = "the video is there",
        Answered = "the message was answered",
        Recovered = "what came of a message was found out after a crash",
        Rendered = "the render is there",
        Told = "the question was answered",
        Crashed = "the process died",
        ResumedOpened = "resumed from an open session",
        ResumedUploaded = "resumed from an upload",
        ResumedCharging = "resumed from a message that was about to leave",
        ResumedEdited = "resumed from an edit",
        ResumedExporting = "resumed from a render",
        ResumedDownloading = "resumed from a download",
        ResumedPublishing = "resumed from a complete file",
        ResumedAfterError = "resumed although the process ended by itself",
        DeliveredAfterResume = "the video is there after a resume",
        PartUsed = "a download went on where it was cut",
        TokenRenewed = "a token was renewed",
        BadToken = "ended: bad_token",
        NoSession = "ended: no_session",
        NoCredits = "ended: no_credits",
        Unsupported = "ended: unsupported",
        TooLarge = "ended: too_large",
        NoClientId = "ended: no_client_id",
        PlanNeeded = "ended: plan_needed",
        ScopeMissing = "ended: scope_missing",
        RateLimited = "ended: rate_limited",
        StorageFull = "ended: storage_full",
        NotFound = "ended: not_found",
        ServerTrouble = "ended: server_trouble",
        Refused = "ended: refused",
        BadAnswer = "ended: bad_answer",
        Unreachable = "ended: unreachable",
        ConnectionLost = "ended: connection_lost",
        InputMissing = "ended: input_missing",
        InputUnreadable = "ended: input_unreadable",
        OutputUnwritable = "ended: output_unwritable",
        OutputExists = "ended: output_exists",
        TimedOut = "ended: timed_out",
        AgentFailed = "ended: agent_failed",
        Question = "ended: question",
        Unconfirmed = "ended: unconfirmed",
        NothingToExport = "ended: nothing_to_export",
        RenderFailed = "ended: render_failed",
        StillRendering = "ended: still_rendering",
        NoDownload = "ended: no_download",
        Damaged = "ended: damaged",
        NothingToResume = "ended: nothing_to_resume",
        OtherEnd = "ended with a code that is not in this list",
    }
}

impl Mark {
    /// The end that a code of the core's errors names.
    pub(crate) fn of_code(code: &str) -> Self {
        let is_it = |mark: &&Self| mark.words().strip_prefix("ended: ") == Some(code);
        Self::ALL.iter().find(is_it).copied().unwrap_or(Self::OtherEnd)
    }

    /// Going on from this checkpoint.
    pub(crate) fn of_resume(checkpoint: &Checkpoint) -> Self {
        match checkpoint {
            Checkpoint::Opened { .. } => Self::ResumedOpened,
            Checkpoint::Uploaded { .. } => Self::ResumedUploaded,
            Checkpoint::Charging { .. } => Self::ResumedCharging,
            Checkpoint::Edited { .. } => Self::ResumedEdited,
            Checkpoint::Exporting { .. } => Self::ResumedExporting,
            Checkpoint::Downloading { .. } => Self::ResumedDownloading,
            Checkpoint::Publishing { .. } => Self::ResumedPublishing,
        }
    }
}

/// Counters of everything that has a name, and sums.
#[derive(Clone, Debug)]
pub struct Stats {
    faults: Vec<u64>,
    marks: Vec<u64>,
    /// Sessions that were lived.
    pub sessions: u64,
    /// Sessions in which something went wrong.
    pub faulted: u64,
    /// Requests that were made.
    pub requests: u64,
    /// Processes that died.
    pub crashes: u64,
    /// Virtual time that passed, in s.
    pub seconds: u64,
}

impl Default for Stats {
    fn default() -> Self {
        Self {
            faults: vec![0; Fault::ALL.len()],
            marks: vec![0; Mark::ALL.len()],
            sessions: 0,
            faulted: 0,
            requests: 0,
            crashes: 0,
            seconds: 0,
        }
    }
}

impl Stats {
    /// How often this struck.
    #[must_use]
    pub fn of_fault(&self, fault: Fault) -> u64 {
        self.faults[fault as usize]
    }

    /// How often this happened.
    #[must_use]
    pub fn of_mark(&self, mark: Mark) -> u64 {
        self.marks[mark as usize]
    }

    pub(crate) fn fault(&mut self, fault: Fault) {
        self.faults[fault as usize] += 1;
    }

    pub(crate) fn mark(&mut self, mark: Mark) {
        self.marks[mark as usize] += 1;
    }

    /// Closes a session's own counters.
    pub(crate) fn close(&mut self) {
        self.sessions = 1;
        self.faulted = u64::from(self.faults.iter().any(|&count| count > 0));
        self.crashes = self.of_mark(Mark::Crashed);
    }

    pub(crate) fn add(&mut self, other: &Self) {
        let add = |to: &mut Vec<u64>, from: &[u64]| to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        add(&mut self.faults, &other.faults);
        add(&mut self.marks, &other.marks);
        self.sessions += other.sessions;
        self.faulted += other.faulted;
        self.requests += other.requests;
        self.crashes += other.crashes;
        self.seconds += other.seconds;
    }
}

/// One line for each fault and each mark, with its count.
impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &fault in Fault::ALL {
            writeln!(f, "{:>10}  {:<22} {}", self.of_fault(fault), fault.name(), fault.words())?;
        }
        writeln!(f)?;
        for &mark in Mark::ALL {
            writeln!(f, "{:>10}  {:<22} {}", self.of_mark(mark), mark.name(), mark.words())?;
        }
        Ok(())
    }
}
