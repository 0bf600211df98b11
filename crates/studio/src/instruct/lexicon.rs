//! The words that are understood, English and Chinese in one list.

use super::token::Op;

/// What a word does in an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sense {
    /// Says nothing that would change the result.
    Filler,
    /// Points at something known: `this`, `my`, 这个.
    Definite,
    /// `a`, 一个.
    Indefinite,
    /// 把, which puts the thing before the verb.
    Ba,
    /// The clip: `video`, 视频.
    Clip,
    /// Does the whole job without saying more: `format`, 适配.
    Format,
    /// Needs a place or a shape to say how far: `compress`, `convert`, 压缩.
    Change,
    /// Needs a place: `send`, 发.
    Send,
    /// `make`, 变: what follows is what is wanted.
    Make,
    /// What follows is what is wanted: `into`, 成.
    Target,
    /// Somewhere in WeChat.
    Place,
    /// The output's own container and codecs.
    Mp4,
    /// Another container.
    Container(&'static str),
    /// A length of the shorter side in pixels.
    Resolution(u32),
    /// Understood, and not done here.
    Op(Op),
    /// The units that make something of a number.
    Frames,
    Seconds,
    Bytes,
    Lines,
}

/// The longest entry, in words or Chinese characters.
pub(crate) const LONGEST: usize = 4;

/// Finds a word, or words joined by single spaces.
pub(crate) fn find(entry: &str) -> Option<Sense> {
    use Sense as S;
    TABLE.iter().find(|(words, _)| words.split('|').any(|word| word == entry)).map(|(_, sense)| *sense).or_else(|| {
        let container = CONTAINERS.iter().find(|container| **container == entry)?;
        Some(S::Container(container))
    })
}

/// Containers and codecs of containers that a clip may come in, but not leave in.
pub(crate) const CONTAINERS: [&str; 11] =
    ["mov", "mkv", "avi", "webm", "mpg", "mpeg", "gif", "wmv", "flv", "mp3", "m4a"];

