//! What the agent's talk of a screen asks for, done here: it believes that its user sits in front of an editor.
//!
//! | it says | what is done |
//! |---|---|
//! | the Export button | what was edited is rendered and fetched, unless the user spoke of that and did not ask for it |
//! | check your account | the balance is shown |
//! | preview, open a panel | the timeline is shown |
//! | drag and drop | the agent is asked to do that itself: once, and only where it is free or `--follow-up` is given |
//! | any other button | it is told |
//!
//! **Invariant:** the agent's words never lead to a charged message that the user did not ask for, and to one more at most.
//! What goes wrong here is a note: what the user asked for was done and may have been charged, so it must not look undone.

use weixin_video_core::files::Output;
use weixin_video_core::gui::GuiAction;
use weixin_video_core::ids::SessionId;
use weixin_video_core::intent::Action;
use weixin_video_studio::is_chinese;

use super::{By, Done, begin, credits, export, finish, state};
use crate::args;
use crate::ask::Ask;
use crate::backend::Backend;
use crate::failure::Failure;
use crate::output::say;
use crate::target;

/// What the agent asked for and has not been done yet, each once.
#[derive(Debug, Default)]
pub(super) struct Asked(Vec<GuiAction>);

impl Asked {
    /// Of one answer.
    pub(super) fn of(actions: &[GuiAction]) -> Self {
        let mut asked = Self::default();
        asked.add(actions);
        asked
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As `--json` names them.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|action| action.name()).collect()
    }

    /// What a later answer asks for.
    pub(super) fn and(&mut self, more: &Self) {
        self.add(&more.0);
    }

    /// The agent said so.
    pub(super) fn add(&mut self, actions: &[GuiAction]) {
        for action in actions {
            if !self.0.contains(action) {
                self.0.push(*action);
            }
        }
    }

    /// The agent edited nothing: how a video is exported may be advice, and none is made for it.
    pub(super) fn nothing_new(&mut self) {
        let all = self.0.len();
        self.0.retain(|action| *action != GuiAction::Export);
        if self.0.len() < all {
            say("note: the agent speaks of exporting and edited nothing; for the video as it is: weixin-video export");
        }
    }

    /// The user's own words have led to the same.
    pub(super) fn done(&mut self, step: Action) {
        self.0.retain(|action| step_for(*action) != Some(step));
    }
}

/// The step that does what is asked; `None` where there is none.
fn step_for(action: GuiAction) -> Option<Action> {
    match action {
        GuiAction::Export => Some(Action::Export),
        GuiAction::Credits => Some(Action::Credits),
        GuiAction::Tracks | GuiAction::State => Some(Action::State),
        GuiAction::Edit => Some(Action::Chat),
        GuiAction::Execute => None,
    }
}

/// Where it is done.
pub(super) struct Place<'a> {
    pub(super) ask: &'a Ask,
    pub(super) said: &'a args::Say,
    pub(super) backend: &'a Backend,
    pub(super) session: &'a SessionId,
}

impl Place<'_> {
    /// Does what was asked for, an edit first, because the rest shows what came of it.
    pub(super) async fn follow(&self, mut asked: Asked, done: &mut Vec<Done>) {
        if asked.0.contains(&GuiAction::Edit) {
            asked.0.retain(|action| *action != GuiAction::Edit);
            self.edit(&mut asked, done).await;
        }
        let mut steps: Vec<Action> = Vec::new();
        for action in asked.0 {
            match step_for(action) {
                Some(step) if !steps.contains(&step) => steps.push(step),
                Some(_) => {}
                None => say("note: the agent speaks of a button that isn't here; say what you want, and it is done"),
            }
        }
        for step in steps {
            let result = match step {
                Action::Export => self.export().await,
                Action::Credits => credits::shown(self.backend).await.map(Some),
                Action::State => state::shown(self.backend, self.session).await.map(Some),
                Action::Upload | Action::Chat => Ok(None),
            };
            match result {
                Ok(Some(shown)) => done.push(Done { step, by: By::Agent, shown }),
                Ok(None) => {}
                Err(failure) => noted(&failure),
            }
        }
    }

    /// Asks the agent to do itself what it wants done by hand. Its answer may ask for anything but that again.
    async fn edit(&self, asked: &mut Asked, done: &mut Vec<Done>) {
        let words = do_it_yourself(&self.said.text);
        if !self.backend.free && !self.said.follow_up {
            say(&format!(
                "note: the agent wants something dragged by hand, and there is no screen; to have it do that itself, \
                 which is another message and is charged like one: weixin-video say \"{words}\""
            ));
            return;
        }
        let before = done.len();
        let result = match begin(self.ask, self.backend, self.session, words, None) {
            Ok(job) => finish(self.backend, job, self.session, None, done).await,
            Err(failure) => Err(failure),
        };
        for more in done.iter_mut().skip(before) {
            more.by = By::Agent;
        }
        match result {
            Ok(more) => asked.and(&more),
            Err(failure) => noted(&failure),
        }
        asked.0.retain(|action| *action != GuiAction::Edit);
    }

    async fn export(&self) -> Result<Option<crate::output::Shown>, Failure> {
        if speaks_of_export(&self.said.text) {
            return Ok(None);
        }
        let output: Output = match target::named(self.said.target.output.as_deref(), self.said.target.force) {
            Ok(output) => output,
            Err(taken) => {
                say(&format!("note: the video was not made: {}. {}", taken.message, taken.next_step));
                return Ok(None);
            }
        };
        let mut job = export::begin(self.ask, self.backend, self.session, &output)?;
        let shown = export::to(self.backend, &mut job, self.session, &output).await;
        job.close(shown).map(Some)
    }
}

fn noted(failure: &Failure) {
    say(&format!("note: what the agent asked for went wrong: {}. {}", failure.message, failure.next_step));
}

/// Who spoke of an export and did not order one, put it off or refused it.
fn speaks_of_export(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "export", "render", "download", "save", "send", "导出", "導出", "匯出", "汇出", "输出", "輸出", "渲染", "下载",
        "下載", "保存", "成片",
    ];
    let lower = text.to_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

/// In the language of the user.
fn do_it_yourself(text: &str) -> &'static str {
    if is_chinese(text) {
        "我这边没有编辑界面，没法拖动。请你直接完成这个修改。"
    } else {
        "There is no editor on a screen here, so nothing can be dragged. Please make that edit yourself."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_asked_for_once_and_not_after_it_was_done() {
        let mut asked = Asked::default();
        asked.add(&[GuiAction::Tracks, GuiAction::Export, GuiAction::State]);
        asked.add(&[GuiAction::Export, GuiAction::Execute]);
        assert_eq!(asked.0, [GuiAction::Tracks, GuiAction::Export, GuiAction::State, GuiAction::Execute]);
        asked.done(Action::State);
        assert_eq!(asked.0, [GuiAction::Export, GuiAction::Execute]);
    }

    #[test]
    fn an_export_that_was_put_off_is_spoken_of() {
        assert!(speaks_of_export("先别导出，片尾再加个 logo") && speaks_of_export("Don't export yet"));
        assert!(!speaks_of_export("add title 'Hello'"));
    }
}
