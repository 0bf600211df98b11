//! Translates the agent's talk of a screen that isn't there.
//!
//! The agent believes that its user sits in front of an editor: it says "click the Export button" and
//! "you can preview it in the timeline" (PROTOCOL.md, "What the agent says"). Here such talk is cut
//! out and becomes an action the client can take; what describes the video stays word for word.
//!
//! A reply is read sentence by sentence, and within a sentence clause by clause. Only a clause that
//! tells the user to operate something is cut. Quoted titles, things in the footage, reports and the
//! agent's own questions are content, whatever words they use.

mod chinese;
mod english;
mod find;
mod noise;
mod pieces;

use find::Words;
use pieces::{Clause, Sentence, Text};

/// What an instruction for a screen means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GuiAction {
    /// "Export button": run the export.
    Export,
    /// "check account/billing": query the credits.
    Credits,
    /// "preview in timeline": show the track summary.
    Tracks,
    /// "drag/drop": send the edit over chat.
    Edit,
    /// "open the panel": query the state.
    State,
    /// "click the button": do it through the API.
    Execute,
}

impl GuiAction {
    /// Its name for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Credits => "credits",
            Self::Tracks => "tracks",
            Self::Edit => "edit",
            Self::State => "state",
            Self::Execute => "execute",
        }
    }
}

/// A reply as it concerns the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// What the reply says of the video; empty when it only spoke of the screen.
    pub text: String,
    /// What the instructions mean, in the order of the reply, each once.
    pub actions: Vec<GuiAction>,
}

/// Translates a reply of the agent.
///
/// The trailing "I encountered a temporary issue" is dropped unless it is all there is. A reply
/// without instructions comes back unchanged. The text is never longer than the reply by more than a
/// few characters; it is server text, to be made [printable](crate::printable) before a person sees
/// it.
///
/// ```
/// use weixin_video_core::gui::{GuiAction, translate};
///
/// let translation = translate("I added soft piano. Click the Export button to save your video.");
/// assert_eq!(translation.text, "I added soft piano.");
/// assert_eq!(translation.actions, [GuiAction::Export]);
///
/// let untouched = translate("标题写着“点击导出”，在第6秒出现。");
/// assert_eq!(untouched.text, "标题写着“点击导出”，在第6秒出现。");
/// assert!(untouched.actions.is_empty());
/// ```
pub fn translate(reply: &str) -> Translation {
    let text = Text::new(reply);
    let lines = text.lines();
    let noise = noise::find(&text, &lines);
    let mut steps = Steps::default();
    let mut shown: Vec<Shown> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let mut out = text.original(line.bullet.clone());
        let (mut cut, mut says) = (false, false);
        let mut found = Vec::new();
        let listing = line.is_listed(&text) && shown.last().is_some_and(|line: &Shown| line.dropped);
        for (sentence, noise) in line.sentences.iter().zip(&noise[at]) {
            if *noise {
                cut = true;
                continue;
            }
            let (kept, instructions) = translated(&text, sentence, listing);
            cut |= kept.as_ref().is_none_or(|kept| kept.shortened);
            if let Some(kept) = kept {
                says |= kept.words.contains(char::is_alphanumeric);
                out.push_str(&kept.words);
            }
            found.extend(instructions);
        }
        steps.take(found, line.is_numbered(&text) && cut && !says);
        let words = if cut { ended(out) } else { out };
        shown.push(Shown { words, dropped: cut && !says, cut, heads: line.is_heading(&text) });
    }
    Translation { text: joined(shown), actions: steps.finish() }
}

/// The actions of a reply, each once.
#[derive(Default)]
struct Steps {
    actions: Vec<GuiAction>,
    /// Those of the numbered steps just read.
    numbered: Vec<GuiAction>,
}

impl Steps {
    fn take(&mut self, found: Vec<GuiAction>, numbered: bool) {
        if numbered {
            self.numbered.extend(found);
            return;
        }
        self.end_of_list();
        found.into_iter().for_each(|action| self.push(action));
    }

    /// Numbered steps that end in an export are one export: open the menu, choose Export, pick a format.
    fn end_of_list(&mut self) {
        let numbered = std::mem::take(&mut self.numbered);
        let exports = numbered.contains(&GuiAction::Export);
        numbered
            .into_iter()
            .filter(|action| !(exports && *action == GuiAction::Execute))
            .for_each(|action| self.push(action));
    }

    fn push(&mut self, action: GuiAction) {
        if !self.actions.contains(&action) {
            self.actions.push(action);
        }
    }

    fn finish(mut self) -> Vec<GuiAction> {
        self.end_of_list();
        self.actions
    }
}