const TABLE: &[(&str, Sense)] = &[
    (
        "please|pls|can|could|would|you|help|me|i|we|want|need|like|d|it|its|and|then|for|on|in|\
         with|of|from|so|that|is|be|ok|okay|now|hi there|thanks|thank you|recorded|shot|taken|\
         filmed|captured|smartphone|phone|iphone|android|camera|mobile|ready|suitable|compatible|\
         friendly|use|using|play|plays|playable|playback|watch|watched|viewing|well|properly|\
         smoothly|friends|friend|family|group|groups|chat|chats|at|quality|good quality|\
         high quality|up to|us|re|everyone|people|able|works|work|post|posting|upload|uploading|smaller|sharp|clear|sharing size|best quality|\
         keep quality|keep the quality|keep good quality|keep high quality|keep it sharp|keep it clear|\
         without losing quality|in size",
        Sense::Filler,
    ),
    ("this|that|the|my|our|these|attached|uploaded", Sense::Definite),
    ("a|an", Sense::Indefinite),
    ("video|videos|clip|clips|file|movie|footage|recording|one", Sense::Clip),
    (
        "format|formatted|formatting|optimise|optimize|optimised|optimized|optimising|optimizing|\
         prepare|prepared|adapt",
        Sense::Format,
    ),
    (
        "compress|compressed|compressing|convert|converted|converting|transcode|encode|reencode|resize|downscale|reduce|scale|\
         export|save|compress it|shrink",
        Sense::Change,
    ),
    ("send|sending|share|sharing|shared", Sense::Send),
    ("make|turn|get|create|produce|render|give", Sense::Make),
    ("to|into|as", Sense::Target),
    ("wechat|weixin|we chat|moments|wechat moments|channels|wechat channels|wechat chat|wechat group", Sense::Place),
    ("aac audio|mp4|h264|h.264|x264|avc|aac|.mp4|mp4s|h 264", Sense::Mp4),
    ("1080p|full hd|fullhd|fhd|1080i", Sense::Resolution(1080)),
    ("720p", Sense::Resolution(720)),
    ("540p", Sense::Resolution(540)),
    ("480p", Sense::Resolution(480)),
    ("360p", Sense::Resolution(360)),
    ("2k|1440p|qhd", Sense::Resolution(1440)),
    ("4k|2160p|uhd|ultra hd", Sense::Resolution(2160)),
    ("fps|frames per second|frames a second|frames|frame rate|hz|帧每秒|帧率|帧|fps的", Sense::Frames),
    ("second|seconds|sec|secs|s|minute|minutes|min|mins|秒|秒钟|分钟|分", Sense::Seconds),
    ("mb|gb|kb|m|g|mib|gib|megabytes|megabyte|兆", Sense::Bytes),
    ("p", Sense::Lines),
    // Chinese
    (
        "请|帮我|帮忙|帮|麻烦|给我|一下|下|的|了|吧|啊|呢|能|可以|可|要|想|我想|我要|然后|再|并|并且|和|让|\
         方便|好|好友|朋友|群|群里|群聊|家人|大家|里|上|里面|以便|用|播|播放|能播|能看|观看|直接|流畅|正常|清晰|\
         手机|拍|拍的|手机拍的|录制的|格式|画质|高清|看|给|去|能放|放|的话|支持|兼容|它|每秒|我|谢谢|谢谢你|您|你|在|大小|分辨率|尺寸",
        Sense::Filler,
    ),
    ("这个|这段|这条|这部|那个|那段|我的|这|该|上传的", Sense::Definite),
    ("一个|一段|个|段|条", Sense::Indefinite),
    ("把|将", Sense::Ba),
    ("视频|短片|片子|影片|录像|文件|素材", Sense::Clip),
    ("格式化|适配|优化|准备", Sense::Format),
    ("压缩|压|转换|转码|转|转格式|导出|编码|处理|保存", Sense::Change),
    ("发|发送|分享|发布|传|发给|发到|分享到|分享给", Sense::Send),
    ("做|弄|变|改|制作|生成", Sense::Make),
    (
        "成|为|到|转成|转为|变成|改成|转换成|转换为|导出为|做成|弄成|压成|压到|压缩到|压缩成|压缩为|改为|改到|调成|调到|降到|适合",
        Sense::Target,
    ),
    ("微信|朋友圈|微信朋友圈|视频号|微信视频号|微信群|微信聊天|微信好友", Sense::Place),
    // Understood, and not done
    (
        "trim|cut|crop out|clip out|remove|delete|split|shorten|shorter|only|merge|join|combine|\
         first|last|剪|剪掉|剪辑|裁|裁剪|裁掉|删|删掉|去掉|截取|截|合并|拼接|只要|只留|保留|前|后|最后|开头|结尾",
        Sense::Op(Op::Cut),
    ),
    (
        "title|titles|subtitle|subtitles|caption|captions|text|watermark|logo|sticker|字幕|标题|文字|\
         水印|贴纸|加字",
        Sense::Op(Op::Text),
    ),
    (
        "music|bgm|soundtrack|audio|audios|mute|muted|unmute|volume|louder|quieter|sound|silent|voice|音乐|配乐|\
         背景音乐|静音|声音|音量|原声|配音",
        Sense::Op(Op::Sound),
    ),
    ("speed|faster|slower|slow|reverse|timelapse|加速|减速|慢放|倍速|快进|倒放|慢动作", Sense::Op(Op::Speed)),
    (
        "crop|vertical|portrait|horizontal|landscape|square|rotate|flip|mirror|widescreen|16:9|9:16|1:1|\
         竖屏|横屏|竖版|横版|方形|旋转|翻转|镜像|画幅",
        Sense::Op(Op::Shape),
    ),
    (
        "filter|brighten|brighter|stabilise|stabilize|denoise|beautify|transition|fade|effect|effects|\
         cover|thumbnail|滤镜|调色|美颜|防抖|降噪|转场|特效|淡入|淡出|封面",
        Sense::Op(Op::Look),
    ),
    ("hevc|h265|h.265|x265|vp9|av1|prores", Sense::Op(Op::Codec)),
    (
        "tiktok|douyin|youtube|instagram|reels|shorts|facebook|twitter|whatsapp|bilibili|抖音|快手|小红书|\
         b站|qq|微博",
        Sense::Op(Op::OtherPlatform),
    ),
    (
        "official account|official accounts|wecom|wechat work|mini program|公众号|微信公众号|订阅号|企业微信|\
         企微|小程序",
        Sense::Op(Op::CappedPlace),
    ),
];
