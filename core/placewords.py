"""Places as people write them: which city a line means, and whether it holds an address.

City level is all that is ever kept (docs/red-lines.md): whatever is finer is dropped here, before
anybody stores it. The list of cities helps to read; a city that is not in it is asked back.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# The longest name of a city that is looked for.
LONGEST = 10

_CITY_END = "市"
_PROVINCE_NAMES = """
河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州
云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆
"""
_CITY_NAMES = """
北京 上海 天津 重庆 香港 澳门 石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水
太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯
呼伦贝尔 巴彦淖尔 乌兰察布 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳
葫芦岛 长春 吉林 四平 辽源 通化 白山 松原 白城 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春
佳木斯 七台河 牡丹江 黑河 绥化 南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州
宿迁 昆山 江阴 常熟 张家港 太仓 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌
慈溪 余姚 永康 诸暨 海宁 桐乡 温岭 乐清 瑞安 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山
滁州 阜阳 宿州 六安 亳州 池州 宣城 福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 晋江 石狮
南安 福清 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶 济南 青岛 淄博 枣庄 东营
烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡
焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 济源 武汉 黄石 十堰 宜昌 襄阳 鄂州
荆门 孝感 荆州 黄冈 咸宁 随州 恩施 仙桃 潜江 天门 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界
益阳 郴州 永州 怀化 娄底 吉首 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州
汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林
百色 贺州 河池 来宾 崇左 海口 三亚 儋州 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山
南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 西昌 贵阳 六盘水 遵义 安顺 毕节 铜仁 凯里 都匀 兴义
昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 蒙自 文山 景洪 大理 瑞丽 拉萨 日喀则 昌都 林芝
山南 那曲 西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛 兰州 嘉峪关 金昌 白银 天水 武威
张掖 平凉 酒泉 庆阳 定西 陇南 西宁 海东 格尔木 银川 石嘴山 吴忠 固原 中卫 乌鲁木齐 克拉玛依
吐鲁番 哈密 昌吉 库尔勒 阿克苏 喀什 和田 伊宁 石河子 台北 高雄 新加坡
"""
_PROVINCES = _PROVINCE_NAMES.split()
_CITIES = frozenset(_CITY_NAMES.split())

_PROVINCE = re.compile(
    rf"^(?:中国)?(?:{'|'.join(_PROVINCES)})(?:省|(?:壮族|回族|维吾尔)?自治区)?的?(?=..)"
)
# What people write around the name of a place.
_BEFORE = re.compile(
    r"^(?:我们?|俺们?|要|想|准备|打算|这就|马上|已经|现在|就|又|先|再|坐车|坐火车|的?火车|的?车票?|"
    r"出发|动身|走了?|去了?|到了?|往|上|回|奔|在|来了?|换到?了?|改成|搬到?了?|人)+"
)
_AFTER = re.compile(
    r"(?:打工|上班|干活|做工|找活|务工|做事|那边|那里|这边|这里|厂里|工地|出发|动身|走|去|了|的|啦|吧|呢|"
    r"呀|啊)+$"
)
_TOLD_PLACE = re.compile(r"(?:去|到|往|在|来|换|回)(?P<place>[^去到往在来换回].*)")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,6}")
# What somebody says who is talking of something else; no city has these in its name.
_TALK = re.compile(r"[我你他她您吗呢啊不没么怎]")
_MARKS = re.compile(r"[\s，,。.、；;：:！!？?「」“”\"'()（）~～…-]+")
# What is finer than a city.
_FINER = re.compile(
    r"区|县|镇|乡|街|路|巷|弄|胡同|村|屯|组|园|小区|花园|大厦|号|栋|幢|楼|室|单元|宿舍|厂|公司|工地|店|"
    r"旁|对面|附近|\d"
)
# A house or a room, whose number must not be taken for a day.
_HOUSE = re.compile(
    r"(?<=[路街巷弄道同里村组园区镇])\s*\d+\s*(?:号|弄|栋|幢|组)?|"
    r"\d+\s*(?:栋|幢|单元|号楼|弄|室|组)"
)
# An address, in a line that is about something else: a house, a room, a street with a number, or
# two levels below the city. A day (20号) and the name of a village alone are none.
_ADDRESS = re.compile(
    r"(?:路|街|巷|弄|道|胡同|里|村|组|园)\s*\d+\s*(?:号|弄|栋|幢|组)?|\d+\s*(?:栋|幢|单元|号楼|弄|室|组)|"
    r"(?:市|区|县|镇|乡|街道).{0,8}(?:街道|镇|乡|大道|路|街|巷|村|小区|花园|园区|大厦)|"
    r"收件人|收货人|邮编|门牌|地址是|地址[:：]|寄到.{2,}(?:区|县|镇|乡|路|街|村|园|厂|楼|号)"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A city that was named. ``is_known`` says that it is one we know, not just some words.

    ``had_more`` says that something finer stood beside it, which is dropped.
    """

    city: str
    is_known: bool
    had_more: bool = False


def bare_city(city: str) -> str:
    """Return the name of a city without 市."""
    plain = city.strip()
    return plain.removesuffix(_CITY_END) if len(plain) > len(_CITY_END) + 1 else plain


def has_address(text: str) -> bool:
    """Whether a line holds an address."""
    return _ADDRESS.search(unicodedata.normalize("NFKC", text)) is not None


def without_houses(text: str) -> str:
    """Return a line without the numbers of houses and rooms."""
    return _HOUSE.sub(" ", text)


def find_city(text: str, known: Iterable[str] = ()) -> Place | None:
    """Return the city that ``text`` means, None when it names none, or only a province.

    ``known`` are cities that the caller knows besides those of the list (with or without 市).
    """
    names = _CITIES | {bare_city(city) for city in known if city}
    plain = _MARKS.sub("", unicodedata.normalize("NFKC", text))
    told = _TOLD_PLACE.search(plain)
    for words in (told["place"] if told else "", plain):
        stripped = _PROVINCE.sub("", _BEFORE.sub("", words))
        found = _listed(_PROVINCE.sub("", words), names) or _listed(stripped, names)
        found = found or _other(_AFTER.sub("", stripped))
        if found is not None:
            return found
    return None


def _listed(words: str, names: frozenset[str] | set[str]) -> Place | None:
    """Return the first city of ``names`` in ``words``, the longest where several begin."""
    for start in range(len(words)):
        for end in range(min(len(words), start + LONGEST), start + 1, -1):
            if words[start:end] in names:
                rest = words[end:].removeprefix(_CITY_END)
                return Place(
                    words[start:end], True, _FINER.search(_AFTER.sub("", rest)) is not None
                )
    return None


def _other(words: str) -> Place | None:
    """Return a city that no list has, when the words can be the name of one."""
    city, mark, rest = words.partition(_CITY_END)
    if not mark:
        rest = ""
    if (
        not _NAME.fullmatch(city)
        or _TALK.search(city)
        or city in _PROVINCES
        or (not mark and _finer_name(city))
    ):
        return None
    return Place(city, False, bool(_FINER.search(rest)))


def _finer_name(words: str) -> bool:
    """Whether words are something finer than a city; a county alone stands for one."""
    return _FINER.search(words.removesuffix("县")) is not None
