"""The words for places and days behind 统计, 未交 and 谁没联系. Tables, no logic."""

import re

_N = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"

LIST_MARK = "，"
AND_MARK = "、"
DAYS_OF_SILENCE = re.compile(rf"(?P<n>{_N}|\d{{1,4}})\s*天?")

STATISTICS = "统计"
CHART, CHART_ALIASES = "图", ("画图", "统计图")
DETAILS, DETAILS_ALIASES = "明细", ("表格", "统计明细")
ARGUMENTS = "三季度 柳河乡"
