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


def _channel(channel: Channel, label: str, *patterns: str) -> ChannelWord:
    return ChannelWord(re.compile("|".join(patterns)), channel, label)


_ONE = r"(?:了|过)?[\d两几]?[个条段次通]?"
_DONE = r"[了过]*"

_HIM = r"(?:他|她)"
CHANNELS = (
    _channel(
        Channel.VIDEO,
        "视频",
        rf"(?:用|在)?(?:微信|QQ)?(?:打|开|发|聊)?{_ONE}视[频屏](?!课)(?:通话|聊天|电话)?{_DONE}",
    ),
    _channel(
        Channel.VOICE,
        "语音",
        rf"(?:用|在)?(?:微信|QQ)?(?:打|发)?{_ONE}语音(?:通话|聊天|电话)?{_DONE}",
        rf"(?:打)?{_ONE}微信电话{_DONE}",
    ),
    _channel(
        Channel.TEXT,
        "微信",
        rf"(?:用|在|加|发)?{_ONE}(?:[微薇威]信|[wvWV][xX])(?:上|里|聊天|消息)?{_DONE}",
        r"私聊了?",
    ),
    _channel(Channel.TEXT, "短信", rf"(?:发|回|收到)?{_ONE}短信{_DONE}"),
    _channel(Channel.TEXT, "QQ", rf"(?:用|在|加|发)?{_ONE}[Qq]{{2}}(?:上|里|聊天|消息)?{_DONE}"),
    _channel(
        Channel.TEXT,
        "发消息",
        rf"(?:发|留|回)[的来]?{_ONE}(?:消息|信息){_DONE}|留了?言{_DONE}|(?:信息|消息)[^\s，。,；;]{{0,6}}发的",
    ),
    _channel(
        Channel.PHONE,
        "电话",
        rf"(?:[打通来接回](?:过?来)?的?)?{_ONE}(?:手机|电话|点话|电活)(?!(?:都|又|也|给)?(?:摔|坏|丢|没电|掉|进水|被偷|被收|锁))(?:联系)?{_DONE}",
        r"通[了过完的]?[个次]?电?话(?!中|费)了?",
        r"打过(?:了|去|来)?(?!工|针|架|仗)",
        r"打了(?!工|针|架|包)(?:过去|过来)?",
        r"(?:去|来)电(?!话)",
    ),
    _channel(
        Channel.VISIT,
        "上门",
        rf"[上登]门(?:看|去)?{_DONE}",
        rf"[去到]了?(?:一?[趟次回])?\x00+(?:他|她)?的?(?:家|屋)(?:里|中|头)?(?:看|坐)?{_DONE}(?:坐)?",
        rf"\x00+(?:他|她)?的?(?:家|屋)(?:里|中|头)?去{_DONE}一?[趟次回]",
        rf"(?:去|到)了?(?:他|她)们?家(?:里|中)?(?:看|坐)?{_DONE}",
        rf"去家里(?:看|坐)?{_DONE}",
        r"[上到去](?:他|她|\x00+)(?:的)?(?:家|屋|宿舍|厂|工地)(?:里|头)?(?:去|看|坐|找|玩)了?",
        r"[去到]\x00+[^\s，。,]{0,5}(?:厂|工地|宿舍|店)(?:里|头)?(?:看|找)了?",
        r"\x00+家(?:里)?(?=没人|锁|门|的?大?门)|在(?:他|她)(?:家|屋)(?:里|头)",
        rf"(?:家访|走访|入户){_DONE}",
    ),
    _channel(
        Channel.IN_PERSON,
        "见面",
        rf"[见碰]了?个?面{_DONE}",
        rf"(?:面谈|当面(?:聊|谈|说)?){_DONE}",
        r"来(?:了)?(?:我)?(?:家|村|村部|村委会?|办公室|支部)里?(?:找我|坐|看我|办事|开会|盖章)",
        r"一起(?:喝|吃)(?:了)?(?:个|顿)?[酒饭茶]",
        r"[见碰遇][到着见]了?|见过了?|见了\x00+一?面?",
    ),
    _channel(Channel.LETTER, "写信", rf"[写寄去来回]了?封?信(?!息|心|用){_DONE}|[寄写][来去]的信"),
)

