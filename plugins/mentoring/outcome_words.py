r"""The words by which it is told what came of a contact, and who told it. Tables, no logic.

Patterns are tried in the order they stand in: a longer or more definite one goes first. A name that
was read already stands as \x00.
"""

import re
from dataclasses import dataclass

from models.enums import Channel, Outcome


@dataclass(frozen=True, slots=True)
class OutcomeWord:
    """What came of it. ``taken`` words leave the note, others stay in it.

    ``channel`` is the way that the word itself implies.
    """

    pattern: re.Pattern[str]
    outcome: Outcome
    taken: bool = True
    channel: Channel | None = None


def _outcome(
    outcome: Outcome, *patterns: str, taken: bool = True, channel: Channel | None = None
) -> OutcomeWord:
    return OutcomeWord(re.compile("|".join(patterns)), outcome, taken, channel)


_END = r"(?=$|[\s，。,.；;了咧啦哩])"
_HIM = r"(?:他|她)"
_NO = r"(?<![没用不无未冇])(?<!没有)(?<!没啥)(?<!什么)"
# 没 as it is said where people come from.
_NOT = r"(?:没得|没有?|未|冇得?|莫得?|木有|无)"
_CITY = r"[\u4e00-\u9fff]{2,3}"
_NO_CITY = (
    r"[个封条通]|电话|医院|镇|街|县里|村|乡|地里|工地|厂|车间|学校|银行|宿舍|亲戚|上班|外面|市场"
    r"|一趟|[他她]|家"
)