/// Whether a reply is nothing but the "temporary issue" that the agent appends to replies that went well.
pub(crate) fn is_only_noise(reply: &str) -> bool {
    let text = Text::new(reply);
    noise::is_all(&text, &text.lines())
}

/// A line that lost its rest, without the white space and the semicolon before it.
fn ended(line: String) -> String {
    let line = line.trim_end();
    match line.strip_suffix([';', '；']) {
        Some(words) if line.ends_with(';') => format!("{words}."),
        Some(words) => format!("{words}。"),
        None => line.to_owned(),
    }
}

/// A line after its translation.
struct Shown {
    words: String,
    dropped: bool,
    cut: bool,
    heads: bool,
}

/// What is left of a sentence.
struct Kept {
    words: String,
    shortened: bool,
}

/// How a clause stands to the screen.
#[derive(Clone, Debug, PartialEq)]
enum Verdict {
    /// It is about the video.
    Content,
    /// It tells the user, or of, an operation; cut it.
    Instruction(Option<GuiAction>),
    /// It tells of an act of the agent on its screen, or of one that is not needed; cut it.
    Done,
    /// It leads to an instruction: `if you like`. It goes with the instruction after it.
    LeadIn,
    /// It goes on with an instruction: `pick Crossfade`. It goes with the instruction before it.
    Continues(Option<GuiAction>),
    /// It says where on the screen something is, or what an instruction is good for. The characters from here to there stay.
    Part { from: usize, to: usize, ending: &'static str, action: Option<GuiAction> },
}

/// The sentence without its instructions; `None` when nothing is left.
fn translated(text: &Text, sentence: &Sentence, after: bool) -> (Option<Kept>, Vec<GuiAction>) {
    let whole = || Kept { words: text.original(sentence.span.clone()), shortened: false };
    if sentence.is_question {
        return (Some(whole()), Vec::new());
    }
    let clauses = sentence.clauses(text);
    let verdicts = settle(clauses.iter().map(|clause| judged(text, clause)).collect(), after);
    let mut actions = Vec::new();
    for verdict in &verdicts {
        match verdict {
            Verdict::Instruction(action) => actions.extend(*action),
            Verdict::Part { action, .. } => actions.extend(*action),
            Verdict::Content | Verdict::Done | Verdict::LeadIn | Verdict::Continues(_) => {}
        }
    }
    if verdicts.iter().all(|verdict| *verdict == Verdict::Content) {
        return (Some(whole()), actions);
    }
    let words = rebuilt(text, sentence, &clauses, &verdicts);
    (words.map(|words| Kept { words, shortened: true }), actions)
}

fn judged(text: &Text, clause: &Clause) -> Verdict {
    let words = Words::new(text, clause);
    if words.masked.contains(|c| matches!(c, '\u{4e00}'..='\u{9fff}')) {
        chinese::judge(&words)
    } else {
        english::judge(&words)
    }
}

/// Lead-ins and continuations are cut only beside an instruction; without one they are content.
fn settle(mut verdicts: Vec<Verdict>, after: bool) -> Vec<Verdict> {
    let operates =
        after || verdicts.iter().any(|verdict| matches!(verdict, Verdict::Instruction(_) | Verdict::Part { .. }));
    // A lead-in belongs to what follows, so the sentence is read from its end.
    let mut instructed = false;
    for verdict in verdicts.iter_mut().rev() {
        if let Verdict::Continues(action) = *verdict {
            *verdict = if operates { Verdict::Instruction(action) } else { Verdict::Content };
        }
        match verdict {
            Verdict::LeadIn if instructed => *verdict = Verdict::Instruction(None),
            Verdict::LeadIn | Verdict::Continues(_) => *verdict = Verdict::Content,
            Verdict::Instruction(_) | Verdict::Done => instructed = true,
            Verdict::Part { .. } => instructed = true,
            Verdict::Content => instructed = false,
        }
    }
    verdicts
}

/// The content clauses with the signs between them, and the end of the sentence.
fn rebuilt(text: &Text, sentence: &Sentence, clauses: &[Clause], verdicts: &[Verdict]) -> Option<String> {
    let mut words = String::new();
    let mut separator = None;
    for (clause, verdict) in clauses.iter().zip(verdicts) {
        let kept = match verdict {
            Verdict::Content => text.original(clause.span.clone()),
            Verdict::Part { from, to, ending, .. } => {
                format!("{}{ending}", text.original(*from..*to).trim())
            }
            Verdict::Instruction(_) | Verdict::Done | Verdict::LeadIn | Verdict::Continues(_) => continue,
        };
        if words.is_empty() {
            words.push_str(without_joining_word(&kept));
        } else {
            words.push_str(separator.as_deref().unwrap_or(", "));
            words.push_str(&kept);
        }
        separator = Some(text.original(clause.separator.clone()));
    }
    if !words.contains(char::is_alphanumeric) {
        return None;
    }
    Some(format!("{}{}", words.trim_end(), text.original(sentence.end.clone())))
}

/// A clause that now begins its sentence, without the word that joined it to the one before.
fn without_joining_word(clause: &str) -> &str {
    let clause = clause.trim_start();
    let joining = ["and ", "or ", "but ", "so ", "then ", "而且", "并且"];
    joining.iter().find_map(|word| clause.strip_prefix(word)).unwrap_or(clause)
}

/// The lines that say something; a heading goes with the list below it.
fn joined(lines: Vec<Shown>) -> String {
    let dropped: Vec<bool> = (0..lines.len()).map(|at| lines[at].dropped || heads_nothing(&lines, at)).collect();
    let any_cut = lines.iter().any(|line| line.cut);
    let kept = lines.iter().zip(&dropped).filter(|(_, dropped)| !**dropped);
    let text = kept.map(|(line, _)| line.words.as_str()).collect::<Vec<_>>().join("\n");
    if any_cut { text.trim().to_owned() } else { text }
}

fn heads_nothing(lines: &[Shown], at: usize) -> bool {
    let mut below = lines[at + 1..].iter().skip_while(|line| line.words.is_empty() && !line.cut);
    let next = below.next();
    lines[at].heads
        && next.is_some_and(|line| line.dropped)
        && below.take_while(|line| !line.words.is_empty() || line.cut).all(|line| line.dropped)
}

#[cfg(test)]
mod tests {
    use super::GuiAction::{Credits, Edit, Execute, Export, State, Tracks};
    use super::*;

