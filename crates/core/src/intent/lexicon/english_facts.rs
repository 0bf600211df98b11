//! English words of questions: about the account, about the project.

use super::*;

pub(super) const WORDS: Table = &[
    (
        PROGRESS,
        "hows it going|hows it coming|hows my|how goes it|hows the video|hows the edit|where is it at|wheres it at",
    ),
    (READY, "started|begun|ended|stopped|failed yet"),
    (WHAT, "hows|wheres|whos"),
    (
        MONEY,
        "credits|credit|credit balance|quota|allowance|subscription|membership|refund|refunded|refunds|billing|\
         invoice|account balance|balance|créditos|crédito|crédits|crédit|crediti|kredite|credit's|usage|my usage|\
         credit wise|wallet|credit count|given back|payment|paid plan|saldo de créditos",
    ),
    (
        POINTS,
        "points|point|tokens|token|plan|account|trial|coins|tier|generations|renders left|balance|minutes|charged|\
         acct|package|free trial|bucks|the tank|license|licence|free videos|free credits|money",
    ),
    (
        COST.or(WHAT).or(MONEY),
        "how many credits would|how many credits will|how many credits does|how many points would|\
         how many points will|how many points does|how many credits do you|how many credits for|\
         how much credit would|how many credits is|how many tokens would",
    ),
    (
        MONEY.or(WHAT),
        "can i still make|can i still create|can i still generate|can i make any more|can i afford|\
         how many more videos|how many more clips|how many videos can i|how many clips can i|how many more can i|\
         how many generations|do i owe|what do i owe|did i pay|have i paid|am i subscribed|am i still subscribed|\
         am i on the free|am i on the pro|what have i spent|how much have i spent|how much did i spend|\
         what did i spend|what did you charge|how much did you charge|was i charged|why was i charged|\
         am i being charged",
    ),
    (
        LEFT,
        "left|remaining|remain|remains|left over|run out|running out|out of|used up|still have|available|enough|\
         run low|running low|low on",
    ),
    (
        COST,
        "cost|costs|price|prices|pricing|expensive|cheap|cheaper|discount|rate|charge for|how much does|\
         how much would|how much will|how much is a|how much is an|would take|will take|does it take|do you charge|\
         would use|fee|fees|take for|charge per|for free|free of charge",
    ),
    (SPEND, "use|spend|burn|use up|invest|blow|using|put all|take all|take my"),
    (
        USED,
        "used|spent|charged|deducted|cost me|did the last|did it use|gone|consumed|took|take off|was taken|eat up|\
         eaten|burned|burnt|use up|did i use|have i used|cost us|used up|did that use|did that cost|did this cost|\
         go through so far",
    ),
    (
        USED.or(MONEY),
        "i've spent|i have spent|i spent|i've been charged|i was charged|i've used up|cost me|cost us|did that cost|\
         did this cost|did it cost|did it use|did i use|have i used|did that use|was taken|did i spend|have i spent|\
         were taken|did we use|charged me|charge me|charged for",
    ),
    (
        TOPUP.or(MONEY),
        "top up|top-up|topup|recharge|buy more|buy credits|buy some credits|get more credits|more credits|\
         purchase credits|add credits|upgrade my plan|upgrade my account|upgrade plan|change my plan|\
         run out of credits|extend my subscription|cancel my subscription|buy points|buy tokens|get more points|\
         get more tokens|put more money|pay for more|more tokens|add more credits|add more points|add points|\
         purchase more|get credits|get points|more points|buy some more credits|buy additional credits|\
         reload my account",
    ),
    (TOPUP, "renew|renewal|expire|expires|expiry|expiration|reset|resets|refill|cancel"),
    (
        CHECK,
        "show|list|check|tell|see|view|read|describe|summarize|summarise|display|tell me|show me|let me know|\
         let us know|tell us|look up|give me an overview|remind me|check on|find out|confirm|report|report on|\
         look at|count|give me a list|walk me through|run me through|list out|pull up|bring up|update me on|\
         fill me in on|know|summary of|quiero ver|ver|wondering|have a look at|take a look at|let me see|query|\
         inspect|verify|double check|overview of|overview|give me a rundown|give me a summary|give me the status|\
         give me an update|give me a status|give me the length|give me the details|rundown|run down|\
         give me a breakdown|breakdown of|recap of|go over|outline|give us an update|give us a summary|\
         give me the current|give me info|info on|details of|details on",
    ),
    (
        WHAT,
        "what|what's|whats|which|how many|how much|how long|how big|how large|where|when|who|whose|how old|how far|\
         cuántos|cuántas|combien|wie viele|quantos|how's|what are|what is|how high|how wide|how fast|how loud|\
         what kind of|how short|what size|at what",
    ),
    (
        YESNO,
        "is|are|does|do|did|has|have|was|were|am|whether|any|isn't|aren't|hasn't|didn't|haven't|doesn't|is there|\
         are there",
    ),
    (
        HOWTO,
        "how do i|how can i|how to|where do i|where can i|how do we|how can we|how would i|where would i|how could i|\
         how should i|where should i|how does one|where's the place to|what's the way to|where do we|where can we|\
         how am i supposed to|what do i do to|how do you|where to|show me how to|tell me how to|is there a way to",
    ),
    (
        ADVICE,
        "fit best|fits best|would fit|would suit|would work|would go|should the|best|why|why's|why is|should i|\
         should we|what if|how about|do you think|recommend|recommended|possible|supported|support|supports|suggest|\
         what would you|which would you|advice|allowed|limit|limits|max|maximum|minimum|longest|largest|how come|\
         can i use|could i use|good enough|difference between|formats|what formats|what format should|opinion|\
         do you like|do you support|do you do|capable|happen if|happens if|what else|how would|what about|how good|\
         what would|which would|would make|would you|what do you|is it ok|is it okay|is it fine|are you sure|\
         can you even|what can you|what can i|what could|what happens if|can this|can the|could the|how well|\
         what is the difference|how is it possible|does it matter|do you know|what does it mean|what kind of video|\
         what should|which should",
    ),
    (
        STATUS,
        "status|progress|eta|state|estado|update on|whereabouts|news|project status|situation|current state|\
         progress report",
    ),
    (
        PROGRESS,
        "how far along|how far|how much longer|how long until|how long till|how long before|eta|are we there yet|\
         are we done|how's it going|how is it going|how's it coming|how is it coming|any progress|any news|\
         any update|any updates|where are we|where are you at|what's taking|whats taking|how is it going so far|\
         how's the render|how is the render|how's the video coming|how is the video coming|how long will it take|\
         how long will this take|how long does this take|how long is it going to take|how much time left|time left|\
         how soon|when will it be|when will the|when is it|almost done|nearly done|almost there|nearly there|\
         almost finished|nearly finished|still rendering|still processing|still uploading|still exporting|\
         still working|done yet|finished yet|ready yet|what's going on|when can i expect|how much is left to do|\
         what's happening|are you still|where do we stand|what percentage|what percent|how many percent|how close|\
         anything missing|which step|what step|what stage|which stage|which part are you|progress so far|\
         how are we doing|how are things|how's everything|where did you get to|how much is done|\
         how much have you done|much longer|nearly ready|almost ready|any luck|what's the latest|whats the latest|\
         the latest on|up to now|what's the hold up|what's the holdup|how many are done|on track|on schedule|\
         how's that going|how is that going|underway|in the works|in progress|when should i expect|when do i get|\
         how long do i have to wait|how long to go|to go|what's new|has it started|did it start|still going|\
         still running|going through|go through|went through|did you get|did you receive|have you received|\
         have you got my|did my|come through|came through|getting on|have got so far|have we got|do we have|how's my|\
         how is my|what have you done|what did you change|what changed|what has changed|how goes",
    ),
    (
        CORE,
        "timeline|timelines|tracks|track|track list|segments|project|clips|scenes|contents|content|length|duration|\
         runtime|running time|run time|resolution|aspect ratio|aspect|ratio|fps|frame rate|framerate|size|format|\
         proyecto|draft|so far|how long|in it|in there|shots|state|sequence|order|layers|orientation|dimensions|\
         bitrate|file size|seconds|minutes long|minutes|segment|portrait|landscape|vertical|horizontal",
    ),
    (
        PART,
        "video|film|movie|clip|cut|edit|draft|upload|export|render|title|titles|subtitle|subtitles|captions|caption|\
         music|logo|song|songs|bgm|voiceover|voice over|narration|intro|outro|photo|photos|picture|pictures|scene|\
         transition|transitions|effects|effect|fonts|font|filter|filters|sound|audio|volume|watermark|it|there|\
         ending|beginning|opening|image|images|text|soundtrack|background|b-roll|slide|slides|sticker|stickers|voice|\
         language|footage|file|files|media|frame|second mark|at 0|mark|final shot|last shot|first shot|total|\
         material|uploads|the end|the start|trailer|teaser|reel|ad|video's|speech|interview|chapters|library|\
         in the video|animation|fade|recording|words|name",
    ),
    (
        READY,
        "done|ready|finished|finish|complete|completed|rendered|exported|uploaded|through|all set|good to go|work|\
         worked|succeed|successful|successfully|go through|rendering|processed|arrive|arrived|in yet|added|saved|\
         exporting|processing|still running|received|downloaded|land|landed|on already|loaded|imported",
    ),
    (PREVIEW, "preview|previews|sneak peek|rough cut|thumbnail view|a peek|quick look|previewing|vorschau"),
    (
        SCENE,
        "scene where|part where|shot of|shot where|moment when|moment where|bit where|scene with|scene in which|\
         footage of|video of|video about|clip of|clip about|animation of|animation about|documentary about|explainer|\
         story about|story of|commercial for|ad for|image of|close-up|closeup|slow motion|time-lapse|timelapse|\
         film about|montage of|map of|reel about",
    ),
    (NUMBER, "one|two|three|half|ten"),
    (TEXT, "title|caption|subtitle|text|sign|banner|headline|card|label|button"),
];
