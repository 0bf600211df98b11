//! The English words the rules look for, separated by white space.

/// Words before the verb that change nothing.
pub(super) const POLITE: &str = "\
    please pls plz ok okay so now just then and also hey hi hello great perfect good cool nice \
    alright right well finally kindly can could would will you i want need to i'd like let's \
    lets let me go ahead mind maybe quickly simply yes yeah first again we us help if possible \
    once more do";

/// Verbs that order the file, also as cognates.
pub(super) const EXPORT_VERBS: &str = "export render download exporta exportar exporte exportiere";

/// Verbs of delivery, which need a receiver.
pub(super) const GIVE_VERBS: &str = "\
    send give hand deliver share forward email ship pass get drop text sending giving handing \
    sharing";

/// What a delivery delivers.
pub(super) const DELIVERED: &str = "\
    video vid file mp4 mov clip movie film final cut result link it that this one everything \
    version finished completed thing render export download project vídeo timeline edit all \
    them";

/// Objects the agent has to find or write first.
pub(super) const WANTED: &str = "a an some another ideas suggestions options advice feedback script more tips examples";

/// Verbs of editing, and comparatives that ask for it.
pub(super) const EDITS: &str = "\
    cut trim crop add make remove delete change replace blur mute put clear fix adjust \
    increase decrease lower raise speed slow rotate flip merge split insert create generate \
    write translate turn set use move swap apply overlay fade animate track shorten extend \
    reverse zoom brighten darken stabilize stabilise resize center align drop redo undo edit \
    give shorter longer louder quieter brighter darker bigger smaller keep";

/// Words that turn an order down.
pub(super) const NEGATORS: &str = "\
    don't dont not never no stop cancel hold forget without skip wait haven't didn't isn't \
    won't";

/// The project and what belongs to it.
pub(super) const PROJECT: &str = "\
    timeline track tracks project video clip clips cut edit draft upload export render done \
    ready finished title titles subtitle subtitles music logo resolution ratio duration length \
    segments scenes it bgm progress status";

/// Heads of a question for facts.
pub(super) const ASKS: &str = "what what's whats how is are did does has have when where which was were any";

/// Heads of an order to tell facts.
pub(super) const TELLS: &str = "show list check tell see view preview read describe summarize display";

/// Whether a word is in a list.
pub(super) fn listed(list: &str, word: &str) -> bool {
    list.split(' ').any(|entry| entry == word)
}
