"""The words a mentor's line is read by: channels, outcomes, next days, relatives. Tables, no logic.

Patterns are tried in the order they stand in: a longer or more definite one goes first.
"""

import re
from dataclasses import dataclass

from models.enums import Channel, Outcome


@dataclass(frozen=True, slots=True)
class ChannelWord:
    """A way of reaching somebody, and how it is repeated in the answer."""

    pattern: re.Pattern[str]
    channel: Channel
    label: str


@dataclass(frozen=True, slots=True)
class OutcomeWord:
    """What came of it. ``taken`` words leave the note, others stay in it.

    ``channel`` is the way that the word itself implies.
    """

    pattern: re.Pattern[str]
    outcome: Outcome
    taken: bool = True
    channel: Channel | None = None


def _channel(channel: Channel, label: str, *patterns: str) -> ChannelWord:
    return ChannelWord(re.compile("|".join(patterns)), channel, label)


def _outcome(
    outcome: Outcome, *patterns: str, taken: bool = True, channel: Channel | None = None
) -> OutcomeWord:
    return OutcomeWord(re.compile("|".join(patterns)), outcome, taken, channel)


_ONE = r"(?:了|过)?[\d两几]?[个条段次通]?"
_DONE = r"[了过]*"

CHANNELS = (
    _channel(
        Channel.VIDEO,
        "视频",
        rf"(?:用|在)?(?:微信|QQ)?(?:打|开|发|聊)?{_ONE}视频(?:通话|聊天|电话)?{_DONE}",
    ),
    _channel(
        Channel.VOICE,
        "语音",
        rf"(?:用|在)?(?:微信|QQ)?(?:打|发)?{_ONE}语音(?:通话|聊天|电话)?{_DONE}",
        rf"(?:打)?{_ONE}微信电话{_DONE}",
    ),
    _channel(Channel.TEXT, "微信", rf"(?:用|在|加|发)?{_ONE}微信(?:上|里|聊天|消息)?{_DONE}"),
    _channel(Channel.TEXT, "短信", rf"(?:发|回|收到)?{_ONE}短信{_DONE}"),
    _channel(Channel.TEXT, "QQ", rf"(?:用|在|加|发)?{_ONE}[Qq]{{2}}(?:上|里|聊天|消息)?{_DONE}"),
    _channel(Channel.TEXT, "发消息", rf"(?:发|留){_ONE}(?:消息|信息){_DONE}|留了?言{_DONE}"),
    _channel(
        Channel.PHONE,
        "电话",
        rf"(?:[打通来接回](?:过?来)?的?)?{_ONE}(?:手机|电话)(?:联系)?{_DONE}",
        r"打过(?:了|去|来)?(?!工|针|架|仗)",
        r"打了(?!工|针|架|包)(?:过去|过来)?",
        r"(?:去|来)电(?!话)",
    ),
    _channel(
        Channel.VISIT,
        "上门",
        rf"上门(?:看|去)?{_DONE}",
        rf"(?:去|到)了?(?:他|她)们?家(?:里|中)?(?:看|坐)?{_DONE}",
        rf"去家里(?:看|坐)?{_DONE}",
        rf"(?:家访|走访|入户){_DONE}",
    ),
    _channel(
        Channel.IN_PERSON,
        "见面",
        rf"[见碰]了?个?面{_DONE}",
        rf"(?:面谈|当面(?:聊|谈|说)?){_DONE}",
        r"见[到着]了?|见过了?",
    ),
    _channel(Channel.LETTER, "写信", rf"[写寄去来回]了?封?信(?!息|心|用){_DONE}"),
)

# Answers to "how": the most usual of the closed list; typed words are read as above.
CHANNEL_CHOICES = (
    (Channel.PHONE, "电话"),
    (Channel.TEXT, "微信"),
    (Channel.VOICE, "语音"),
    (Channel.VIDEO, "视频"),
    (Channel.IN_PERSON, "见面"),
    (Channel.VISIT, "上门"),
)
CHANNEL_LABELS = {channel.value: label for channel, label in CHANNEL_CHOICES} | {
    Channel.LETTER.value: "写信"
}

