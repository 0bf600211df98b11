//! One form for what reads the same: full width, capitals, traditional characters, curly apostrophes.

/// The characters of a message in one form, each with its place in the original.
pub(super) struct Normal<'a> {
    pub(super) original: &'a str,
    pub(super) chars: Vec<char>,
    /// Byte offsets into the original; one more than there are characters.
    places: Vec<usize>,
}

impl<'a> Normal<'a> {
    pub(super) fn new(original: &'a str) -> Self {
        let folded: Vec<(usize, char)> = original.char_indices().map(|(at, c)| (at, fold(c))).collect();
        let chars = folded.iter().map(|(_, c)| *c).collect();
        let places = folded.iter().map(|(at, _)| *at).chain([original.len()]).collect();
        Self { original, chars, places }
    }

    /// What was typed from one character to another.
    pub(super) fn typed(&self, from: usize, to: usize) -> &'a str {
        &self.original[self.places[from]..self.places[to]]
    }
}

/// Whether this is a Chinese character.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '〇')
}

fn fold(c: char) -> char {
    let c = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\t' => ' ',
        '\u{2019}' | '\u{2018}' | '\u{2bc}' | '`' | '\u{b4}' => '\'',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '〜' => '-',
        '×' | '✕' => 'x',
        '、' => ',',
        '。' | '…' => '.',
        '㎝' => 'c',
        _ => c,
    };
    match c {
        '~' => '-',
        _ if is_han(c) => simplified(c),
        _ => c.to_lowercase().next().filter(|_| c.to_lowercase().count() == 1).unwrap_or(c),
    }
}

fn simplified(c: char) -> char {
    let found = PAIRS.binary_search_by_key(&c, |pair| pair.0);
    found.map_or(c, |at| PAIRS[at].1)
}

/// Traditional characters of the vocabulary, each with its simplified form, sorted.
static PAIRS: std::sync::LazyLock<Vec<(char, char)>> = std::sync::LazyLock::new(|| {
    let mut chars = TRADITIONAL.chars().filter(|c| is_han(*c));
    let mut pairs: Vec<_> = std::iter::from_fn(|| Some((chars.next()?, chars.next()?))).collect();
    pairs.sort_unstable();
    pairs.dedup_by_key(|pair| pair.0);
    pairs
});

