"""The words for periods (统计期) and for the unit beside them. Tables, no logic."""

import re

_DIGITS = "一二三四五六七八九十"
_N = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
_YEAR = r"(?:(?P<year>\d{4})年?|(?P<which>今年|本年|去年|上年|前年))?的?"

YEARS_BACK = {"今年": 0, "本年": 0, "去年": 1, "上年": 1, "前年": 2}
FIRST_HALF = "上"

# Tried in this order; the first that is found is the period.
DAYS = re.compile(rf"(?:最?近|过去|这)(?P<n>{_N})天")
LAST_MONTHS = re.compile(rf"(?:最?近|过去|这)(?P<n>{_N})个月")
QUARTER = re.compile(rf"{_YEAR}第?(?P<n>[一二三四1-4])个?季度?")
THIS_QUARTER = re.compile(r"(?:本|这个?|当)季度?")
LAST_QUARTER = re.compile(r"上个?季度?")
HALF = re.compile(rf"{_YEAR}(?P<half>[上下])半年")
MONTHS = re.compile(rf"{_YEAR}(?P<a>{_N})月?份?(?:到|至|-|—|~|～)(?P<b>{_N})月份?")
MONTH = re.compile(rf"{_YEAR}(?P<n>{_N})月份?(?![\d一二三四五六七八九十])")
THIS_MONTH = re.compile(r"(?:本|这个|当)月")
LAST_MONTH = re.compile(r"上个?月")
YEAR = re.compile(r"(?:(?P<year>\d{4})年|(?P<which>今年|本年|去年|上年|前年)|全年)")

NUMBERS = {digit: number for number, digit in enumerate(_DIGITS, 1)} | {"两": 2}
TEN = "十"

ALL_UNITS = frozenset(("全部", "所有", "全乡", "全县", "全镇"))
ONLY = re.compile(r"^(?:只看|光看|只要|看)\s*")
UNIT_NOISE = re.compile(r"[的，。、,.\s]+")
