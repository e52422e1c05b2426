"""What a line behind 推送 计划 changes, as people type it."""

from typing import Any

import pytest

from core.errors import Refusal
from plugins.study import plan_lines
from plugins.study.plan_lines import AS_ABOVE

SERIES = ("党章慢慢读", "出门在外", "回乡和家里", "工钱和合同", "身体和安全")


@pytest.mark.parametrize(
    ("typed", "changes"),
    [
        (
            "周三晚上7点 工钱和身体系列 一次2篇 两周一次 长图",
            {"weekday": 2, "hour": 19, "minute": 0, "series": ["工钱和合同", "身体和安全"],
             "pieces": 2, "every_weeks": 2, "form": "picture"},
        ),
        (
            "周三晚上7点工钱和合同、出门在外系列一次两篇",
            {"weekday": 2, "hour": 19, "minute": 0, "pieces": 2,
             "series": ["工钱和合同", "出门在外"]},
        ),
        ("每周三晚上7点半", {"weekday": 2, "hour": 19, "minute": 30}),
        ("礼拜天下午3点20分", {"weekday": 6, "hour": 15, "minute": 20}),
        ("7点", {"hour": 19, "minute": 0}),
        ("早上9点", {"hour": 9, "minute": 0}),
        ("每周二发一次", {"weekday": 1}),
        ("每周一次", {"every_weeks": 1}),
        ("隔周", {"every_weeks": 2}),
        ("每两周一次", {"every_weeks": 2}),
        ("半个月一次", {"every_weeks": 2}),
        ("一个月一次", {"every_weeks": 4}),
        ("两星期一次 周日", {"every_weeks": 2, "weekday": 6}),
        ("跟乡里一样", dict(AS_ABOVE)),
        ("照上面的来", dict(AS_ABOVE)),
        ("时间跟乡里一样", {"weekday": None, "hour": None, "minute": None}),
        ("内容和县里一样", {"series": None}),
        ("全部系列", {"series": []}),
        ("只发出门在外", {"series": ["出门在外"]}),
        ("放假照发", {"skips_holidays": False}),
        ("放假不发", {"skips_holidays": True}),
        ("先不发", {"is_stopped": True}),
        ("照常发", {"is_stopped": False}),
        ("改成文字", {"form": "text"}),
        ("合并转发", {"form": "forward"}),
        ("  ，。 ", {}),
    ],
)  # fmt: skip
def test_given_a_line_when_read_then_it_changes_just_that(
    typed: str, changes: dict[str, Any]
) -> None:
    assert dict(plan_lines.read(typed, SERIES)) == changes


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("一周两次", "study.plan_too_often"),
        ("每周3次", "study.plan_too_often"),
        ("每天", "study.plan_too_often"),
        ("隔天 晚上7点", "study.plan_too_often"),
        ("三天一次", "study.plan_too_often"),
        ("周三 周六", "study.plan_too_often"),
        ("一次5篇", "study.plan_pieces"),
        ("一次0篇", "study.plan_pieces"),
        ("晚上12点", "study.plan_hour"),
        ("25点", "study.plan_hour"),
        ("晚上7点70分", "study.plan_hour"),
        ("九周一次", "study.plan_rhythm"),
        ("农时系列", "study.plan_series_unknown"),
        ("和系列", "study.plan_series_unknown"),
        ("语音", "study.plan_no_voice"),
        ("啦啦啦 周三", "study.plan_unread"),
        ("[CQ:at,qq=all]", "study.plan_unread"),
        ("周八", "study.plan_unread"),
    ],
)
def test_given_nonsense_or_too_much_when_read_then_it_is_refused(typed: str, key: str) -> None:
    with pytest.raises(Refusal) as caught:
        plan_lines.read(typed, SERIES)
    assert caught.value.key == key