OUTCOMES = (
    _outcome(
        Outcome.NUMBER_DEAD,
        rf"{_HIM}?的?(?:号码?|电话|手机号?)?(?:已经|都|欠费)*"
        r"(?:停机|是?空号|[销注]号|注销|停用|作废|成(?:了)?空号)了?",
        r"号码?(?:不对|是别人的?|不用了|打不进|不存在|没人用|换人了?|成别人的?了?)|打错(?:电话|人)?了|说(?:我)?(?:不是|不认识)(?:他|她|\x00+|本人)(?=$|[\s，。])",
        channel=Channel.PHONE,
    ),
    _outcome(Outcome.NO_ANSWER, r"没见[到着]人?", channel=Channel.IN_PERSON),
    _outcome(
        Outcome.NO_ANSWER, r"\x00+的?家(?:里)?(?:也|都)?没人(?!照|管|种|带)", channel=Channel.VISIT
    ),
    _outcome(
        Outcome.NO_ANSWER,
        rf"(?:{_NOT}|不)[接街](?:着|到|我的?)?电话",
        r"无法接通|没得?通(?![知告过])|没接通|未接(?:通|听|电话)?",
        r"没打得?[通捅]|打[不没][通进]|没打进去?|没[能拨]拨?通",
        r"(?:不在|没在)服务区|(?:正在)?通话中|占线|关机了?",
        channel=Channel.PHONE,
    ),
    _outcome(
        Outcome.NO_ANSWER,
        rf"(?:{_NOT}|不)(?:给我)?回(?:我)?的?(?:信息|消息|微信|短信)",
        channel=Channel.TEXT,
    ),
    _outcome(
        Outcome.NO_ANSWER,
        rf"{_NOT}人(?:接(?:听|电话)?|应(?![聘酬])|睬|答应|吭声|搭腔)",
        r"没接到",
        r"(?:没|锁着?门?|不)(?:有|得)?人?在家|锁着?门|门(?:是|都)?(?:锁|关)(?:着|了)|家(?:里)?(?:也|都)?没人",
        r"(?:扑|跑)了?个?空|没碰[上着到]|没遇[上着到]|没等[到着]",
        rf"(?<![想说])不通了?{_END}",
        rf"(?:{_NOT}|不)接(?!活|单|受|到活)(?:着|到)?(?:电话)?",
        r"联系不上|没联系[上到]",
        rf"(?:{_HIM}|\x00)(?:人)?不在{_END}",
        r"没找[到着](?!新|工|活|厂|房|对象)人?",
        r"不(?:肯|敢|想|愿意?|怎么|大)接(?:我)?(?:的)?(?:电话)?(?!活|单)|(?:没|不)理(?:我|人)|没(?:人|有)?(?:应|反应)",
        rf"(?:{_NOT}|不)(?:给我)?回(?!来|家|村|乡|去|老家)(?:信息|消息|音|应|信|复|我|话)?",
        r"没(?:说|讲|聊|谈)[上成到](?:话|句)?|没见(?:他|她)?[回接]|没(?:动静|回音|吭声|搭理|音[信讯]|消息)|联系不[到着]|接不通|打不到|石沉大海|忙音|嘟.{0,4}(?:挂|断)|响.{0,3}就断",
    ),
    _outcome(
        Outcome.DECLINED,
        r"把?电话?挂了|挂断了?|挂(?:了|掉)(?!号|名|失)",
        rf"(?:(?<![分特个差])别|不用|不要)再?(?:给{_HIM}|跟{_HIM})?(?:打|找|联系)(?:我|他|她)?(?:电话)?了",
        channel=Channel.PHONE,
    ),
    _outcome(
        Outcome.DECLINED,
        r"不(?:愿意?|想)多?(?:说|聊|谈)(?:了|话)?|不想.{0,3}(?:接|被).{0,4}(?:电话|打扰|联系)|名字(?:划|勾|去)掉",
        r"不让(?:我)?再?(?:打|联系)(?:了|他|她)?|不想(?:被)?联系",
        r"不(?:想|愿意?|打算)(?:再)?(?:入|写申请|培养)(?:党)?了?|(?:说|要|想)退出|别再?(?:烦|找|管)(?:我|他|她)",
        r"拉黑了?|(?:把我|微信)删了",
    ),
    _outcome(
        Outcome.HELP_NEEDED,
        rf"{_NO}(?:帮忙|求助|帮一下|帮着|帮帮|难处|困难)",
        rf"(?<!不用)帮{_HIM}(?:问|办|找|跑|要|开|联系|想想|看看)",
        r"要人帮|(?:想|来)[请求让].{0,2}村|请求|开个?证明",
        rf"欠薪|{_NO}拖欠|欠(?:了|着)?(?:{_HIM}们?)?.{{0,6}}工(?:资|钱)",
        r"工(?:资|钱)[^都]{0,4}(?:没发|没给|没结|(?<!没)(?<!不)拖|(?<![不拖])欠)",
        r"拖[了着欠]*.{0,6}工(?:资|钱)",
        r"要不(?:到|来|回来?)(?:了|钱|工资|工钱)?",
        rf"工(?:资|钱){_NOT}(?:着落|下文|影儿?|拿到|到手|结|要到|发|给)|(?:老板|包工头|工头)跑(?:路)?了",
        r"讨薪|被骗|借钱|缺钱|看不起病|没钱(?:看|治|交)|(?:房子|屋)(?:塌|倒)了?",
        r"(?:工(?:资|钱)|薪水?|货款|钱).{0,6}(?:没|未|不)有?(?:开|发|给|结)(?![错少生])",
        r"(?:没|不|未)(?:有)?(?:开|发|给|结)过?了?(?:工(?:资|钱)|钱|薪)|(?:工(?:资|钱)|薪).{0,4}压|压[着起了].{0,6}(?:工(?:资|钱)|薪)",
        r"[让请求托](?:村|支部|乡|镇|咱|你们)[^\s，。]{0,6}(?:帮|跑|办|问|开|寄|拿|弄|出面)|[托求请]我[^\s，。]{0,8}(?:帮|跑|办|开|寄|拿)",
        r"欠(?:了|着)?(?:他|她)?们?.{0,8}(?:块|万|元|押金|钱)|(?:押金|钱|款)(?:也|都)?不(?:退|给|发)",
        r"问(?:问)?(?:村里|支部|乡里|镇上|咱们?)(?:能不能|可不可以|能否)|(?:能不能|能否)(?:申请|帮|代办|开|办|给)|让人(?:坑|骗)|被坑",
        r"过不下去|揭不开锅|缝了.{1,2}针|骨折|(?:手|腿|胳膊|脚|指头|腰).{0,4}(?:断|[轧压砸烫割夹绞]|摔伤|伤)",
        r"工伤|受了?伤|[被让].{0,4}[压轧砸烫割夹绞撞]了?|住院|漏雨|上不了学",
        r"没人(?:照[顾看料]|管|种|带|接送|陪|收)",
        taken=False,
    ),
    _outcome(
        Outcome.EMPLOYER_CHANGED,
        r"[又刚]?[换调]了?[个份家]?新?(?:厂|工厂|单位|工作|工地|公司|老板|东家|活)子?了?",
        r"不在(?:那个?|原来|老|这个?)?.{0,2}(?:厂|工地|公司|单位|店)里?(?:了|干)|(?:厂|工地|单位|老板|东家)也?换了",
        r"跳槽了?|进了?新厂了?|辞了?[工职](?:作)?了?|换了?一家|厂(?:子)?(?:倒|垮)(?:闭)?了",
    ),
    _outcome(
        Outcome.EMPLOYER_CHANGED,
        r"[换调转跳]到.{0,4}(?:厂|工地|公司|单位|店)|[换跳]去.{0,6}(?:厂|工地|公司|单位|店)|[换去到]了?另一?家",
        taken=False,
    ),
    _outcome(
        Outcome.MOVED,
        r"又?[换搬]了?个?(?:地方|城市|住处)了?",
        r"搬家了?|搬走了?",
    ),
    _outcome(
        Outcome.MOVED,
        rf"[搬换转挪调](?:到|去)了?[\u4e00-\u9fff]{{2,4}}?(?:了|去|{_END})",
        rf"从(?!家|厂|老家|村){_CITY}(?:又|就)?(?:去|到|转|搬|挪|换|来|跑|奔)(?:到|去)?了?(?!厂|家|车间|上班){_CITY}",
        r"离开[\u4e00-\u9fff]{2,3}|(?:人|又)(?:到|去)了?[\u4e00-\u9fff]{2,3}去?了",
        r"不在[\u4e00-\u9fff]{2,3}了[\s，,]*又?(?:到|去|回|来|跑)(?!来|家|村|厂)",
        rf"跑(?:到|去)?(?!{_NO_CITY}){_CITY}去[了咧啦]",
        rf"\x00(?:到|去)了?(?!上班|厂)[\u4e00-\u9fff]{{2,3}}了{_END}",
        rf"\x00(?:到|去)了(?!{_NO_CITY}){_CITY}{_END}",
        taken=False,
    ),
    _outcome(
        Outcome.REACHED,
        r"(?<![没不])(?<!没有)打[通捅痛]了?|(?<!没)(?<!不)接了?我?的?电话了?",
        r"(?<!没)(?<!正在)通(?:了|过|完)?[一两几\d]?[个次回]?电?话(?!中|费)了?",
        r"(?<!没)[打拨][过回]来了?(?!的)|(?<!没)回的电话|(?<!没)接到了",
        r"(?<!没)回了我?个?电话|(?<!没)回我?个?电话了",
        channel=Channel.PHONE,
    ),
    _outcome(
        Outcome.REACHED,
        r"(?<!不)(?<!无法)(?<!没)接?[通痛][了啦咯]|(?<!没)(?<!无法)(?<!未)接通|联系[上到]了?",
        r"(?:自己|本人)接的?|接[了起]|接听(?!不)|说上话了?|才[接通]|(?<=[\s，、,])[接通](?=$|[\s，、,])",
        r"回复?[了啦](?!家|村|乡|老家|来)(?:消息|信息|话|我)?|才回|回我了?|回过来了?",
    ),
    _outcome(
        Outcome.REACHED,
        r"挺[好号]|很好|蛮好|还好|都好|都中|不错|[还都]?[行可](?:以|得)|还[行可]|好着|正常|顺利|平安|良好",
        r"稳定|健康|切好|巴适|安逸|没毛病|没大碍|老样子|还那样|照[常旧]|过得去|可以的|好好的|好得很",
        r"(?<=[\s，])好[的着]?(?=$|[\s，\x00])|凑合|要得|得劲|[Oo][Kk]|没大事",
        r"聊了|谝|摆谈|聊的?得?|聊过|聊天|谈了|谈得|谈[话心]|说了|说过|唠|拉.{0,3}家常|叙(?:了|旧)|拉呱|沟通|交流|(?:他|她)[说讲]|[她他]回(?!来|家|村)",
        r"(?:打|聊|视频|语音|电话|讲|说|谈|唠)了?(?:快|将近|差不多|足足|整整)?[半一两几二三四五六七八九十\d]+来?个?多?(?:小时|钟头|分钟)",
        r"见了|见[到着]|碰[见到]|遇[见到]|见面|碰面|面谈|(?<![没不])(?<!没人)(?<!没有人)在家|本人在|一起(?:喝|吃|坐|过)",
        rf"{_NOT}(?:拖欠|受伤)|{_NOT}(?:啥子?|什么|么)?(?:大)?事(?!做|干)|{_NOT}问题|{_NOT}(?:啥|什么)?(?:困难|难处|要帮)",
        r"[跟和给]我(?:打|开|连)?了?个?(?:视频|语音|通?电话)了?",
        taken=False,
    ),
)

