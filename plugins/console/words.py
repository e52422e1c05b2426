"""The words that open the console, and the short labels of its lists."""

OPEN = "打开网页"
OPEN_ALIASES = ("审核页", "登录")

# What the audit log calls things, as people say it. What is not here is shown as OTHER_ACT.
ACTS = {
    "console.link": "要了打开网页的链接",
    "console.sign_in": "打开了网页",
    "console.sign_out": "退出了网页",
    "contact.amended": "改了一条联系记录",
    "contact.logged": "记了一次联系",
    "contact.restored": "放回一条联系记录",
    "contact.withdrawn": "撤销一条联系记录",
    "delivery.paused": "暂停了一次发送",
    "delivery.recall_asked": "撤回了一次推送",
    "delivery.resent": "补发了一条",
    "delivery.resumed": "接着发一次推送",
    "delivery.taken_as_sent": "把一条当作已发",
    "identity.bind": "绑定了账号",
    "identity.bind_group": "绑定了一个群",
    "identity.consent_given": "同意了一份同意书",
    "identity.consent_refused": "没同意一份同意书",
    "identity.consent_withdrawn": "撤回了一份同意书",
    "identity.invite": "发了邀请码",
    "identity.leave": "退出了",
    "identity.unbind": "解绑了账号",
    "identity.unbind_for_person": "替人解绑了账号",
    "ledgers.export": "导出了台账或表格",
    "mentoring.number_changed": "记了一次换号",
    "roster.export": "导出了花名册",
    "roster.import": "导入了名册",
    "roster.import_undone": "撤销了一次导入",
    "roster.pause": "请了假，先不提醒",
    "roster.resume": "说有空了",
    "roster.update": "改了名册",
    "stats.export": "取了一份统计明细",
    "stats.answered_privately": "在群里问数字，私下答了",
    "study.attended": "登记了到场学时",
    "study.attended_undone": "撤了到场学时",
    "study.local_approved": "看过一件材料，说可以用",
    "study.local_proposed": "加了一件材料，请人看",
    "study.local_returned": "退回一件材料",
    "study.local_withdrawn": "撤下一件材料",
    "study.push_approved": "看过一次推送，说可以发",
    "study.push_confirmed": "确认发送一次推送",
    "study.push_proposed": "提了一次推送",
    "study.push_returned": "退回一次推送",
    "thought_report.review": "看完一份思想汇报",
    "unit.quiet_hours": "改了安静时间",
}
OTHER_ACT = "别的事"

ROLES = {
    "secretary": "支部",
    "mentor": "联系人",
    "deputy": "代联系人",
    "inflow": "联络员",
    "township": "乡里",
}
OTHER_ROLE = "管这事的人"

STAGES = {
    "applicant": "申请人",
    "activist": "积极分子",
    "development_target": "发展对象",
    "probationary_member": "预备党员",
    "full_member": "正式党员",
}