_END = r"(?=$|[\s，。,.；;])"
_HIM = r"(?:他|她)"
OUTCOMES = (
    _outcome(
        Outcome.NUMBER_DEAD,
        rf"{_HIM}?的?(?:号码?|电话|手机)?(?:已经|都)?(?:停机|是?空号|销号|停用)了?",
        r"号码?(?:不对|是别人的?)",
        channel=Channel.PHONE,
    ),
    _outcome(Outcome.NO_ANSWER, r"没见[到着]人?", channel=Channel.IN_PERSON),
    _outcome(
        Outcome.NO_ANSWER,
        r"没有?人接(?:听|电话)?",
        r"无人接听|没打?得?通|没接通|打不通|占线|关机了?|未接",
        rf"(?<![想说])不通了?{_END}",
        r"(?:没|不)接(?!活|单|受|到活)(?:电话)?",
        r"联系不上|没联系[上到]|没找[到着]人?",
        r"(?:没|不)回(?!来|家|村|乡|去|老家)(?:信息|消息|音|应|信|复|我|话)?",
    ),
    _outcome(Outcome.DECLINED, r"把?电话?挂了|挂断了?", channel=Channel.PHONE),
    _outcome(
        Outcome.DECLINED,
        r"不(?:愿意?|想)多?(?:说|聊|谈)(?:了|话)?",
        r"不让(?:我)?再?(?:打|联系)(?:了|他|她)?|不想(?:被)?联系",
    ),
    _outcome(
        Outcome.HELP_NEEDED,
        r"(?<![没用])(?<!没有)(?<!没啥)(?<!什么)(?:帮忙|求助|帮一下|帮着|难处|困难)",
        rf"帮{_HIM}|欠薪|拖欠|欠(?:了|着)?{_HIM}?们?.{{0,6}}工(?:资|钱)",
        r"工(?:资|钱).{0,4}(?:没发|没给|拖|欠)|要不到(?:钱|工资|工钱)",
        r"工伤|受了?伤",
        taken=False,
    ),
    _outcome(
        Outcome.MOVED,
        r"又?[换搬]了?个?(?:地方|城市|住处)了?",
        r"搬家了?|搬走了?",
    ),
    _outcome(
        Outcome.MOVED, rf"[搬换转](?:到|去)了?[\u4e00-\u9fff]{{2,4}}?(?:了|{_END})", taken=False
    ),
    _outcome(
        Outcome.EMPLOYER_CHANGED,
        r"[又刚]?[换调]了?个?新?(?:厂|工厂|单位|工作|工地|公司|老板|东家|活)子?了?",
        r"跳槽了?|进了?新厂了?",
    ),
    _outcome(Outcome.REACHED, r"打通了?", channel=Channel.PHONE),
    _outcome(
        Outcome.REACHED,
        r"接?通了|接通|联系[上到]了?|接了(?:电话)?",
        r"回复?了(?!家|村|乡|老家|来)(?:消息|信息|话|我)?",
    ),
    _outcome(
        Outcome.REACHED,
        r"挺好|很好|还好|都好|不错|还行|好着|正常|顺利|平安",
        r"聊了|聊得|聊过|聊天|谈了|谈得|说了|说过|(?:他|她)[说讲]",
        r"见了|见[到着]|见面|碰面|面谈",
        r"没(?:啥|什么)?事|没问题|没(?:有|啥|什么)?(?:困难|难处)",
        taken=False,
    ),
)

# Answers to "what came of it"; the rest of the closed list is understood when typed.
OUTCOME_CHOICES = (
    (Outcome.REACHED, "通了"),
    (Outcome.NO_ANSWER, "没人接"),
    (Outcome.NUMBER_DEAD, "号码停机"),
    (Outcome.EMPLOYER_CHANGED, "换厂了"),
    (Outcome.MOVED, "换地方了"),
    (Outcome.HELP_NEEDED, "要帮忙"),
)
OUTCOME_LABELS = {
    Outcome.REACHED.value: "通了",
    Outcome.NO_ANSWER.value: "没人接",
    Outcome.NUMBER_DEAD.value: "号码停机",
    Outcome.MOVED.value: "通了，换地方",
    Outcome.EMPLOYER_CHANGED.value: "通了，换厂",
    Outcome.THROUGH_OTHERS.value: "问了别人",
    Outcome.HELP_NEEDED.value: "通了，要帮忙",
    Outcome.DECLINED.value: "不想多说",
}