    fn check(reply: &str, text: &str, actions: &[GuiAction]) {
        let translation = translate(reply);
        assert_eq!((translation.text.as_str(), &translation.actions[..]), (text, actions), "{reply}");
    }

    #[test]
    fn every_row_of_the_table() {
        check("Cut it. Press the Undo button.", "Cut it.", &[Execute]);
        check("剪好了。点击撤销按钮可以恢复。", "剪好了。", &[Execute]);
        check("Muted. Open the Mixer panel for more.", "Muted.", &[State]);
        check("静音了。请打开混音面板。", "静音了。", &[State]);
        check("Added a title, and you can drag its edge.", "Added a title.", &[Edit]);
        check("加了标题，拖动右边缘可以延长。", "加了标题。", &[Edit]);
        check("It is longer now; preview it in the timeline.", "It is longer now.", &[Tracks]);
        check("变长了。可以在时间线里预览。", "变长了。", &[Tracks]);
        check("Use the Export button.\nBye.", "Bye.", &[Export]);
        check("做好了，点击导出按钮。", "做好了。", &[Export]);
        check("Not enough left. Check the Billing page.", "Not enough left.", &[Credits]);
        check("不够了，请到账户页面充值。", "不够了。", &[Credits]);
    }

    #[test]
    fn content_stays_whatever_words_it_uses() {
        for reply in [
            "The man presses the elevator button and the doors open.",
            "片中女孩按下快门，然后跑开。",
            "老人拖动箱子走进车站。",
            "The title says \"Open the menu, then click Export\".",
            "Shall I click through the slides faster?",
            "If you want, I can add captions.",
            "To match the beat, pick a song.",
            "  * two\n\n\n    spaces  \n",
            "",
        ] {
            check(reply, reply, &[]);
        }
    }

    #[test]
    fn a_list_of_instructions_goes_with_its_heading() {
        check("Done.\n\nNext steps:\n1. Click Apply\n2. Drag the clip\n", "Done.", &[Execute, Edit]);
        check("Changes:\n- a logo\n- open the Media panel", "Changes:\n- a logo", &[State]);
    }

    #[test]
    fn noise_goes_unless_it_is_all() {
        check("Title added. I encountered a temporary issue. Please try again later.", "Title added.", &[]);
        check("加好了。抱歉，我遇到了临时问题，请稍后再试。", "加好了。", &[]);
        check("Sorry, I encountered a temporary issue.", "Sorry, I encountered a temporary issue.", &[]);
        let specific = "I encountered a temporary issue with clip b.mov.";
        check(&format!("Cut. {specific}"), &format!("Cut. {specific}"), &[]);
        check("Click Export. I encountered a temporary issue.", "", &[Export]);
    }

    #[test]
    fn what_is_refused_or_past_is_no_action() {
        check("You don't need to press the Save button, it is stored.", "it is stored.", &[]);
        check("I clicked Apply, so the filter is on.", "the filter is on.", &[]);
        check("无需点击按钮，字幕已经在了。", "字幕已经在了。", &[]);
    }
}
