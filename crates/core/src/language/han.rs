//! Traditional and simplified characters: the everyday ones, and those of video editing.

use std::cmp::Ordering;

/// A traditional character and its simplified form, again and again, in the order of the traditional
/// ones. Every character takes three bytes, a pair takes six.
const PAIRS: &str = "\
    並并來来個个們们側侧傑杰備备傳传傷伤傾倾僅仅價价儀仪億亿償偿優优儲储兒儿內内兩两\
    冊册凍冻凱凯別别刪删則则剛刚創创劃划劇剧劍剑勁劲動动務务勝胜勞劳勢势匯汇區区協协\
    卻却厭厌吳吴呂吕員员問问啓启啞哑啟启喚唤單单嗎吗嘆叹嘗尝噴喷嚴严國国圍围園园圓圆\
    圖图團团堅坚報报場场塊块塵尘墊垫壓压壞坏壯壮夠够夢梦夾夹奪夺奮奋婦妇媽妈嬰婴孫孙\
    學学實实寧宁審审寫写寬宽將将專专對对導导屆届層层屬属島岛師师帳帐帶带幀帧幣币幫帮\
    幹干幾几庫库廠厂廢废廣广張张強强彈弹彙汇後后徑径從从復复徹彻愛爱態态憶忆應应懷怀\
    懸悬戰战戲戏戶户掃扫掛挂揚扬換换損损搖摇搶抢撥拨擇择擊击擋挡據据擴扩擺摆攝摄敗败\
    敘叙數数斷断於于昇升時时晝昼暈晕暫暂曉晓曬晒書书會会東东條条棄弃業业極极樂乐樓楼\
    標标樣样樹树橋桥機机橫横檔档檢检檯台櫃柜欄栏欽钦歐欧歡欢歲岁歷历殘残毀毁氣气決决\
    沒没況况涼凉淚泪淨净淺浅減减測测湊凑準准溫温滅灭滲渗滾滚滿满漢汉漲涨潔洁濕湿濾滤\
    瀏浏灑洒灣湾災灾為为烏乌無无煙烟煩烦熱热燈灯燒烧燦灿爍烁爐炉爾尔牆墙牽牵狀状狹狭\
    獎奖獨独獲获獻献現现瑪玛環环產产畝亩畢毕畫画異异當当痠酸療疗發发皺皱盜盗盞盏盡尽\
    監监盤盘眾众矯矫確确碼码磚砖礎础祕秘禮礼種种稱称積积穩稳窮穷競竞筆笔節节築筑簡简\
    簽签籃篮粵粤糧粮紀纪紅红納纳純纯紙纸級级細细終终組组結结絡络給给統统絲丝綁绑經经\
    綜综綠绿維维綱纲網网緊紧緒绪線线緣缘編编緩缓練练縣县縫缝縮缩總总績绩織织繞绕繪绘\
    繼继續续纖纤罰罚罷罢羅罗義义習习聖圣聞闻聯联聰聪聲声職职聽听肅肃脫脱腦脑腳脚膠胶\
    臉脸臨临臺台與与舉举舊旧艙舱莊庄華华蓋盖蔣蒋蕩荡藍蓝藝艺藥药蘇苏蘭兰處处號号螢萤\
    蟲虫蠟蜡衆众術术衝冲裏里補补裝装裡里製制複复襯衬見见規规視视親亲覺觉覽览觀观訂订\
    計计訊讯訓训記记訪访設设許许訴诉註注評评詞词詢询試试詩诗話话該该詳详誇夸誌志認认\
    誕诞語语誠诚誤误說说誰谁課课調调談谈請请論论諸诸謊谎講讲謝谢證证識识譜谱譯译議议\
    護护譽誉讀读變变讓让讚赞豐丰貓猫貝贝負负貨货貫贯責责貴贵買买費费貼贴賀贺資资賓宾\
    賞赏賣卖質质賬账賽赛贈赠贏赢趕赶趙赵跡迹蹤踪躍跃車车軌轨軟软軸轴較较載载輕轻輛辆\
    輪轮輯辑輸输轉转轟轰辦办辭辞農农這这連连週周進进遊游運运過过達达遞递遠远適适遲迟\
    選选遺遗邁迈還还邊边邏逻郵邮鄉乡鄭郑鄰邻醫医醬酱釋释針针釣钓鈴铃鉛铅鉤钩銀银銳锐\
    銷销鋼钢錄录錘锤錢钱錦锦錯错錶表鍊炼鍋锅鍵键鍾钟鎖锁鎮镇鏈链鏟铲鏡镜鐘钟鐵铁鑽钻\
    長长門门閃闪閉闭開开閒闲間间閱阅闆板闊阔關关陣阵陰阴陳陈陸陆陽阳隊队際际隨随隱隐\
    隻只雖虽雙双雜杂雞鸡離离難难雲云電电靈灵靜静韓韩韻韵響响頁页頂顶項项順顺須须預预\
    頒颁頓顿頗颇領领頭头頻频顆颗題题額额顏颜願愿顛颠類类顧顾顫颤顯显風风飄飘飛飞飯饭\
    飲饮飽饱飾饰餅饼養养餘余館馆餵喂馬马駕驾駛驶騎骑驅驱驗验驚惊體体髮发鬆松鬍胡鬥斗\
    鬧闹鬱郁魚鱼鮮鲜鳥鸟鴨鸭鹹咸鹽盐麗丽麥麦麵面麼么黃黄點点齊齐齒齿齡龄龍龙";

const CHARACTER: usize = 3;
const PAIR: usize = 2 * CHARACTER;

/// Simplified forms that traditional texts use too, so they tell nothing.
const SHARED: &str = "后里余制松才面云周布采向准划志游表板只郁复干斗胡注升于冲台汇发";

/// The simplified form of a traditional character; every other character as it is.
pub(crate) fn simplified(c: char) -> char {
    let mut bytes = [0; 4];
    let wanted: &str = c.encode_utf8(&mut bytes);
    if wanted.len() != CHARACTER {
        return c;
    }
    let (mut low, mut high) = (0, PAIRS.len() / PAIR);
    while low < high {
        let middle = low.midpoint(high);
        let pair = &PAIRS[middle * PAIR..(middle + 1) * PAIR];
        match pair[..CHARACTER].cmp(wanted) {
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
            Ordering::Equal => return pair[CHARACTER..].chars().next().unwrap_or(c),
        }
    }
    c
}

/// Whether only simplified texts write this character.
pub(super) fn is_simplified_only(c: char) -> bool {
    PAIRS.chars().skip(1).step_by(2).any(|form| form == c) && !SHARED.contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_its_forms_are_final() {
        assert!(PAIRS.chars().all(|c| c.len_utf8() == CHARACTER));
        let traditional: Vec<char> = PAIRS.chars().step_by(2).collect();
        let forms: Vec<char> = PAIRS.chars().skip(1).step_by(2).collect();
        assert!(traditional.is_sorted_by(|a, b| a < b));
        assert_eq!(traditional.iter().map(|c| simplified(*c)).collect::<Vec<_>>(), forms);
        assert!(forms.iter().all(|c| simplified(*c) == *c));
    }

    #[test]
    fn other_characters_stay() {
        for c in ['a', 'é', '导', '🙂', '\u{10ffff}'] {
            assert_eq!(simplified(c), c);
        }
        assert_eq!(simplified('匯'), '汇');
    }
}
