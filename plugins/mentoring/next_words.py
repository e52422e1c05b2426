r"""The words of the next contact (再打, 下次): days, days by custom, what is no day. Tables only.

A name that was read already stands as \x00.
"""

import re

_HIM = r"(?:他|她)"

# What makes a day the next one: "in a month again", "next time on Friday", "in three days".
AGAIN = re.compile(
    rf"(?<!说)(?<!不)(?<!没)(?<!别)(?<!不用)(?:(?:我|咱|俺|才)(?=再))?再次?(?:当面|好好|细细|慢慢)?(?:给|跟|找|和|去|来)?(?:{_HIM}|\x00+)?"
    rf"(?:打|联系|联络|聊|问|试|说|看|找|谈|见|通话|发|视频|语音|微信|约)"
    rf"(?:个?电话|个?视频|个?微信)?(?:{_HIM}|\x00+|看|试|问|聊)?(?:一次|一下|一遍|吧|看)*(?!给我|过来|现)"
)
NEXT_TIME = re.compile(
    r"(?<!等)(?<!一)下[次回](?:再?联系)?(?:在|是|定在|约在|约好|约|大概|可能|估计|争取|要|得|等)*\s*(?![说见聊])"
)
# A day ahead without 再: after a while (隔半个月联系一次), or as the other asked (叫我28号打).
WITHOUT_AGAIN = (
    re.compile(
        r"(?:答应|说好|讲好|定好|商量好)(?:了|在|等|他|她|我)*(?P<when>[^\s，。\x00]{2,8}?)"
        r"(?:再|给|跟|打|视频|语音|聊|见|联系|回话|答复)"
    ),
    re.compile(
        r"约[了好到在]*(?P<when>[^\s，。\x00]{2,8}?)(?:再|打|视频|语音|聊|见|谈|联系|通话|电话)"
    ),
    re.compile(
        r"(?P<when>[隔过](?!了)[^\s，。\x00]{1,5}?(?:天|周|月|期|拜|阵子?|时间)后?)(?:联系|打|问|聊)"
    ),
    re.compile(
        r"[叫让约](?:我|俺)(?:等)?(?P<when>[^\s，。\x00]{2,8}?)(?:打|联系|找|给(?:他|她)打|发)"
    ),
)
# Before words by custom this makes them part of another time (15号以后).
OF_A_TIME = re.compile(r"[\d一二三四五六七八九十号日月周天期拜年节点]$")
# A day told before is meant; a promise kept since is no next day (让我晚上打 晚上又打).
THEN = re.compile(r"(?:到时候?|到那天|那天|那时候?)[我就]*$")
DONE_SINCE = re.compile(r"[又就](?:给|跟)?(?:他|她|\x00+)?打|后来|打过去")
NEXT_MONTH = re.compile(r"下个?月[初头]?")
# A month alone: its first working day, as for 下月.
IN_MONTH = re.compile(r"(?P<n>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?[初头]?")
NEXT_WEEK = re.compile(r"(?P<far>下)?下个?(?:周|星期|礼拜)")
_AFTER = r"(?P<after>(?:之|以|过)?后)?"
IN_DAYS = re.compile(rf"[过等隔]?(?P<n>\d{{1,3}}|[一二两三四五六七八九十]{{1,3}})天{_AFTER}")
IN_WEEKS = re.compile(rf"[过等隔]?(?P<n>\d{{1,2}}|[一二两三四])个?(?:周|星期|礼拜){_AFTER}")
IN_MONTHS = re.compile(rf"[过等隔]?(?P<n>\d{{1,2}}|[一二两三四五六])个月{_AFTER}")
HALF_MONTH = re.compile(rf"[过等隔]?半个?月{_AFTER}")
TWO = "两"
TWO_PLAIN = "二"
AHEAD = "下"

# Around a day that is named all the same (6月1日前再联系, 月底前后再打).
AROUND = re.compile(
    r"(?:之前|以前|前后|左右|以后|之后|过后|前|的?时候|那[天会]儿?|上午|中午|下午|晚上|早上|回[来家村乡])$"
)
LEAD = re.compile(
    r"^(?:不行就?|要不|那就?|就|我|先|等到?|到了?|约在?|约好|定在|放在?|让我|叫我|争取)+"
)

# Days by custom: so many days from today. Said back with the answer, so that nobody is misled.
BY_CUSTOM: tuple[tuple[re.Pattern[str], int], ...] = (
    (
        re.compile(
            r"(?:等|过)?(?:一?会儿?|下)|今?晚上?|今晚|下午|傍晚|夜里|晚点|待会儿?|下了?班后?"
        ),
        1,
    ),
    (re.compile(r"(?:等|过|隔)[几些]天儿?|[过隔]个?[三四两]?[三四五]五?天|[这近]几天|这两天"), 3),
    (
        re.compile(r"改天|改日|回头|有空|得空|抽空|抽时间|有时间|哪天(?:有空)?|(?:忙完)?过后|以后"),
        7,
    ),
    (
        re.compile(
            r"过(?:上)?一?(?:阵|段)(?:子|时间|日子)?|过些(?:日子|时候|时间)|隔一?(?:阵|段)(?:子|时间)?"
        ),
        14,
    ),
)
# Parts of a month, and the day that stands for them; the end is its last day.
PART_OF_MONTH = re.compile(
    r"(?:(?P<which>[这本下])个?|(?P<n>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九]))?月(?:份)?"
    r"(?P<part>上旬|中旬|下旬|中|初|头)|(?P<bare>[上中下]旬)"
)
PART_DAYS = {"上旬": 1, "初": 1, "头": 1, "中旬": 15, "中": 15, "下旬": 25}
WEEKEND = re.compile(r"(?P<next>下)?个?(?:周末|星期末|礼拜末)")
# Feasts as days that can be read; 清明 falls on 4 April in some years, nobody counts the days.
FEASTS = {
    "端午": "农历五月初五",
    "中秋": "农历八月十五",
    "重阳": "农历九月初九",
    "清明": "4月5日",
    "五一": "5月1日",
    "劳动节": "5月1日",
    "七一": "7月1日",
    "国庆": "10月1日",
    "十一": "10月1日",
    "腊月": "腊月初一",
}
FEAST_END = re.compile(r"(?:节|里|的时候)$")

# Words before 再打 that speak of no time (他说还要再打, 没人接再打).
NO_TIME = re.compile(
    r"^(?:我|你|他|她|还|会|要|得|可以|不行|实在|只好|只能|没法|又|都|也|想|说|准备|打算|的|了|吧|那|然后|后来)*$"
    r"|[打拨]了|[接通]|没人|不[要用想]|别|关机|停机|占线|空号"
)
# 再说 and 再看 put off many a thing: only something that is to happen first makes them a day.
PUTS_OFF = re.compile(r"再[说看]")
FIRST_HAPPENS = re.compile(r"[了完]|等|回来|回家|时候|以后|之后")
# What is waited for, and no day: it has to be asked for.
WAITED = re.compile(
    r"(?:等|待)[^\s，。、,；;]{0,12}$|[^\s，。、,；;\x00]{0,6}(?:完[了这]?[^\s，。、,；;]{0,3}|以后|之后|过后)$"
    r"|(?:暑假|寒假|放假|开学|开春|入[春夏秋冬]|秋后|农闲|农忙|麦[收口]|[秋夏]收|双抢|年[后前底]|过[完了]?年|春节|正月"
    r"|节后|节前|[春夏秋冬]天|[上下]半年|年中|忙过)[^\s，。、,；;]{0,4}$"
)
