//! English words for orders, and the loan words and cognates of other languages.

use super::*;

pub(super) const WORDS: Table = &[
    (YOU, "for you|to you"),
    (
        SAYS,
        "text read|text reads|title read|title reads|sign read|sign reads|caption read|label read|sign saying|\
         banner saying",
    ),
    (PLACE, "voice-over|as the voice|for the voice|for the intro|for the outro|for the ending"),
    (SEND.or(ME), "hit me with|hook me up with|send me over"),
    (
        WISH.or(GET).or(POLITE),
        "i'm ready for|i am ready for|we're ready for|time for|i'll have|i'll take|we'll take|waiting on|\
         i'm waiting for|we're waiting for",
    ),
    (
        EXPORT,
        "proceed with the export|go ahead with the export|go ahead with the render|start the export|begin the export|\
         run the export|start rendering|start exporting|continue with the export|finish the export|do the export|\
         make the export|kick off the export|start the render|run the render|do the render",
    ),
    (
        POLITE,
        "please|pls|plz|pleaz|kindly|ok|okay|k|so|now|just|well|hey|hi|hello|great|perfect|good|cool|nice|alright|\
         all right|right|yes|yeah|yep|yup|sure|thanks|thank you|could we|can we|i want to|i wanna|i want|i'd like to|\
         i'd love to|i would like to|i need to|i need you to|i want you to|we need to|we want to|let's|lets|let us|\
         let me|go ahead and|go ahead|mind|quickly|simply|first|finally|maybe|possibly|perhaps|don't forget to|\
         do not forget to|make sure to|make sure you|time to|it's time to|ready to|um|uh|er|oh|and|also|we can|\
         you can|you could|you may|then|actually|honestly|try to|hurry up and|would it be possible to|if possible|\
         if you can|if you could|help me|help me to|help us|we should|you should|i guess|i think|i'm going to|\
         i am going to|i'm gonna|i will|i'll|we'll|we will|gonna|straight away|right away|right now|immediately|asap|\
         quick|once more|again|next|again please|must|dear|sorry|good morning|good afternoon|good evening|excuse me|\
         anyway|ready|still|already|only|really|por favor|been meaning to|am going to|wanna|wanted to|could i|can i|\
         may i|i was wondering if you could|i was wondering if|i wonder if|is it possible to|would love to|\
         would like to|id like to|i'd like you to|feel free to|u|the time has come to",
    ),
    (
        WISH,
        "could we|can we|i want to|i wanna|i want|i'd like to|i'd love to|i would like to|i need to|i need you to|\
         i want you to|we need to|we want to|let's|lets|let us|let me|would love to|would like to|id like to|\
         i'd like you to|could i|can i|may i|wanna|want to|need to",
    ),
    (
        WISH.or(GET).or(POLITE),
        "i want|i need|i'd like|i would like|we want|we need|can i have|can i get|could i have|could i get|\
         may i have|i'd love|i require|we require|we'd like|i'd like to have|i'd like to get|i want to have|\
         i'd love to have|i'm after|let me have|i wanna have|can we get|can we have|could we get|could we have|\
         we could use|i could use",
    ),
    (CANYOU, "can you|could you|would you|will you|are you able to|could u|can u|would you mind|do you mind|can it"),
    (
        NEG,
        "don't|dont|do not|not|never|no|no need to|no more|no need for|enough|don't bother|don't want|stop|cancel|\
         abort|hold off on|hold off|hold on|hold|forget|without|skip|wait|haven't|didn't|isn't|won't|wont|cannot|\
         leave out|not yet|rather than|instead of exporting|instead of sending|enough of|cut the chat|leave|ignore|\
         you needn't|needn't|let's not|lets not|i'd rather not|shouldn't|refrain from|avoid|pause|undo",
    ),
    (
        EXPORT,
        "export|render|download|output|exporta|exportar|exporte|exportez|exporter|exportiere|exportieren|exportame|\
         exportalo|exportas|exporten|exportiert|exportando|exporting|rendering|downloading|re-export|reexport|\
         export out|download out|get it rendered|get this rendered|get it exported|get this exported|\
         have it rendered|have it exported|exportação|esporta|esportare|export it|export this",
    ),
    (
        FILE,
        "for me to download|i can download|i can play|one more export|another export|a new export|an export|\
         the export|my export|the render|a render|an mp4|a mov",
    ),
    (
        OUTPUT.or(EXPORT),
        "export as|export it as|export this as|export to|render to|render as|render it as|render it out as|\
         render out as|download as|download it as|output to|output as|output it as|export that as|\
         export everything as|render this as|export them as",
    ),
    (
        OUTPUT.or(SAVE),
        "save as|save it as|save this as|save that as|save the video as|save the file as|save the result as|\
         save everything as|write to|save them as",
    ),
    (
        POLITE,
        "looks good|looks great|looks perfect|looks nice|sounds good|sounds great|looks fine|looks amazing|\
         looks right|looks lovely|looks awesome|love it|i love it|sounds perfect",
    ),
    (DEVICE, "out of here|off here|from here"),
    (
        SEND,
        "send|give|hand|hand over|deliver|share|forward|email|e-mail|mail|ship|pass|drop|text|sending|giving|handing|\
         sharing|send over|sending over|hand me over|fire|fire over|whatsapp|wechat|airdrop|shoot|shoot over|beam|\
         return|sent|transfer|message|dm|deliver it|throw|toss|pass along|zip|slide|ping|bring me|hook me up with",
    ),
    (SAVE, "save|store|keep|put|burn|write out|saving|stick|back up"),
    (WATCH, "watch|play|show|view|see|look at|watching|screen"),
    (
        GET,
        "get|have|need|want|take|grab|receive|collect|pick up|got|needs|having|getting|i'll take|produce|spit out|\
         spit|create|finalize|finalise|finalizing|build|output|waiting for|looking for|where's|where is",
    ),
    (
        FILM,
        "video|vid|film|movie|clip|cut|version|reel|ad|edit|project|thing|result|vídeo|render|export|montage|teaser|\
         trailer|promo|slideshow|vlog|advert|commercial|short|piece|documentary|everything|one|master|videos|\
         whole thing|recap|highlight|highlights|tutorial|presentation|animation|story|tribute|invitation",
    ),
    (
        FILE,
        "file|mp4|mov|gif|webm|copy|download link|the link|link|video file|movie file|mp4 file|.mp4|hd version|\
         downloadable|output file|mp 4|download|a copy|full video|archivo|fichier",
    ),
    (
        FINAL,
        "finished|final|completed|complete|rendered|exported|final cut|final version|final file|finished product|\
         end result|end product|done version|latest version|current version|final video|full hd|whole video|\
         finalised|finalized|ready video|finished one|final one|final result|final render|finished video|\
         what we have|what we've got|what you have|what you've got|final product|end video",
    ),
    (
        FINAL.or(FILM),
        "final file|final version|final cut|finished product|end result|end product|final video|final result|\
         final render|finished video|final mp4|finished file|finished film|final movie|final film|completed video|\
         finished movie|finished clip|finished version|final edit|final product",
    ),
    (ME, "me|us|here|my way|over|mine|to me|over to me|to us|2 me|myself|moi|mí"),
    (YOU, "you|your|yours|ya|u"),
    (MY, "my|our|my own|mine|own|mis|mi|mes|mon"),
    (IT, "it|this|that|these|those|them|the|all|this one|that one|lo|el|la"),
    (
        NEW,
        "a|an|some|another|any|ideas|suggestions|options|advice|feedback|script|tips|examples|more|few|a few|new|\
         free|stock|list|several|different",
    ),
    (
        DEVICE,
        "phone|camera roll|gallery|computer|laptop|desktop|pc|mac|ipad|tablet|disk|drive|hard drive|usb|usb stick|\
         device|iphone|photos app|downloads|downloads folder|hd|locally|local|inbox|photo album|sd card|tv|machine|\
         folder|memory stick|album",
    ),
    (
        UPLOAD,
        "upload|import|attach|uploading|importing|upload up|subir|hochladen|importar|téléverser|ingest|load up|\
         load in|add in|attaching|uploade|upload in",
    ),
    (
        MATERIAL,
        "footage|photo|photos|picture|pictures|pics|pic|image|images|file|files|clips|clip|video|videos|material|\
         materials|recording|recordings|rushes|raw file|raw files|raw footage|song|audio|assets|asset|media|source|\
         sources|stuff|shots|screenshots|screenshot|selfies|voice memo|voice recording|drone shots|b-roll|broll|\
         archivo|vids|mp3|logo|soundtrack|jpg|png|wav|attachment|attached|something|raw",
    ),
    (
        EDIT,
        "cut|trim|crop|add|make|remove|delete|change|replace|blur|mute|put|clear|fix|adjust|increase|decrease|lower|\
         raise|speed|slow|rotate|flip|merge|split|insert|create|generate|write|translate|turn|set|use|move|swap|\
         apply|overlay|fade|animate|track|shorten|extend|reverse|zoom|brighten|darken|stabilize|stabilise|resize|\
         center|centre|align|redo|undo|edit|shorter|longer|louder|quieter|brighter|darker|bigger|smaller|keep|\
         tighten|clean|polish|improve|correct|rewrite|reorder|rearrange|shuffle|duplicate|loop|pan|tilt|sharpen|\
         denoise|tone|warm|cool down|color|colour|grade|sync|match|dub|narrate|design|draw|film|shoot|compose|record|\
         mix|bleep|mask|describe|explain|combine|join|stitch|convert|transform|switch|swap out|try|roll|balance|play|\
         place|lay|drop|cover|hide|watermark|pixelate|retouch|revert|restore|enlarge|shrink|spell|type|tint|boost|\
         soften|enhance|upscale|invert|mirror|freeze|dim|faster|slower|clearer|softer|build|include|tweak|shift|\
         bring|delay|start|end|finish|show|give|spin|cut down|liven|tidy|do over|modify|update|revise|pick|choose|\
         choosing|find|suggest|propose|plan|storyboard|introduce|emphasize|emphasise|reduce|drown|strip|cut out|\
         punch|snap|let|let it|i'd like|want a|need a|want some|need some|keep polishing|polishing|warmer|cooler|\
         snappier",
    ),
    (
        COMPLAINT,
        "looks|looked|sounds|sounded|feels|too|should|typo|wrong|missing|shorter|longer|louder|quieter|brighter|\
         darker|bigger|smaller|faster|slower|warmer|cooler|snappier|clearer|softer|polishing|needs a|needs to|\
         needs more|could be|not enough",
    ),
    (
        ELSEWHERE,
        "youtube|tiktok|instagram|insta|facebook|bilibili|channel|twitter|linkedin|slack|moments|weibo|douyin|\
         kuaishou|xiaohongshu|website|web site|store page|blog|pinterest|vimeo|snapchat|reddit|discord|telegram|\
         dropbox|etsy|shopify|my page|our page|my client|my team|everyone|the team|the client|followers|story|\
         stories|fb|ig|page|customers|publish|post|publicly|friends|group chat|my teacher|my boss|my mum|my mom|\
         my wife|my husband|speed",
    ),
    (EDIT, "take out|get rid|get rid of|taking out|getting rid of"),
    (
        SETTING,
        "make sure the|make sure that the|ensure the|ensure that the|always|by default|default|from now on|every time|in future|in the future|settings|setting|each time|\
         should be|must be|should all be|whenever|preferences|button",
    ),
    (
        THEN,
        "and then|then|after that|afterwards|finally|but|also|plus|and after that|followed by|and finally|next|\
         and also|after which|whereupon|luego|puis",
    ),
    (AND, "and|or|&|y|et|und"),
    (
        WHEN,
        "before|after|until|till|when|while|once|unless|as soon as|so i|so i can|so we|so that|because|since|if|\
         in case|so they|so my|provided|assuming|whenever you're ready|whenever you are ready|cuz|cause|for when|\
         so it's|so it is|so she|so he|as i|when you're done|now that",
    ),
    (
        LATER,
        "later|tomorrow|next time|some day|someday|eventually|next week|another time|one day|tonight maybe|not now|\
         at some point|in a few days|when i get home|soon maybe|after lunch",
    ),
    (
        PAST,
        "yesterday|last week|earlier|last time|this morning|last night|previously|last month|ago|before that|\
         uploaded|sent|downloaded|the other day",
    ),
    (
        SAYS,
        "says|saying|reads|reading|should read|should say|titled|called|that say|to say|to read|spells|captioned|\
         named|the words|the word|the text|the phrase|the line|the slogan|tells viewers|shouting|shouts|\
         asks the viewer|announcing|announces|telling|asking viewers|must say|will say|can say",
    ),
    (
        ANNOUNCE,
        "script|voiceover|voice over|voice-over|narration|title|caption|subtitle|subtitles|text|quote|lyrics|\
         on screen|on-screen|slogan|tagline|headline|line|dialogue|dialog|write|hook|end card|lower third|intro text|\
         titles|copy",
    ),
    (
        MODEL,
        "like this|like the|like in|like that|style of|in the style|similar to|same style|same vibe|same look|\
         inspired|reference|references|look like|vibe|vibes|mood like|as in|based on the style|copy the style|\
         copy the look|mimic|imitate|kind of like|something like|the way they|looks like|feel of|pacing of|aesthetic|\
         like they do",
    ),
    (
        OUTPUT,
        "save as|save it as|save this as|save that as|export as|export it as|export this as|export to|render to|\
         render as|render it as|render it out as|render out as|name it|is the name|call it|rename|filename|file name|\
         name the file|call the file|save the video as|save the file as|save the result as|output name|named|\
         download as|download it as|save everything as|saved as|exported as|output to|write to|title the file",
    ),
    (
        GIVE,
        "they are|the clips are|the files are|my files are|upload|import|attach|add|use|put|insert|bring|load|\
         include|here's|here is|here are|heres|this is|these are|take|footage|files|assets|material|source|\
         here you go|here they are|got|i have|i've got|we have|start with|begin with|let's start with|begin from|\
         here come|there's also|there is also|sending|attached|with|to|is at|are at|is in|place|lay|play|drop|throw|\
         pull|pull in|as|pop|stick|from|grab|set|for you|i shot|i recorded|i filmed|accept|get|fetch|download|ingest|\
         read in|append|overlay|open with|sube|subir|hochladen|aquí|aqui|está|mando|envío|te|añade|usa|voici|voilà|\
         ajoute|hier ist|logo|song|bgm|music",
    ),
    (
        PLACE,
        "corner|start|the start|the end|the beginning|beginning|end|middle|intro|outro|opening|ending|background|bgm|\
         background music|as music|the music|soundtrack|voiceover|voice over|narration|watermark|overlay|as a logo|\
         as the logo|as logo|as my logo|under the|over the|on top|instead of|replace|swap|after|before|behind|\
         next to|between|during|full screen|second clip|first clip|clip 1|clip 2|clip 3|last clip|thumbnail|cover|\
         title card|end card|picture in picture|pip|second half|first half|while|when|transition|sound effect|\
         theme song|score|top left|top right|bottom left|bottom right|on the left|on the right|center|centre|\
         at the bottom|at the top|the top|the bottom|track 1|track 2|track 3|replacing|in place of|wipe|crossfade|\
         lay|in the back|opener|closer|closing|first scene|last scene|loop|lower third|subtitles|subtitle|captions",
    ),
    (
        INTO,
        "into the project|in the project|to the project|into my project|to my project|in my project|\
         into the timeline|to the timeline|on the timeline|in the timeline|into the library|in the library|\
         to the library|my media|media library|into my library|media bin|media pool|into the media|to my media|\
         as material|as source|as footage|into the bin|to the bin|in my media|onto the timeline|as raw material|\
         as source material|as a source",
    ),
    (
        INTO.or(CORE),
        "in the project|in my project|on the timeline|in the timeline|in the library|in the media library|in my media",
    ),
    (
        OTHER,
        "he|she|they|his|her|their|him|someone|somebody|a man|a woman|a girl|a boy|a student|people|person|man|woman|\
         girl|boy|character|narrator|presenter|toddler|kid|kids|customer|actor|hero|cashier|teacher",
    ),
    (
        FAIL,
        "fail|fails|failed|failing|error|broken|stuck|won't work|doesn't work|not working|can't|cant|crashes|crashed|\
         keeps|problem",
    ),
    (
        NOTHING,
        "status bar|progress bar|loading bar|white balance|color balance|colour balance|audio balance|sound balance|\
         balance bike|balance sheet|balance beam|bank balance|work life balance|work-life balance|balance of|\
         end credits|end credit|opening credits|closing credits|rolling credits|title credits|credits roll|\
         credits scene|film credits|movie credits|credit card|credit cards|credit rating|credit score|credit union|\
         credit sequence|credit roll|credits sequence|state of the art|state-of-the-art|status symbol|status quo|\
         train tracks|railway tracks|rail tracks|race track|racetrack|train track|soundtrack|laugh track|track suit|\
         export trade|export business|export market|import export|import and export|export quality|export volumes|\
         download speed|upload speed|download button|upload button|upload-ready|export-ready|fit for upload|\
         ready for upload|for upload|for export|for download|share price|share button|play button|save the date|\
         file upload portal|upload portal|download bar|loading screen|photo upload|points of interest|bullet points|\
         key points|talking points|main points|point of view|plan of|floor plan|business plan|business account|\
         bank account|account book|accounting|credits at the end|credits at the beginning|credits over|credits page|\
         time line of|give way|give up|sent from|final score|final whistle|final exam|final destination|grand final|\
         the finals|semi final|balance her|balance his|balance the|balance it|balance out|balanced|credit to|\
         credit the|credit my|credit our|plan b|lesson plan|save the planet|save the ocean|send off|send-off|give a|\
         take a|take the|take out|get rid|get started|keep it|render a|render an|render some|show off|play on|\
         import duty|download festival|export beer|status update|state fair|united states|health status|\
         relationship status|order status|flight status|delivery status|download our|download the app|\
         download my app|the app|an app|credits to|in the credits|project manager|video call|file cabinet",
    ),
];