RELATIVE_WORDS = (
    r"(?:家里人?|家人|男人|当家的|老人家?|闺女|姑娘|女儿|孙子|孙女|阿[妈爸公婆]|老娘|老汉|女婿|儿媳妇?|弟媳|兄弟|大伯|姨|姑|屋里人|房东|舍友|室友|爱人|老婆|媳妇|老公|丈夫|妻子|老伴|对象|父亲|母亲|爸爸?|妈妈?|爹|娘|哥|姐夫?"
    r"|弟|妹|嫂子?|婆婆|公公|岳父|丈母娘|儿子|女儿|叔|婶|舅|婆娘|婆姨|堂客|老表|丈人|侄子|外甥|爷爷?|奶奶?"
    r"|工友|老乡|邻居|亲戚|同事|同村的?|村里人)"
)
RELATIVE = re.compile(RELATIVE_WORDS)
_HIS = rf"\x00*{_HIM}?的?\x00*[堂表]?{RELATIVE_WORDS}"
# Who spoke was somebody else: he was asked, he answered, or he said it.
THROUGH_OTHERS = re.compile(
    rf"(?:问|听|托|打听|联系)了?[到上]?{_HIS}|听\x00+[说讲]"
    rf"|(?:电话|打|视频|微信|语音)(?:打|发)?给{_HIS}"
    rf"|(?:跟|找|从|向|打){_HIS}.{{0,3}}?(?:问|打听|了解|联系)"
    rf"|(?:[碰遇][见到]|见[到着了])了?{_HIS}"
    rf"|\x00+{_HIM}?的?{RELATIVE_WORDS}的?(?:电话|微信|手机)"
    rf"|{RELATIVE_WORDS}(?:人|妈|爸|弟|哥|\S{{1,2}}(?=[说讲]))?(?:用?(?:电话|微信|手机|短信))?(?:接的?|说|讲|回|告诉|转)"
    rf"|{RELATIVE_WORDS}[^\s，。,；;]{{0,6}}?[跟和对给]我(?:说|讲)"
)
# A relative in one piece, and in the next that something is said: mostly by her.
MOST_LIKELY_OTHERS = re.compile(
    rf"{RELATIVE_WORDS}[^\s，。,；;]{{0,8}}[\s，,]+(?:说|讲)(?!了)"
    r"|(?:男的|女的|别人|外人|小孩子?|有人|人家|陌生人)接"
)
# It is another's number, whoever says so.
WRONG_NUMBER = re.compile(r"打错|换人|不认识|不是")
# A relative whose words the person himself passes on is no source (他说他妈说让他回来).
PASSED_ON = re.compile(r"[说讲]")
STANDS_IN = re.compile(
    rf"(?:人|现|还|{_HIM})在(?P<place>[\u4e00-\u9fff]{{2,3}}?)(?:那边|打工|上班|干活|了)?{_END}"
)

