"""Which Chinese encoding a text is in, by how common its characters are. What is public knowledge of common characters stands here.

Two measures are added: the share of characters among the most common of either script or of a bank's headers, and the share in the
first, more frequent level of the encoding's own table (GB 2312 level 1, Big5 level 1).
"""

import codecs

_SIMPLIFIED = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都"
    "同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问"
    "很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处"
    "走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展"
    "科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取格望觉术领共确传师观清今切院让识候带导争运"
)
_TRADITIONAL = (
    "這個們來為國說時會對過發後裡裏經學現當沒動還進種樣開實軍無與長機關點業將兩間問戰應頭體見產員東聲門兒話給論處義幾認條係氣題爾別變總電數報結"
    "務場計資許統區隊決書則聽達強難權設記類據邊張該規萬術領確傳師觀讓識帶導爭運從麼於著愛歡聯網華團際線轉質選隨續織單據歷專較參買賣請館醫觸樂"
)
_BANK = (
    "客户号姓名性别年龄出生日期手机电话证件类型职业学历教育婚姻状态收入城市省份地址支行分行网点机构经理编号账号卡号账户种类币种余额存款贷款理财基金保险"
    "信用额度逾期利率金额交易笔数渠道柜台次均末初季资产负债流失标志是否等级层级积分开销户备注男女未知已婚有效无效活跃沉睡睡眠正常冻结注销普通白金钻石"
    "贵宾私人财富代发工资万元人民币风险偏好稳健进取保守平衡满意投诉营销授权净流入估值变动登录到店扣款零售对公储蓄定期活期结清核销"
    "客戶號證類業歷態縣址構經編帳賬卡戶種幣餘額貸財險逾筆數櫃檯臺產負債誌標級層積開銷備註婚躍凍結註銷鑽貴賓發資幣風險穩進衡滿訴營淨變動錄儲蓄"
    "區鄉鎮電話網"
)
_PLACES = (
    "北京上海天津重庆广州深圳东莞佛山珠海汕头杭州宁波温州绍兴嘉兴金华台州南京苏州无锡常州徐州扬州南通武汉宜昌襄阳成都绵阳西安咸阳长沙株洲湘潭郑州洛阳开封"
    "青岛济南烟台潍坊威海厦门福州泉州漳州合肥芜湖沈阳大连鞍山哈尔滨齐大庆长春吉林昆明贵阳遵义宁桂林柳州昌九江赣太原同石家庄唐保定邯郸乌鲁木齐兰银川呼和浩特"
    "包头口三亚拉萨河辽黑龙江苏浙安徽福建湖四云陕甘肃青藏内蒙古新疆夏海省市县区"
    "臺北高雄中南竹桃園基隆嘉義屏彰化宜蘭花蓮苗栗雲林香港九龍澳門廣東慶圳蘇漢長沙鄭島濟廈瀋陽連爾濱貴銀"
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔"
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許呂盧蔣賈葉閻鍾範譚鄒陸"
)
COMMON = frozenset(_SIMPLIFIED + _TRADITIONAL + _BANK + _PLACES)
_PUNCTUATION = frozenset("，。、；：？！“”‘’（）《》【】—…·￥％－／　")

_LEVEL_1 = {"gb18030": (range(0xB0, 0xD8), range(0xA1, 0xFF)), "big5hkscs": (range(0xA4, 0xC7), range(0x40, 0xFF))}


def score(data: bytes, codec: str) -> float:
    """How much the bytes look like Chinese in ``gb18030`` or ``big5hkscs``: −1 to 2; 0 where nothing is beyond ASCII.

    A last character cut in two is passed over; bytes that the codec cannot read count as −1.

    >>> text = "客户号,城市\\n1,上海\\n"
    >>> score(text.encode("gb18030"), "gb18030") > 1.5 > score(text.encode("gb18030"), "big5hkscs")
    True
    """
    try:
        text = codecs.getincrementaldecoder(codec)("strict").decode(data)
    except UnicodeDecodeError:
        return -1.0
    beyond = [c for c in text if c > "\x7f"]
    if not beyond:
        return 0.0
    leads, trails = _LEVEL_1[codec]
    points = 0.0
    for char, n in {c: beyond.count(c) for c in set(beyond)}.items():
        code = char.encode(codec, "replace")
        if char in COMMON or char in _PUNCTUATION or "\uff01" <= char <= "\uff5e":
            points += 2 * n
        elif len(code) == 2 and code[0] in leads and code[1] in trails:
            points += 0.6 * n
        elif not "\u4e00" <= char <= "\u9fff":
            points -= 0.5 * n
    return points / len(beyond)
