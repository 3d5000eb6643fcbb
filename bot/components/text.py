"""Folding of typed text. One character in, one character out: positions in the folded text hold in the original."""

_FULL_WIDTH: dict[int, int] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_UPPER_CASE: dict[int, int] = {code: code + 0x20 for code in range(ord("A"), ord("Z") + 1)}
_FULL_WIDTH_UPPER: dict[int, int] = {code: code - 0xFEE0 + 0x20 for code in range(0xFF21, 0xFF3B)}
_DASHES_AND_BLANKS: dict[int, int] = {
    **{ord(dash): ord("-") for dash in "‐‑‒–—―−"},
    **{ord(blank): ord(" ") for blank in "\u3000\u00a0\t\r\n"},
}

# Traditional characters that turn up in such messages, each followed by its simplified form.
_TRADITIONAL_PAIRS = (
    "來来個个們们價价劉刘務务區区吳吴員员問问單单嗎吗園园報报場场塊块壓压壞坏夠够奪夺婦妇嬰婴學学實实寫写將将專专尋寻對对導导層层屬属島岛嶺岭師师帶带幣币幫帮幾几庫库廠厂廣广廳厅張张強强彈弹後后從从復复徵征"
    "恆恒悶闷惡恶惱恼愛爱態态慣惯慶庆應应懷怀戶户掃扫掛挂採采換换損损搖摇摺折撥拨擇择擊击擔担據据擾扰攝摄敗败數数斷断於于時时暫暂曬晒書书會会東东棟栋楊杨業业極极構构槍枪樓楼標标樣样樹树橋桥機机檔档檢检櫃柜"
    "權权歡欢歲岁歷历歸归殘残殺杀毀毁氣气決决沒没沖冲況况涼凉淨净淺浅減减測测渾浑溝沟溫温滅灭滾滚滿满潔洁潛潜潤润澀涩濃浓濕湿濾滤灑洒灣湾災灾為为無无煙烟煩烦熱热燈灯燒烧營营爐炉爛烂爾尔牆墙牽牵犧牺狀状猶犹"
    "獎奖獨独現现瑪玛環环產产畢毕畫画異异當当療疗癢痒發发皺皱盜盗盡尽監监盤盘眾众矯矫確确碼码礙碍祿禄禍祸禮礼稅税種种稱称穀谷積积穩稳窮穷竄窜競竞筆笔節节範范築筑篩筛簡简簽签糧粮糾纠紀纪約约紅红納纳純纯紙纸"
    "級级紛纷細细紹绍終终組组結结絕绝絡络給给統统絲丝經经綜综綠绿綫线維维網网緊紧緒绪線线緣缘編编緩缓縣县縫缝縮缩總总織织繞绕繳缴繼继續续罰罚罷罢羅罗聖圣聞闻聯联聰聪聲声職职聼听聽听肅肃腦脑腫肿膚肤膠胶臉脸"
    "臨临臺台與与興兴舊旧艙舱艱艰艷艳荊荆莊庄華华萬万葉叶蓋盖薦荐藍蓝蘇苏蘭兰處处虛虚號号蝕蚀蟲虫術术衛卫衝冲裏里補补裝装裡里製制複复襯衬襲袭見见規规視视親亲覺觉觀观觸触訂订計计訊讯訓训託托記记訪访設设許许"
    "訴诉診诊評评詞词詢询試试話话該该詳详誇夸誌志認认語语誠诚誤误說说誰谁課课調调談谈請请論论諮咨諷讽諾诺謊谎講讲謝谢謹谨證证識识譯译議议護护讀读變变讓让讚赞豐丰豬猪貓猫負负財财貨货販贩責责貴贵買买費费資资"
    "賓宾賠赔賣卖質质賬账賴赖賺赚購购賽赛贈赠贊赞趕赶趙赵跡迹踐践躍跃軌轨軍军軟软較较載载輕轻輛辆輪轮輸输轄辖轉转辦办農农迴回逕径這这連连週周進进遊游運运過过達达違违遜逊遞递遠远適适遲迟選选遺遗還还邊边邏逻"
    "郵邮鄉乡鄭郑鄰邻醫医釋释釘钉針针鈴铃銀银銅铜銷销鋁铝鋒锋鋪铺鋼钢錄录錢钱錯错錶表鍋锅鍵键鎮镇鏡镜鐘钟鐵铁鑰钥長长門门閃闪閉闭開开閒闲間间閘闸閣阁閱阅闆板闊阔關关陰阴陳陈陽阳隊队階阶際际隨随險险隱隐隻只"
    "雖虽雙双雜杂離离難难雲云電电霧雾靈灵靜静韓韩響响頁页頂顶項项順顺須须預预領领頭头頸颈頹颓頻频顆颗題题額额顏颜願愿顛颠類类顧顾顯显風风飄飘飛飞飯饭飲饮餅饼養养餘余館馆馬马馮冯駁驳駕驾騎骑騙骗騷骚驗验驚惊"
    "髒脏體体髮发鬆松鬧闹鬱郁魚鱼鮮鲜鳥鸟麗丽麥麦麵面麼么麽么黃黄點点黨党黴霉齊齐齒齿齡龄齣出龍龙"
)
_TRADITIONAL: dict[int, int] = {
    ord(_TRADITIONAL_PAIRS[i]): ord(_TRADITIONAL_PAIRS[i + 1]) for i in range(0, len(_TRADITIONAL_PAIRS), 2)
}
_FOLDING = {**_FULL_WIDTH, **_UPPER_CASE, **_FULL_WIDTH_UPPER, **_DASHES_AND_BLANKS, **_TRADITIONAL}


def fold(text: str) -> str:
    """The text in half-width, lower-case ASCII and simplified characters; its length stays as it is."""
    return text.translate(_FOLDING)