const TRADITIONAL: &str = "這这個个視视頻频壓压縮缩發发轉转換换為为適适優优導导傳传號号幫帮請请製制錄录給给輯辑聲声樂乐標标題题\
    刪删變变碼码幀帧機机謝谢們们將将條条裡里裏里讓让後后內内與与處处檔档橫横豎竖開开關关閉闭時时間间鐘钟點点兩两從从結结\
    頭头剛刚過过還还來来對对錯错說说話话語语調调節节靜静減减慢慢倍倍畫画圖图質质寬宽長长際际動动靈灵邊边鏡镜顛颠順顺針针\
    淺浅淡淡濾滤鏈链連连接接進进場场閃闪現现顯显選选擇择編编寫写濃浓體体顏颜強强輕轻鬆松歡欢悅悦鋼钢電电彈弹奏奏響响勻匀\
    衡衡統统平平穩稳顫颤貼贴紙纸臉脸磨磨膚肤復复還还撤撤銷销歸归舊旧級级組组織织業业眾众訂订閱阅企企業业員员務务單单劃划\
    層层會会團团戶户廣广廳厅應应張张線线練练總总網网繼继續续羅罗職职聯联聽听華华葉叶藝艺藥药蘇苏蘭兰虛虚蟲虫補补裝装裁裁\
    規规覺觉覽览觀观計计訊讯記记許许設设訪访證证評评詞词試试該该詳详認认誤误課课談谈論论講讲證证識识譯译議议護护讀读貝贝\
    負负財财責责貨货販贩貴贵買买費费資资賓宾賣卖賽赛趕赶趙赵跡迹蹤踪軌轨軟软較较載载輸输辦办辭辞農农遠远遲迟遷迁選选遺遗\
    鄉乡醫医釋释鈴铃銀银鋪铺錢钱鍵键鏟铲門门閱阅隊队階阶隨随險险雖虽雙双雜杂離离難难雲云霧雾靜静韓韩頁页頂顶項项須须預预\
    領领額额顧顾類类風风飛飞飯饭飲饮館馆馬马駐驻驗验驚惊髮发鬧闹魚鱼鳥鸟麗丽麵面麼么黃黄齊齐龍龙龜龟亂乱亞亚併并佈布佔占\
    何何侶侣俠侠倆俩倉仓傑杰備备傘伞傷伤傾倾僅仅價价儀仪億亿儘尽兒儿別别劇剧劍剑勁劲動动勝胜勞劳勢势勵励區区協协卻却參参\
    叢丛啟启喚唤喪丧嗎吗嘆叹噴喷嚇吓嚴严圍围園园圓圆堅坚執执塊块壞坏壘垒夢梦夾夹奪夺奮奋婦妇媽妈學学孫孙寧宁實实審审專专\
    尋寻導导屆届屬属島岛師师帳帐帶带幹干幾几庫库廠厂廢废彌弥彎弯徑径恆恒悶闷惡恶愛爱態态慶庆憂忧憑凭憶忆懷怀戀恋戰战戲戏\
    採采換换揮挥損损搖摇搶抢擔担據据擠挤擴扩擺摆攝摄攜携攤摊數数斷断斬斩於于暈晕暫暂書书東东棄弃極极構构槍枪樓楼樣样樹树\
    橋桥檢检欄栏歐欧歲岁歷历殘残殺杀氣气決决沒没況况潔洁灣湾濕湿災灾為为無无煙烟熱热營营爾尔牆墙獎奖獨独獲获環环產产畢毕\
    異异當当療疗監监盤盘眼眼睜睁礎础禮礼稱称種种積积穩稳窗窗窮穷競竞筆笔簡简簽签籃篮糾纠紀纪約约紅红納纳純纯紐纽細细終终\
    綠绿維维綱纲緊紧緒绪練练緣缘罷罢義义習习聖圣聞闻脈脉脫脱腦脑臺台興兴舉举艱艰萬万著着蓋盖薦荐藍蓝術术衛卫衝冲見见親亲\
    觸触訴诉詢询誰谁請请諸诸謂谓豐丰貓猫賀贺贈赠車车軍军輛辆輪轮農农迴回逕径週周運运達达違违釘钉鐵铁鑰钥長长閒闲陰阴陽阳\
    陳陈陸陆雞鸡電电靠靠頓顿頸颈願愿餘余馀余鴨鸭鹽盐麥麦黨党點点鼓鼓齡龄駛驶騎骑騙骗髒脏鬚须鬥斗魔魔鮮鲜嘅嘅啲啲喺喺嗰嗰咗咗\
    冇冇佢佢乜乜睇睇揀拣擺摆搵揾嚟嚟淨净係系剩剩餸餸聚聚攞攞埋埋鬼鬼緩缓漸渐隱隐溫温滅灭濁浊滿满溶溶滾滚潤润瑣琐疊叠癒愈皺皱盡尽\
    矯矫磚砖稅税穿穿筆笔範范築筑糧粮絕绝絲丝綜综締缔緻致縣县縫缝繁繁繪绘纖纤罰罚翹翘聰聪肅肃膠胶臟脏蒼苍藏藏蘋苹號号裂裂製制\
    複复褲裤襲袭詩诗誠诚誕诞誘诱諒谅諾诺謎谜謹谨譜谱警警讚赞賞赏賬账質质購购賴赖躍跃軸轴輔辅輝辉辯辩邏逻郵邮鄰邻醜丑鎖锁鎮镇\
    鏈链鐘钟鑑鉴閥阀闆板闊阔陪陪隻只霸霸頒颁頗颇頰颊顆颗顫颤飄飘餅饼餐餐駕驾駱骆驅驱骨骨髦髦鬆松鯨鲸鴻鸿鹹咸齒齿籤签體体\
    凈净淸清衆众麽么爲为祇只衹只甚甚鈕钮縱纵闢辟幣币廈厦廟庙嬰婴孃娘嶼屿巖岩歸归毀毁漢汉滬沪滯滞濱滨瀏浏灘滩";
