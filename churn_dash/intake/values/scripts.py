"""Traditional characters to simplified ones, as far as headers and codes of a bank use them."""

from typing import overload

import polars as pl

_TRADITIONAL = (
    "號戶帳賬額齡別產業務資餘貸億萬類級層線網點機構經職稱標誌識電話證碼編續銷開關閉發達時間統計報數據積儲動態實際現狀學歷歲體"
    "滿償還債負費繳納轉換買賣筆總結營維護優質領導員隊週異義無沒財險風國區縣鄉鎮鋪紀錄記訂閱單貨幣匯價處專聯絡係繫與為過於對應"
    "邊並屬參輪確認預約問題調訴訪頻靜長銀個環節歸離庫終滅內協議給貢獻選擇劃試組隨觀規則驗檔寶礎壽傭雙變遷書畫圖場廣東蘇滬粵註"
    "衝擔憂極進穩輕飛熱連運讓從農廠車軍醫師幹復複審擊鐘鍾遞門該簽託蹤滙戸敗敍敘顧顯願響項順須頁韓飲駐驅髮魚黃齊龍臺灣兌簡讀寫"
    "訊設許訓詢詳誤說請諮謝責貴賀賃賓賞賠賦購贈贏趨軟載較輔輸辦適遲遺郵釋鑒鑑鏈錢鋼鐵隱難雜靈錯"
)
_SIMPLIFIED = (
    "号户账账额龄别产业务资余贷亿万类级层线网点机构经职称标志识电话证码编续销开关闭发达时间统计报数据积储动态实际现状学历岁体"
    "满偿还债负费缴纳转换买卖笔总结营维护优质领导员队周异义无没财险风国区县乡镇铺纪录记订阅单货币汇价处专联络系系与为过于对应"
    "边并属参轮确认预约问题调诉访频静长银个环节归离库终灭内协议给贡献选择划试组随观规则验档宝础寿佣双变迁书画图场广东苏沪粤注"
    "冲担忧极进稳轻飞热连运让从农厂车军医师干复复审击钟钟递门该签托踪汇户败叙叙顾显愿响项顺须页韩饮驻驱发鱼黄齐龙台湾兑简读写"
    "讯设许训询详误说请咨谢责贵贺赁宾赏赔赋购赠赢趋软载较辅输办适迟遗邮释鉴鉴链钱钢铁隐难杂灵错"
)
_PAIRS = dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True))
_TABLE = str.maketrans(_PAIRS)


@overload
def simplified(words: str) -> str: ...
@overload
def simplified(words: pl.Series) -> pl.Series: ...
def simplified(words: str | pl.Series) -> str | pl.Series:
    """Words for comparing: traditional characters become simplified ones; every other stays.

    >>> simplified("客戶號"), simplified(pl.Series(["帳號", "city"])).to_list()
    ('客户号', ['账号', 'city'])
    """
    if isinstance(words, str):
        return words.translate(_TABLE)
    return words.str.replace_many(list(_PAIRS), list(_PAIRS.values()))
