"""A worker takes a page back by a long press; it leaves his report, over the real wire."""

from plugins.sandbox.entities import private
from tests.flows.conftest import County
from tests.flows.test_main_job import REPORT, ask, hears, page


async def test_given_pages_in_a_draft_when_one_is_taken_back_in_the_chat_then_it_is_out(
    county: County,
) -> None:
    user = county.ids["王建国"]
    await ask(county, "王建国", "交汇报", "开好了，四季度汇报。")
    await county.world.say(user, REPORT)
    await county.world.send_image(user, page(200))
    await ask(county, "王建国", "看看", "第 1 页文字，第 2 页照片")
    words = next(m for m in county.world.messages(private(user)) if m.text == REPORT)
    county.world.recall(words.message_id, user)
    await hears(county, private(user), "您撤回的那条，我这边也删了，汇报还剩 1 页。")
    await ask(county, "王建国", "看看", "第 1 页照片")
