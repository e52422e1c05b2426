r"""The words that could change what a line means, wherever they stand. Tables, no logic.

They are wide on purpose: what they catch is not read, it is shown to the mentor before it is kept.
A name of one of his people that was read stands as \x00.
"""

import re

from plugins.mentoring.outcome_words import RELATIVE_WORDS
from plugins.mentoring.words import OF_SOMETHING as OF_SOMETHING_ELSE

_N = r"[\d一二两三四五六七八九十几半]"
_HIM = r"(?:他|她|\x00)"
# What somebody said begins here: days and changes told in it belong to him.
SPEECH = re.compile(
    r"(?<![没不])(?:[说讲](?!(?:了|过|一?下|话|不清|不上)?(?:$|[\s，。]))|告诉我|问(?!了?\x00)|反映)"
)

# What is said stands in the next clause (他说 孩子感冒).
SPEECH_ENDS = re.compile(r"(?:说|讲|告诉我)(?:道|是)?[：:]?$")

# A day that was not taken as the day of the contact or the next one.
DAY = re.compile(
    rf"大?[昨前明后](?:天|晚|日|儿个?)|今(?:天|晚|早|儿)|上[次回个]|上一?次|[头隔当那]一?天|第二天|次日"
    rf"|(?:周|星期|礼拜)[一二三四五六日天末]|{_N}+[号日](?![线楼门厂院店工房车机码桌宿])"
    rf"|{_N}+月(?!薪)|{_N}+个?[天周月年](?:之|以)?前|月[初底末中]|[去前]年|节前|前阵|那阵"
)
NEXT = re.compile(
    rf"再(?!也|三|说不)|下[次回]|改[天日]|回头|到时|过后|以后(?!悔)|[约](?!莫|摸|束)|定(?:在|好)"
    rf"|[过隔等](?:个|上|了)?{_N}+个?(?:多)?[天周月星礼]|过[些段阵]|每[周月]|明[天晚早]|后天|今晚|等他|等她|等\x00"
    rf"|下个?(?:周|月|星期|礼拜)"
)
# A day to come on which something of his own life is due (汇报下周交).
OF_HIS = re.compile(
    r"(?:明天|后天|下个?(?:周|月|星期|礼拜)|今晚|[月年][底末]|[上中下]旬)[^再约\s，。]{0,4}?[交回走发开上补考生去来搬写做放结]"
)
A_WAY = re.compile(
    r"电话|手机|点话|电活|视|语音|[微薇威]信|[wvWV][xX]|[Qq]{2}|短信|消息|信息|信|门|面|见|家|屋|访|户|话"
)
CAME = re.compile(r"来|倒|才|收到|看见|回(?!来)")
NOT = re.compile(r"[没不]")
OF_SOMETHING = re.compile(rf"(?:[\d一二三四五六七八九十]+月份?)?{OF_SOMETHING_ELSE.pattern}")
# Every call ends with hanging up: a refusal it is with one of these.
REFUSED = re.compile(r"没空|没时间|不耐烦|不[想愿让要]|吵架|吵了|骂|别再?[打找来]|拉黑")
HUNG_UP = re.compile(r"挂")
# In what somebody said only an agreement to talk again counts.
NEXT_TOLD = re.compile(
    r"(?:再|下[次回]|明[天晚早]|后天|今晚|晚上|周[一二三四五六日末]|[号日]|月|[天会]|时候|以后|时间)"
    r"(?:再|给我|跟我|让我|我)*(?:打|联系|联络|聊|视频|找我|回我|回电|回复|通话|语音)"
)
_TOUCH = (
    r"(?:接|打(?!工|算|架|针)|通(?!知)|回(?!来|家|村|去|乡|老)|联系|联络|见|应(?!该)|聊|谈|理|找(?!工|活|厂|到工)"
    r"|吭|响|拨|上门|视频|语音|说(?:上|成|几)|吱)"
)
NOT_TOUCHED = re.compile(
    rf"(?:没|不|未|别|无|莫|冇|忘|难|白)(?:有|能|得|人|再|给|怎么|咋|跟|曾|顾上|空|敢|好|了|去|到|我|{_HIM})*{_TOUCH}"
)
PLANNED = re.compile(
    rf"(?:想|要|准备|打算|该|得|计划|记得|提醒我|等下|待会|一会儿?)(?:再|去|来|给|跟|找|和|{_HIM})*"
    rf"(?:打(?!工|架)|联系|问|视频|上门|看看|聊|找{_HIM})"
)
HEDGED = re.compile(
    r"好像|可能|估计|估摸|大概|应该|差点|本来|以为|听说|据说|不知道?|不晓得|说不[清准]|也许|恐怕|怕是"
)
QUESTION = re.compile(r"[?？]|吗(?=$|[\s，。])|(?<!知道)(?<!晓得)是不是|有没有|要不要|咋办|怎么办")
# Somebody else in the telling: kin, workmates, landlords, cadres, anybody called by a title.
_OTHERS = (
    rf"(?:(?!家里(?!人)){RELATIVE_WORDS}|老板|工头|班长|组长|主管|厂长|室友|舍友|房东|村长|支书|书记|主任|师傅|同学|朋友"
    r"|别人|人家|家属|旁人|门卫|保安|前台)"
)
OTHERS = re.compile(_OTHERS)
# Trouble of somebody else, which he only tells of.
NOT_HIS = re.compile(r"老乡|同乡|工友|同事|邻居|朋友|别人|人家|不是(?:他|她|本人)")
STRANGER = re.compile(
    r"(?:[跟给和与同找约]|碰[见到着]|见[到着了]|遇[见到])(?![我他她你您俺\x00])"
    r"(?P<name>[\u4e00-\u9fff]{2,3}?)(?=打|发|视频|语音|微信|电话|聊|联系|说|通|也|都|$|[\s，。、])"
    r"|(?<![\u4e00-\u9fff])[小老阿](?P<familiar>[\u4e00-\u9fff])(?=[\s，。、也没不接说打电回]|$)"
)
NO_NAME = re.compile(
    r"(?:[了过着]|一|两|几|个|人|家|村|厂|电话|微信|视频|语音|短信|消息|信息|我|俺|他|她|你|咱|到|新|活|大家|平时|时候|会儿|面|话|乡|家里)"
)
# What weighs too much to stand under a plain "talked" without the mentor's yes.
TROUBLE = re.compile(
    r"[重大生]病|癌|住院|医院|手术|[受工摔撞砸烫压碰]伤|伤了|骗|偷|[拖克]?欠|拖着|扣(?!子)|罚|赔|借钱|困难|难处|愁|哭|[帮求](?!助站)|麻烦"
    r"|失业|没活|没[得有]?钱|停[工产薪]|辞|裁|开除|换(?!洗|季|班|药)|搬|调(?:[到去岗])|转(?:[到去]|厂)|离开|不[干做]了|离婚|去世|[过没]世|走丢|断了|能不能|可不可以|能否|代办|救助|申请(?!书|入)|坑|中介|钱不够|不在[\u4e00-\u9fff]{2,3}了|[跑奔](?:到|去)?[\u4e00-\u9fff]{2,3}[去了]|又回[\u4e00-\u9fff]{2,3}了"
    r"|[塌漏淹]|着火|事故|摔|撞|官司|派出所|讨|要不回|没[发给结拿领](?!生|错|烧)|发不[出了下]|跑路|倒闭|关门|没人(?!接|应|说|在)|上不[了起]|没处|没地方|不想(?!家|孩子|回|说|到)|退出"
)
# Under a plain talk: a place he went to, a denial that is no reassurance, something asked for.
WENT = re.compile(
    r"(?:(?<![看听收见找遇])[去到跑奔往][^\s，。他她我厂家]{2,3}[了咧啦](?!班|学)|搬走|走了(?!之))"
)
DENIES = re.compile(
    r"(?:[没未无莫冇]|别(?!的))(?!得么?事|啥|什么|事|问题|毛病|困难|变|换|拖|欠|受|有(?:啥|事|困|问|什)|大碍|大事|么事|得事"
    rf"|{_TOUCH}|人接)|(?<![要是好])不(?!错|好意思|舒服|用|要|多|少|接|通|在服务)"
)
ASKS = re.compile(r"问(?!候|好|题)|求(?!学)|托(?!儿|班|福)")
# Before a word of trouble or of a vain try this takes it back (没受伤, 不用帮忙, 不是空号).
DENIED = re.compile(
    r"(?:没有?|没啥|没什么|没得|冇|冒|莫得?|不用|不需要?|用不着|不是|并?未|并非|不|无|别|能|如果|要是|万一)"
    r"(?:要|啥|什么|再|被|受|说|想|人|谁|那?么|给|我|俺|打|能|有|怎么|咋)*$"
)
# Words to the bot, and nothing of the contact.
TO_THE_BOT = re.compile(
    r"(?:请|麻烦)?(?:你|您)?(?:帮我|给我|替我)(?:记|登记)(?:一?下|一笔)?(?:啊|吧)?(?:就是)?"
)
SETTLED = re.compile(
    r"(?:要|拿|讨|补|发|结|还)(?:回来|到手|到|清|上|齐|完)?了|解决了|好了|没事了|出院|不用(?:管|操心|担心)"
)
