"""Leaving and arriving over the real wire, with kill -9 between the question and the answer."""

from datetime import date

from core.clock import at_local
from plugins.sandbox.entities import private
from tests.flows.conftest import County
from tests.flows.test_main_job import ask, hears


async def test_given_a_worker_who_left_when_the_bot_dies_before_he_answers_then_nothing_is_lost(
    county: County,
) -> None:
    await ask(county, "王建国", "出发", "去哪座城市？1 南港")
    await county.restart()
    await ask(county, "王建国", "1", "哪天走？1 今天  2 明天")
    await ask(county, "王建国", "2", "记下了，12月3日（周四）去南港，周德厚会知道。", "5 张小卡片")
    await hears(county, private(county.ids["周德厚"]), "王建国说12月3日（周四）去南港。")
    await ask(county, "王建国", "4", "工钱、工伤，先记四句")

    await county.bot.advance(at_local(date(2026, 12, 10), 19))
    await hears(county, private(county.ids["王建国"]), "到南港了吗？1 到了  2 还在路上  3 没去")
    await county.restart()
    await ask(county, "王建国", "1", "好。南港有联络点，要告诉何志远您到了吗？")
    await county.restart()
    await ask(county, "王建国", "1", "好，我告诉何志远。")
    await hears(county, private(county.ids["何志远"]), "王建国（王家村，积极分子）到南港了")
