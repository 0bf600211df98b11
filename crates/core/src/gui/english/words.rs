//! The words the rules for English look for, separated by `|`.

/// Verbs that only make sense on a screen.
pub(super) const SCREEN_VERBS: &str = "\
    click|tap|drag|scrub|toggle|right-click|double-click|doubleclick|rightclick|swipe|pinch|refresh|hover|\
    tick|untick|uncheck|unmute|long-press|clicking|dragging|tapping|scrubbing|toggling|pressing";

/// Verbs of a screen where a thing of the screen or a label follows.
pub(super) const PRESSING: &str = "\
    press|hit|push|flip|pull|pulling|slide|sliding|drop|enable|disable|activate|deactivate|check|hold|grab|\
    choosing|selecting|use|using|punch|stretch|resize";

/// Verbs that need a thing of the screen beside them.
pub(super) const OTHER_VERBS: &str = "\
    open|mute|unmute|trim|split|delete|rename|lock|duplicate|copy|crop|rotate|remove|restore|undo|redo|sort|go|head|switch|navigate|use|check|choose|pick|select|hit|enable|see|find|visit|look|upgrade|top|\
    manage|adjust|view|review|watch|play|preview|turn|expand|scroll|slide|pull|move|change|edit|save|download|\
    export|fix|try|compare|confirm|hide|show|access|browse|set|reload|take|jump|search|get|buy|add|collapse|\
    locate|return|press|inspect|tweak|fine-tune|customize|consult|close|opening|going|moving|visiting|\
    switching|using|hop|pop|zoom|disable|activate|hold|reach|render|share|publish|update|sign|log|recharge|\
    purchase|increase|renew|peek|listen|hear|stretch|push";

/// Verbs that go on with an instruction.
pub(super) const CONTINUING: &str = "\
    pick|choose|select|confirm|set|type|enter|save|wait";

/// Things of a screen.
pub(super) const SCREEN: &str = "\
    button|panel| tab|tabs|menu|icon|sidebar|side bar|toolbar|top bar|dialog|checkbox|check box|playhead|\
    slider|dropdown|drop-down|inspector|billing|account|settings|the page| page|shortcut|ctrl+|cmd+|ctrl |⌘|\
    upload area|drop zone|dropzone|media library|music library|asset library|library|pricing|subscription|\
    toggle|switch|handle|spacebar|space bar|arrow key|delete key|escape|enter key| > | → |popup|pop-up|window|\
    workspace|three dots|three-dot|viewer|player|preview pane|preview area|preview screen|media bin|\
    layers list|properties|media pool|control bar|brightness bar|timeline panel|timeline view|your timeline|\
    left side|right side|on the left|on the right|top right|top-right|upper right|corner of the|\
    bottom of the screen|the screen|radio button|keyboard|press play|hit play|text field|text box|your plan|\
    plans|dashboard|profile|the editor| key|gear|canvas|zoom bar|scroll bar|edge|billing section|wallet|ruler|\
    marker";

/// Things that no verb of a screen can do without being meant for one: a key or a label.
pub(super) const KEYS: &str = "\
    enter|delete|escape|esc|space|spacebar|play|export|save|undo|redo|shift|tab|ctrl|cmd|command|alt|option|\
    download|apply|confirm|done|render|generate|retry|publish|share|stop|pause|split|next|continue|reset|ok|\
    regenerate|approve|backspace";

/// Verbs that look at the timeline.
pub(super) const LOOKING: &str = "\
    preview|play|watch|see|view|check|open|go|review|look|find|scrub|inspect|scroll|jump|take|head|switch|\
    hear|listen|return|use|browse|navigate|have|replay";

/// Words before the verb of an instruction.
pub(super) const BEFORE: &str = "\
    you can also |you can now |you can then |you can always |you can |you could also |you could |you may |\
    you might want to |you might |you'll need to |you'll have to |you will need to |you need to |you have to |\
    you should |you'll be able to |you'll |you will |you just |you're welcome to |which you can |\
    that you can |please |then |now |just |simply |also |next |first |feel free to |or |and |to continue |\
    finally |if you like |go ahead and |either |tip: |note: |hint: |otherwise |so |alternatively |if you |\
    when you |whenever you |once you |after you |afterwards |remember to |be sure to |make sure to |\
    make sure you |don't forget to |all you need to do is |all you have to do is |i'd suggest you |\
    i recommend you |try to |want to |need to |like to |you would |you'd |again |to do so |to do this |\
    to do that |it, |from there |there |here |step |quickly |can |i suggest |kindly |but |by |let's |\
    manually |directly |still |easily |carefully ";

/// Words that turn an instruction into its opposite.
pub(super) const NEGATED: &str = "\
    needn't|don't need|do not need|no need|don't have to|do not have to|without clicking|without opening|\
    without pressing|don't|do not|not necessary| never |without touching|without having to|won't need|\
    won't have to|unnecessary|nothing to |nothing needs";

/// The agent's own acts on a screen.
pub(super) const OWN: &str = "\
    clicked|tapped|pressed|opened|dragged|toggled|switched to|went to|went into|used the|selected|\
    navigated to|hit|checked the box|ticked|enabled|scrubbed|right-clicked|double-clicked|moved the playhead|\
    turned on|dropped|refreshed";

/// Where a clause says in which part of the screen something is.
pub(super) const POINTERS: &str = "\
    \x20is now sitting in | is sitting in | is now waiting in | is waiting in | are waiting in | is now in |\
    \x20are now in | is now available in | is available in | are available in | is ready in | are ready in |\
    \x20is now visible in | is visible in | are visible in | are now visible in | is now visible on |\
    \x20is listed in | is listed under | are listed under | is listed on | are listed on | can be found under | are listed in | is shown in | are shown in | is displayed in | are displayed in |\
    \x20is located in | can be found in | can be found on | can be seen in | can be viewed in |\
    \x20can be previewed in | can be played in | can be downloaded from | can be exported from |\
    \x20can be downloaded with | can be changed in | can be edited in | can be adjusted in |\
    \x20can be saved with | can be exported with | is stored in | are stored in | has been added to |\
    \x20have been added to | has been saved to | has been saved in | is saved in | are saved in | appears in |\
    \x20appear in | now appears in | now appear in | is now on | is now under | is under | are under | is in |\
    \x20are in | is on | are on | sits in | sit in | now sits in | lives in | shows up in | should appear in |\
    \x20will appear in | should now be in | is there in | now live in |it's in |they're in |it's on |\
    they're on |it's under |they're under |it's now in |they're now in |that's in |it's waiting in |\
    \x20is waiting for you in | are waiting for you in | is waiting on | are ready under | is ready under ";

/// Parts of a screen that something can be in.
pub(super) const PLACES: &str = "\
    panel| tab|sidebar|side bar|library|timeline panel|timeline view|media bin|media pool|menu|account page|\
    billing|settings|list on the|window|viewer|player|workspace|dashboard|page|drawer|gallery|on the left|\
    on the right|the timeline view|inspector|button";
