"""Words of 推送 计划, 推送 停到 and 推送 接着: how people say rhythm, hour, series, form, pauses.

Tables and patterns only.
"""

import re

from models.enums import Form, PauseKind

PLAN = "推送 计划"
PLAN_ALIASES = ("发学习 计划", "学习计划", "推送计划")
PAUSE = "推送 停"
PAUSE_UNTIL = "推送 停到"
PAUSE_UNTIL_ALIASES = ("推送 停至", "推送 先停到")
RESUME = "推送 接着"
RESUME_ALIASES = ("推送 接着发", "推送 恢复")
# What the arguments are called in the help.
ARGUMENTS_PLAN = "王家村 周三晚上7点 一次2篇 两周一次 长图"
ARGUMENTS_PAUSE = "农忙 5月20日到6月15日"
ARGUMENTS_UNTIL = "3月1日"
ARGUMENTS_UNIT = "王家村"

_N = r"[1-9]|[一二两三四五六七八九十]"
NUMBERS = {word: number for number, word in enumerate("一二三四五六七八九十", 1)} | {
    "两": 2,
    "半": 2,
}

# More than one digest a week: 一周两次, 每天, 隔天, 三天一次.
TOO_OFTEN = re.compile(
    rf"(?:每|一|1)?个?(?:周|星期|礼拜)(?:[2-9]|[二两三四五六七八九几多])(?:次|回|遍)"
    rf"|每天|天天|每日|隔天|隔日|(?:{_N})天(?:一|1)?(?:次|回)|每(?:{_N})天"
)
# 每周一次, 两周一次, 隔周, 半个月一次, 一个月一次: weeks between two digests.
RHYTHM = re.compile(
    rf"(?:每|隔)?(?P<weeks>{_N})?个?(?:周|星期|礼拜)(?:才|只)?发?(?:一|1)(?:次|回|期)"
    r"|(?P<other>隔(?:一|1)?个?(?:周|星期|礼拜)(?![一二三四五六日天1-7])(?:发)?)"
    rf"|每(?P<every>[2-9]|[二两三四五六七八九十])个?(?:周|星期|礼拜)(?:一次)?"
    r"|(?P<half>半个?月(?:一次|一回)?)|(?P<month>(?:每|一|1)个?月(?:一次|一回)?)"
)
OTHER_WEEK_MARK = "隔"
OTHER_WEEK, HALF_MONTH_WEEKS, MONTH_WEEKS, WEEKS_MOST = 2, 2, 4, 8
WEEKDAY = re.compile(r"(?:每?个?(?:周|星期|礼拜))(?P<day>[一二三四五六日天1-7])")
WEEKDAYS = {word: n for n, both in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天7"))
            for word in both}  # fmt: skip
WEEKDAY_NAMES = "一二三四五六日"
PIECES = re.compile(
    rf"(?:一次|每次|一回|每回|1次)(?:发|看)?(?P<n>\d{{1,2}}|{_N})\s*(?:篇|件|条|课|个|份)"
)
SERIES_WORD = "系列"
ALL_SERIES = re.compile(
    r"(?:全部|所有)(?:的)?(?:系列|内容|课)|(?:什么|啥)都发|全都发|轮着(?:来|发)"
)
SERIES = re.compile(
    r"系列[是为:：]?\s*(?P<after>[^\s，,。]+)|(?P<before>[^\s，,。]+?)(?:这[两三几]个|两个)?系列"
)
SERIES_BREAKS = re.compile(r"[、，,和跟]")
# Stands for a series that was named in full while the rest of a line is read.
NAMED = "\ufffc"
# Left of a line when series were taken out of it.
SERIES_LEFT = re.compile(r"系列|[和跟]")
HOLIDAYS_GO_ON = re.compile(r"(?:放假|节假日|假期|过节)(?:那天|的时候)?(?:也|照样|照常|照)发")
HOLIDAYS_SKIP = re.compile(r"(?:放假|节假日|假期|过节)(?:那天|的时候)?(?:就|都)?(?:不发|停|跳过)")
STOP = re.compile(r"(?:都|先|暂时)?(?:不发了|不发|停发|别发)(?:了)?")
GO = re.compile(r"照常发|恢复发|接着发|又发")
FORMS: tuple[tuple[re.Pattern[str], Form], ...] = (
    (re.compile(r"长图|图片|发图"), Form.PICTURE),
    (re.compile(r"合并转发|转发|聊天记录"), Form.FORWARD),
    (re.compile(r"文件"), Form.FILE),
    (re.compile(r"文字|短文|打字"), Form.TEXT),
)
VOICE = re.compile(r"语音|录音")

# 跟乡里一样, 时间跟上面一样.
LIKE_ABOVE = re.compile(
    r"(?P<what>时间|日子|哪天|几点|内容|系列|篇数|几篇|多久|样子|形式|放假)?(?:也|都|全|全都|还是|改回)*"
    r"(?:(?:跟|和|同)[^\s，,。]{0,12}?一样|照(?:着)?(?:上面|乡里|县里|村里|支部|原来|默认)(?:的)?(?:走|来|发)?"
    r"|恢复默认)"
)
COLUMNS_BY_WORD: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("时间", "日子", "哪天", "几点"), ("weekday", "hour", "minute")),
    **dict.fromkeys(("内容", "系列"), ("series",)),
    **dict.fromkeys(("篇数", "几篇"), ("pieces",)),
    "多久": ("every_weeks",),
    **dict.fromkeys(("样子", "形式"), ("form",)),
    "放假": ("skips_holidays",),
}
# Words around what counts, of no meaning of their own.
FILLERS = re.compile(
    r"[\s，,。、；;:：]+|改成|改为|改到|换成|定在|定成|只发|就发|每周|一次|发|都|用|的|吧|请"
)
EVENING = frozenset({"晚上", "夜里"})
PLACE_END = ("村", "乡", "镇", "县", "支部", "群", "街道")

LIST_MARK = "、"

# Pauses.
KINDS: tuple[tuple[re.Pattern[str], PauseKind], ...] = (
    (
        re.compile(r"农忙|大忙|收麦|收稻|秋收|夏收|双抢|抢收|抢种|插秧|收割|春耕|秋种"),
        PauseKind.HARVEST,
    ),
    (re.compile(r"过年|春节|过节|庙会|放假|中秋|国庆"), PauseKind.FEAST),
)
UNTIL = re.compile(r"^(?:先)?停?(?:到|至)")
SPAN_MARK = re.compile(r"[到至~～—]+|(?<=[日号])[-－]")
PAUSE_FILLERS = re.compile(r"从|因为|期间|的时候|先|[，,。、]")
TO = "到"
