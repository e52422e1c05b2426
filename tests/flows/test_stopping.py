"""Told to stop, the bot ends although a line is open, and leaves the folder free."""

from tests.flows.conftest import County
from tests.flows.test_main_job import ask


async def test_given_an_open_line_when_told_to_stop_then_it_ends_and_can_be_started_again(
    county: County,
) -> None:
    assert county.world.connected.is_set()
    await county.bot.stop()
    assert county.bot.returncode == 0
    await county.bot.start()
    await county.world.wait_connected(20)
    await ask(county, "王建国", "菜单", "1 学习")
