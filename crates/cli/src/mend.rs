//! What came from elsewhere is held against where it goes, and mended on this machine where it falls short.
//!
//! **Invariant:** the video has its name, whole, at every moment: as it came, or mended. What stands in the way of mending is a
//! warning, because what came may have been paid for.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;
use weixin_video_core::files::Output;
use weixin_video_core::job::Delivered;
use weixin_video_studio::timeline::{Output as Wishes, Timeline};
use weixin_video_studio::{
    Control, Destination, Destinations, Error, Fix, Inspected, Language, MediaFacts, Plan, Rendered, Rule, Rung,
    Source, Tools, Verdict, apply, inspect, render, verify,
};

use crate::aim::wishes;
use crate::apart::apart;
use crate::backend::Backend;
use crate::failure::Failure;
use crate::jobs::Job;
use crate::settings;

/// How a video stands, and what was done about it.
#[derive(Default)]
pub(crate) struct Looked {
    /// What it is now, if it could be looked at.
    pub(crate) facts: Option<MediaFacts>,
    /// How it stands now.
    pub(crate) verdict: Option<Verdict>,
    /// What was mended.
    pub(crate) mended: Option<Mended>,
    /// What is still to be known, a sentence each.
    pub(crate) warnings: Vec<String>,
}

/// A video that fell short.
pub(crate) struct Mended {
    /// What was wrong with it.
    pub(crate) broken: Vec<String>,
    /// What was made of it.
    pub(crate) rendered: Rendered,
    /// Why it took no less work.
    pub(crate) why: Vec<String>,
}

/// Looks at the video of a job, and mends it.
pub(crate) async fn look(backend: &Backend, job: &mut Job, output: &Output) -> Result<Looked, Failure> {
    let words = &job.order.words;
    let errand = Errand {
        tools: settings::tools()?,
        file: output.path.clone(),
        beside: beside(&output.path),
        destination: backend.aim.destination(words).clone(),
        wishes: wishes(words),
        // Whoever sends a video above a gate may want it: it was made so elsewhere, and keeps to the limits.
        destinations: backend.aim.destinations.without_gates(),
    };
    let (file, beside) = (errand.file.clone(), errand.beside.clone());
    let mut looked = apart("mend", move |control| errand.run(control)).await?;
    if let Some(mended) = looked.mended.take() {
        let bytes = mended.rendered.facts.bytes;
        match job.mending(bytes).and_then(|()| replace(&beside, &file)) {
            Ok(()) => looked.mended = Some(mended),
            Err(error) => {
                let _ = fs::remove_file(&beside);
                looked.warnings.push(format!("it falls short and is left as it came: {error}"));
            }
        }
    }
    Ok(looked)
}

/// What an earlier run fetched and mended, and had no time to say so.
pub(crate) fn before(job: &Job, output: &Path) -> Option<Delivered> {
    let (bytes, last) = (job.mended()?, job.last()?);
    let there = output.symlink_metadata().is_ok_and(|file| file.is_file() && file.len() == bytes);
    let (session, render) = (Some(last.session().clone()), last.render().cloned());
    there.then(|| Delivered { session, render, bytes, ..Delivered::default() })
}

/// The file that a mended video is made in.
fn beside(output: &Path) -> PathBuf {
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    let own = format!(".{name}.weixin-video.mended");
    // No file system takes longer names.
    output.with_file_name(if own.len() > 255 { ".weixin-video.mended".to_owned() } else { own })
}

