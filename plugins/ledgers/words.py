"""Words of lists and forms: what people type, and labels of codes in cells. Tables, no logic."""

from collections.abc import Mapping

from core.actors import Stage
from models.enums import Channel, Direction, Evidence, MovementState, Outcome, Topic

ACTIVISTS = "导出 积极分子台账"
CONTACTS = "导出 联系台账"
MOVEMENTS = "导出 流动台账"
LEDGER_ARGUMENTS = "三季度 王家村"
REGISTER, REGISTER_ALIASES = "导出 登记表", ("导出 培养登记表", "导出 考察登记表")
PROCESS, PROCESS_ALIASES = "导出 纪实表", ("导出 全程纪实表",)
FORM_ARGUMENTS = "王建国"
EVERYBODY = frozenset(("全部", "所有", "所有人", "每个人", "全支部"))

LIST_MARK = "、"
LINE_MARK = "；"

STAGES: Mapping[Stage, str] = {
    Stage.APPLICANT: "申请人",
    Stage.ACTIVIST: "入党积极分子",
    Stage.DEVELOPMENT_TARGET: "发展对象",
    Stage.PROBATIONARY_MEMBER: "预备党员",
    Stage.FULL_MEMBER: "正式党员",
}
CHANNELS: Mapping[Channel, str] = {
    Channel.PHONE: "电话",
    Channel.TEXT: "微信",
    Channel.VOICE: "语音",
    Channel.VIDEO: "视频",
    Channel.IN_PERSON: "当面",
    Channel.VISIT: "上门",
    Channel.LETTER: "写信",
}
DIRECTIONS: Mapping[Direction, str] = {
    Direction.OUTGOING: "联系人",
    Direction.INCOMING: "本人",
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.REACHED: "通了",
    Outcome.NO_ANSWER: "没人接",
    Outcome.NUMBER_DEAD: "号码停机",
    Outcome.MOVED: "换地方",
    Outcome.EMPLOYER_CHANGED: "换厂",
    Outcome.THROUGH_OTHERS: "问了旁人",
    Outcome.HELP_NEEDED: "要帮忙",
    Outcome.DECLINED: "不想聊",
}
TOPICS: Mapping[str, str] = {
    Topic.STUDY.value: "学习",
    Topic.WORK.value: "工作",
    Topic.LIFE.value: "生活",
    Topic.DIFFICULTY.value: "困难",
    Topic.POLICY.value: "政策",
}
JOURNEYS: Mapping[MovementState, str] = {
    MovementState.PLANNED: "还没走",
    MovementState.AWAY: "在路上",
    MovementState.ARRIVED: "到了",
    MovementState.CANCELLED: "没去",
}
EVIDENCE: Mapping[Evidence, str] = {
    Evidence.ATTENDED: "到场",
    Evidence.QUIZ: "答题",
    Evidence.DECLARED: "自述",
}