# Somebody who says, asks or answers something in a call was reached.
SPOKE = re.compile(
    r"(?:^|[\s，。,；;\x00里上])(?:说(?!是)|讲(?!究)|问(?!题|问)|谈|了解|聊)|(?<!没人)(?<!不)答应|答复|报平安"
    r"|发来|给我看|发了.{0,8}来|[跟和给]我[说讲]|说的(?=$|[\s，。])|反映|来电(?!话)"
    r"|(?:电话|微信|视频|语音|短信)[里上中]?[说讲](?!是)"
)
# Busy, or away from the phone: whether they talked has to be asked.
BUSY = re.compile(r"(?:^|\s|电话)说(?:很|正|太)?忙|没空")
# The first part of what was said is denied by what stands before it (不是空号, 没啥要帮忙的).
DENIED = re.compile(
    r"(?:不是|并非|又不是|没说|没讲|不算|谈不上|没有?|没啥|没什么|没得|冇|莫得|不需要?|用不着|不用|无|未)"
    r"(?:要|啥|什么|再|说|想|谁|人家?|她|他)?$"
)
# What weighs too much to be put down as a plain talk unless the mentor says so: trouble, a change.
WEIGHTY = re.compile(
    r"哭|骂|问(?:问)?(?:村里(?!人)|支部|乡里|能不能)|怎么办|咋办|[吵打]架|押着|扣着|扣了|卷走|被(?!子|评|选|表扬|安排)|辞退|开除|裁员|失业|下岗|手术|事故|官司"
    r"|派出所|抓了|骗|去世|离婚|没地方住|不让(?!接|带)|不干了|不做了|改行|调[去到]|去了(?![个封条通趟])(?=[\u4e00-\u9fff]{2})"
)
IS = "是"
DIGIT = re.compile(r"\d")
HAN = re.compile(r"[\u4e00-\u9fff]")
# Trouble of somebody else, which he only tells of.
NOT_HIS = re.compile(r"老乡|同乡|工友|同事|邻居|朋友|别人|人家")
# What comes after what stands before.
LATER = re.compile(r"后来|[再又]|下午|晚上|然后|接着|第[二三]|今|过后")
# After a vain try: he says something all the same, which nobody can add up.
ANSWERED = re.compile(r"(?:^|[\s，。,；;])(?:他|她)(?:说|讲|回)(?!话|来|家|村)")
# After what somebody else told or answered: the person himself came to the telephone.
HIMSELF = re.compile(
    r"(?:他|她)(?:又|就|才)?(?:给我)?[打拨]回来|(?:自己|本人)[^\s，。,；;]{0,4}(?:接|回|说|讲|打)"
)
# A talk that did not come about (后来也没给我回过来).
NO_TALK = re.compile(
    r"(?<!不)[让叫请喊托][^\s，。,；;]{0,8}$|"
    r"(?:好像|以为|可能|估计|第?[一二两三四五六七八九十几\d]+)$|(?:没有?|不|未|冇|冒|莫得?)(?!久)(?:[给我俺再能打有肯愿意敢想怎么大他她让法办]){0,4}$"
    r"|(?:能|要是|如果|万一|等)(?:打|接)?$"
)
# Told so that nobody can say what came of it.
UNSURE = re.compile(
    r"([通接回打见])[没不]\1|记不[清得]|通了\s*(?:但|可|就是)?没人(?:说话|应)|断断续续|没说成|按掉|(?<!不)(?<!是)(?<!可能)(?<!估计)(?<!怕是)换了?个?号(?:码|了)|搬.{0,3}宿舍|[换调](?:到|去).{1,4}(?:镇|县|村).{0,2}(?:上班|干活)|号码?换了"
    rf"|看了?\x00*的?{RELATIVE_WORDS}.*(?:没|不)在家"
)
# A need that is over (欠的工钱都要回来了).
OVER = re.compile(r"要回来了|解决了|结清了")
# A help that came already is none that is needed.
SETTLED = re.compile(r"要回来了|[发给结](?:清|齐)?了|解决了|不用|没事了|现在好")
# A change that is only thought of, or did not happen, is none (打算月底换厂, 没换地方).
NOT_YET = re.compile(
    r"打算|准备|计划|想|要|没|不(?!在)|别|可能|也许|说不定|估计|恐怕|大概|下个?月|明年|以后|如果"
)
CHANGES = frozenset((Outcome.MOVED, Outcome.EMPLOYER_CHANGED))
# Several named people of whom the same is told.
ALIKE = re.compile(r"\x00[^\x00]{1,2}\x00+[^\x00，。,；;]{0,8}(?:都|俩)|俩")
# Where one of these stands nobody guesses that they talked.
NO_GUESS = (
    BUSY,
    WEIGHTY,
    UNSURE,
    re.compile(
        r"[没不未忘别]|打算|准备|想|要|该|[?？]|吗|换|搬|调|挂|记得|提醒|通知|约|再|等|让|叫|响|断|听|[明后]天"
    ),
)