/// Gives the mended video the name; after a power cut it has it, or the one that came has.
fn replace(mended: &Path, output: &Path) -> io::Result<()> {
    fs::rename(mended, output)?;
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    // The name is on the disk already where a folder can't be synced.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// All that is needed on the other thread.
struct Errand {
    tools: Tools,
    file: PathBuf,
    beside: PathBuf,
    destination: Destination,
    wishes: Wishes,
    destinations: Destinations,
}

impl Errand {
    fn run(&self, control: &Control) -> Looked {
        let found = match inspect(&self.tools, &self.file) {
            Ok(found) => found,
            Err(error) => {
                let warnings = vec![format!("it could not be looked at: {error}; {}", error.advice())];
                return Looked { warnings, ..Looked::default() };
            }
        };
        let verdict = verify(&found, &self.destination);
        let (broken, mends) = (self.broken(&found, &verdict), self.mends(&found, &verdict));
        let mut looked = Looked { facts: Some(found.facts.clone()), verdict: Some(verdict), ..Looked::default() };
        if broken.is_empty() {
            return looked;
        }
        if !mends {
            looked.warnings.push(self.falls_short(&broken, None));
            return looked;
        }
        match self.mended(&found, looked.verdict.as_ref(), control) {
            Ok((rendered, why)) if rendered.rung != Rung::Copy => {
                self.tell(&mut looked, Mended { broken, rendered, why }, &found);
            }
            Ok(_) => {
                let _ = fs::remove_file(&self.beside);
                looked.warnings.push(self.falls_short(&broken, None));
            }
            Err(error) => looked.warnings.push(self.falls_short(&broken, Some(&error))),
        }
        looked
    }

    /// Whether there is anything to mend: what is too long, or has too long a name, is somebody's to change.
    fn mends(&self, found: &Inspected, verdict: &Verdict) -> bool {
        let fixes = verdict.short().filter_map(|finding| finding.fix);
        let ours = |fix: Fix| !matches!(fix, Fix::Shorten | Fix::Rename);
        fixes.into_iter().any(ours) || self.too_many_bytes(found).is_some()
    }

    fn too_many_bytes(&self, found: &Inspected) -> Option<u64> {
        self.wishes.max_bytes.filter(|most| found.facts.bytes > *most)
    }

    /// What is wrong with it.
    fn broken(&self, found: &Inspected, verdict: &Verdict) -> Vec<String> {
        let mut broken: Vec<String> = verdict.short().map(|finding| finding.why.clone()).collect();
        let bytes = found.facts.bytes;
        if let Some(most) = self.too_many_bytes(found) {
            broken.push(format!("{bytes} bytes are more than the {most} that were asked for"));
        }
        broken
    }

    /// The cheapest work that makes it right. What is too long is mended but for its length, which is somebody's to say.
    fn mended(
        &self,
        found: &Inspected,
        verdict: Option<&Verdict>,
        control: &Control,
    ) -> Result<(Rendered, Vec<String>), Error> {
        let too_long = verdict.is_some_and(|verdict| verdict.short().any(|finding| finding.rule == Rule::Seconds));
        let id = if too_long { "file" } else { &self.destination.id };
        let name = self.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let source = Source { id: "came".to_owned(), name, facts: found.facts.clone() };
        let whole = apply(&Value::Null, &[], std::slice::from_ref(&source), Language::English);
        let draft = whole.map_err(|refusal| Error::Draft { why: refusal.text })?.draft;
        let mut timeline = Timeline::read(&draft)?;
        timeline.settings.output = Wishes { destination: Some(id.to_owned()), ..self.wishes.clone() };
        let facts = BTreeMap::from([(source.id.clone(), source.facts)]);
        let plan = Plan::of(timeline, &facts, &self.destinations)?;
        let inputs = BTreeMap::from([(source.id, self.file.clone())]);
        let (_, why) = plan.rung();
        Ok((render(&self.tools, &plan, &inputs, &self.beside, control)?, why))
    }

    fn tell(&self, looked: &mut Looked, mended: Mended, found: &Inspected) {
        let rendered = &mended.rendered;
        let now = Inspected { facts: rendered.facts.clone(), name_bytes: found.name_bytes };
        let verdict = verify(&now, &self.destination);
        looked.warnings.extend(rendered.warnings.iter().cloned());
        if !verdict.passes() {
            let left: Vec<String> = verdict.short().map(|finding| finding.why.clone()).collect();
            looked.warnings.push(self.falls_short(&left, None));
        }
        looked.facts = Some(rendered.facts.clone());
        looked.verdict = Some(verdict);
        looked.mended = Some(mended);
    }

    fn falls_short(&self, broken: &[String], error: Option<&Error>) -> String {
        let what = format!("it falls short of {}: {}", self.destination.id, broken.join("; "));
        match error {
            Some(error) => format!("{what}. It could not be mended: {error}; {}", error.advice()),
            None => format!("{what}. See: weixin-video verify --for {}", self.destination.id),
        }
    }
}
