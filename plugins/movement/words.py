"""Words people type when they leave, arrive or change: commands, marks, what says nothing."""

import re

LEAVE = "出发"
LEAVE_ALIASES = ("走了", "我走了", "要出发", "我要出发")
STAY = "不走了"
STAY_ALIASES = ("不去了", "不出发了", "我不走了")
ARRIVED = "到了"
ARRIVED_ALIASES = ("到厂了", "我到了", "已经到了", "到地方了")
MOVED = "换地方"
MOVED_ALIASES = ("换地方了", "换厂", "换厂了", "换工作了", "换工地了")
NEW_CITY = "换城市"
NEW_CITY_ALIASES = ("换城市了", "换了城市")
CARDS = "行前卡片"
CARDS_ALIASES = ("小卡片",)
SHEET = "行前清单"
SHEET_ALIASES = ("出发清单",)

# What the arguments are called in the help.
TRIP = "南港 11月25日"
CITY = "东莞"

LIST_MARK = "、"

# 到南港了, 我已经到东莞了: a line that is told without a command.
CAME = re.compile(
    r"(?:我们?|俺)?(?:今天|昨天|刚|已经|已|现在|平安)*到(?:了)?(?P<place>.{2,12}?)了?"
)
CAME_END = "了"
# 腊月二十回, 3月2日左右回来: when somebody means to be back.
BACK = re.compile(
    r"(?P<day>[^\s，,。；;]{2,12}?)(?:前后|左右|前|再|才)?(?:回来|回家|回村|回)(?=$|[\s，,。；;])"
)
# The name of an employer is not told.
NOT_TOLD = frozenset(
    {"不说", "不留", "不想说", "不想留", "不用", "不用了", "没有", "先不说", "保密"}
)
ENDS = " \t，,。.、！!～~"
# Words with which employers are called; others are asked back before they are kept.
EMPLOYER = re.compile(
    r"厂|公司|集团|工地|项目部|店|酒店|饭店|餐|超市|商场|物流|快递|家政|电子|服装|服饰|建筑|建设|建工|物业|"
    r"医院|学校|中心|站|队|园|场|馆|吧|行$"
)
SENTENCE = re.compile(r"[，。？！,?!；;]|我|你|您|吗|呢|怎么|什么|为啥|没有|不")