_RELATIVE = (
    r"(?:家里人?|家人|爱人|老婆|媳妇|老公|丈夫|妻子|父亲|母亲|爸|妈|爹|娘|哥|姐|弟|妹|儿子|女儿"
    r"|工友|老乡|邻居|亲戚|同事)"
)
THROUGH_OTHERS = re.compile(
    rf"(?:问|听|跟|从|找|让|托|联系)了?[到上]?{_HIM}?的?{_RELATIVE}"
    rf"|{_RELATIVE}(?:人|妈|爸)?(?:接的?|说|讲|回|告诉|转)"
)
RELATIVE = re.compile(_RELATIVE)
STANDS_IN = re.compile(
    rf"(?:人|现|还|{_HIM})在(?P<place>[\u4e00-\u9fff]{{2,3}}?)(?:那边|打工|上班|干活|了)?{_END}"
)

# Somebody without a name: "that one" (dialogues 3.6), and words of contact that name no channel.
SOMEBODY = re.compile(r"[那这]个?(?:谁谁?|人)")
CONTACT = re.compile(r"联[系络](?:过了?|了)(?!人|方式)")

# What makes a day the next one: "in a month again", "next time on Friday", "in three days". A name
# that was read already stands as \x00.
AGAIN = re.compile(
    rf"再(?:给|跟|找)?(?:{_HIM}|\x00+)?(?:打|联系|联络|聊|问|试|说|看|找|谈|见|通话)"
    rf"(?:个?电话|个?视频)?(?:{_HIM}|\x00+|看|试|问|聊)?(?:一次|一下|吧|看)*"
)
NEXT_TIME = re.compile(r"下[次回](?:再?联系)?(?:在|是|定在|约在|约好|约)?\s*")
NEXT_MONTH = re.compile(r"下个?月[初头]?")
NEXT_WEEK = re.compile(r"下个?(?:周|星期|礼拜)")
_AFTER = r"(?P<after>(?:之|以|过)?后)?"
IN_DAYS = re.compile(rf"[过等隔]?(?P<n>\d{{1,3}}|[一二两三四五六七八九十]{{1,3}})天{_AFTER}")
IN_WEEKS = re.compile(rf"[过等隔]?(?P<n>\d{{1,2}}|[一二两三四])个?(?:周|星期|礼拜){_AFTER}")
IN_MONTHS = re.compile(rf"[过等隔]?(?P<n>\d{{1,2}}|[一二两三四五六])个月{_AFTER}")
HALF_MONTH = re.compile(rf"[过等隔]?半个?月{_AFTER}")
TWO = "两"
TWO_PLAIN = "二"
AHEAD = "下"

FILLERS = re.compile(
    r"^(?:我|已经|刚才?|又|就|也|都|找|个|问候|一下|记下|[跟给和与同对向把在用往了过的是：:～~.]|\s)+"
    r"|(?:[跟给和与同对向把在用：:～~.]|\s)+$"
)
# What somebody says or plans tells nothing of the day of the contact (他说28号回来).
TOLD_OR_PLANNED = re.compile(r"(?:说|讲|打算|准备|计划|想|约)[^\s，。、,；;！!\x00]*")
# A change that is only thought of, or did not happen, is none (打算月底换厂, 没换地方).
NOT_YET = re.compile(r"打算|准备|计划|想|要|没|不|别")
CHANGES = frozenset((Outcome.MOVED, Outcome.EMPLOYER_CHANGED))
BREAKS = re.compile(r"[\s，。、,；;！!\x00]+")
COMMA = "，"
QUESTION = re.compile(r"(?:[?？]|吗|多少|怎么办)[?？]?$")
# A piece of two or three characters that begins like this is taken for the name of a stranger.
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙朱胡郭林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫"
    "孔向汤马何"
)
COMPOUND_SURNAMES = frozenset(
    ("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐")
)
CANCEL = frozenset(("取消", "算了", "不记了", "不要了"))
FAMILIAR = "小阿"
# Inside names such as 阿依古丽·买买提, of which the first part is what people say.
NAME_DOT = "·"

# Outcomes that say the channel themselves, and those whose note is not repeated aloud.
OUTCOMES_WITHOUT_CHANNEL = frozenset((Outcome.NUMBER_DEAD.value,))
OUTCOMES_WITHOUT_NOTE = frozenset((Outcome.HELP_NEEDED.value,))

# Commands that a number runs.
TODO = "待办"
READ_REPORTS = "阅汇报"
LOG = "记联系"
AMEND = "改"
LIST_MARK = "、"
STAND_IN = "代班"
STAND_IN_ALIASES = ("替我", "我不在")
STAND_IN_ARGUMENTS = "李秀兰 12月1日到15日"