# A channel that is told as the right one (没打 是发的短信), or belongs to something asked of us.
INSTEAD = re.compile(r"(?:没打|不是|改(?:打|用|发|成)?)[\s，,]*是?[打发用]?的?$")
ASKED_OF_US = re.compile(r"[托让叫请][^\s，。,；;]{0,5}$|[说讲][^\s，。,；;]*$")
# It was the person who began (玉梅打来的电话).
INCOMING = re.compile(
    r"打(?:过)?来|来[了过]?个?(?:电话|信|微信|消息|短信)|来电(?!话费)|发(?:微信|消息|信息|视频)?来"
    r"|给我(?:打|发|来)|打给我|主动|收到\x00|^接到?\x00|接到\x00"
)
INCOMING_LABEL = "本人先找的"

# Words that name a channel only where none else stands (打给他, 打了两回).
CHANNEL_HINTS = (
    _channel(
        Channel.PHONE,
        "电话",
        r"打给|打(?:过|回)?来|打回去|回过去|打的(?=$|[\s，。,])|打了?\x00|打了?[\d一两二三四几]+[次回遍]",
    ),
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

# Somebody without a name: "that one" (dialogues 3.6), and words of contact that name no channel.
SOMEBODY = re.compile(r"[那这]个?(?:谁谁?|人)")
CONTACT = re.compile(
    r"^\x00+(?:刚才?|今天|昨天)?(?=[说讲](?!的)|[让叫]我)|[跟和给对]我(?=说|讲)|告诉(?=我)|(?<=[^\s，。,；;])[让托](?=我)|联[系络](?:过了?|了|\x00+了)(?!人|方式)"
)

FILLERS = re.compile(
    r"^(?:我|已经|刚才?|又|就|也|都|找|个|问候|一下|记下|[跟给和与同对向把在用往了过的是：:～~.]|\s)+"
    r"|(?:[跟给和与同对向把在用：:～~.]|\s)+$"
)
# What somebody says or plans tells nothing of the day of the contact (他说28号回来).
TOLD_OR_PLANNED = re.compile(
    r"(?:说|讲|打算|准备|计划|想|约)[^\s，。、,；;！!\x00]*"
    r"|(?:月底|年底|下个?月\S{0,3}?)(?:之?前|要|就|才)?(?:交|回|发|走|到期|补)"
)
# A day that tells of something else than the contact (1月20号的票, 12月1号开始上夜班).
OF_SOMETHING = re.compile(
    r"\d{1,2}[号日]\s*(?:的票|起|开始|要|就|才|回(?:来|家|村|去)|走|上班|发工资|生日|到期|放假)"
)
# Days too unclear to be read, which have to be asked for: feasts without a date, 有天, 1122, 廿二.
UNCLEAR_DAY = re.compile(
    r"(?:国庆|中秋|端午|清明|五一|双节|暑假|寒假|秋收|麦收|有[天次回](?!空)|好久|很久|那[天回](?!是)"
    r"|(?:\d{1,2}|[一二三四五六七八九十]{1,2})月(?:份)?(?:[上中下]旬|[初中](?![一二三四五六七八九十\d]))"
    r"|头一?天|前一天|[作做]天|当天)"
    r"节?(?!没|要|再|放|说)"
    r"|(?<!\d)(?:0?[1-9]|1[0-2])[0-3]\d(?=\s|$)"
    r"|(?<!月)[廿卅][一二三四五六七八九]?"
    r"|[去前]年(?!\d{1,2}[月.]\d)|(?:\d+|[一二两三几半])个?(?:多)?月(?:之|以)?前|月最后一[天日]|最近|近来|前不久"
)
# A day that has not come, of something that is told as done (后天打了).
AHEAD_BUT_DONE = re.compile(
    r"大?[明后]天(?:都|也|就)?(?:给|跟|和)?\x00*(?:打|见|联系|聊|视频|通)[^\s，。]{0,3}了"
)
# What happens on days of his own life.
OF_LIFE = re.compile(
    r"班|[到走回来去发交进出]|放假|生日|开[学工]|票|动身|结婚|[生考搬拿领休办酒种收割]|满月|手术|[复检]查|到期|涨|租|过的"
)
OF_THE_DAY = re.compile(
    r"(?:大?清?[早晚夜]上?|[上中下]午|傍晚|半夜|夜里|天黑|[\d一二三四五六七八九十两]+点[半多钟]*|的?时候|那天|就|是|,)+"
)
PIECE = re.compile(r"[^\s，。、,；;！!]+")
BREAKS = re.compile(r"[\s，。、,；;！!\x00]+")
COMMA = "，"
QUESTION = re.compile(
    r"(?:[?？]|吗|多少|怎么办|咋样|怎么?样|来着|(?:了|过)没有?|[得是]\S{0,2}不|谁有|谁看|没变吧|能\S{0,4}不|是不是\S{0,8})[?？]?$"
    r"|[打联系问]了?没(?=[\s，])"
    r"|^(?:怎么|咋(?!说)|哪天|几时|要不要|该不该|我?该|谁|什么时候|啥时候)"
)
# A contact that is still to be made: told without an outcome it is none.
NOT_DONE = re.compile(
    r"还没(?:打|联系|给|顾)|没顾上|忘了[给打联]"
    r"|我(?:明天?|后天?|下周|过几天)去|(?:到时候?|回头|改天|过两天)我(?:再)?[去给打问]|^(?:刚?想|要|准备|打算|提醒|叫|让|请|你?帮我(?!记)|等下|等会|待会|晚点|回头|明[天儿早晚日]|后天|今晚|晚上)"
    r"|[到在]?再(?:打|联系)\S*电话$|要是|如果|万一"
)
# A piece of two or three characters that begins like this is taken for the name of a stranger.
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙朱胡郭林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫"
    "孔向汤马何"
)
COMPOUND_SURNAMES = frozenset(
    ("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐")
)
# Answers to a line that is shown before it is written. Courtesy (好的, 嗯) is no yes: it is asked
# back (dialogues 2.2: only the exact word acts).
YES = frozenset(("对", "是", "对的", "是的", "没错", "对了", "记", "记吧"))
END_MARKS = "。.,，！!～~ "
NO = frozenset(("", "不对", "不是", "错了", "有错", "不对的", "改", "改一下", "改改"))
CANCEL = frozenset(("取消", "算了", "不记", "不记了", "不要了", "别记", "不用记"))
# A given name before one of these is a firm or a street (建设银行, 平安保险).
OF_A_FIRM = re.compile(r"(?:保险|银行|证券|大道|[东南西北中]?路(?!上)|街|夜|符)")
FAMILIAR = "小阿"
HONORIFIC = re.compile(r"(?<=\x00)[哥姐叔婶嫂伯姨](?!夫|家|妹|弟)")
# Whether he himself or one of his kin speaks nobody can tell then (海霞姐打来).
HONOURED_SPEAKS = re.compile(r"(?<=\x00)[哥姐叔婶嫂伯姨](?:接|说|讲|打来|来电|回)")
# Somebody called by the surname alone, and surnames that are prepositions as well.
BEFORE_SURNAME = "老小"
CHILD = "子"
AFTER_SURNAME = "哥姐叔婶伯姨嫂总工"
BEGINS = re.compile(r"(?:^|[\s，。,；;])[跟给和与同找问]?$")
ALSO_PREPOSITIONS = frozenset("向于和同从")
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
NUMBER = "改号码"
NUMBER_ALIASES = ("他换号了", "她换号了")
NUMBER_ARGUMENTS = "李强"
