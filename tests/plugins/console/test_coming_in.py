"""Coming in: one link, one press, one browser; what ends a session; what a stranger gets."""

import asyncio

import pytest

from core import config
from core.actors import RoleKind
from core.config import Settings
from models import Account, AuditLog, ConsoleLink, ConsoleSession, Message, Role
from plugins.console import service
from tests.conftest import HOUSE
from tests.plugins.console.conftest import LINK, Pages

EVERY_PAGE = (
    "/", "/reports", "/reports/report1", "/reports/report1/pages/2", "/people", "/people/1",
    "/units", "/pushes", "/pushes/1", "/pushes/1/state", "/calendar", "/approvals",
    "/approvals/order1", "/pushes/1/recall", "/pieces/piece1", "/pieces/piece1/files/1",
    "/log", "/log/looks",
)  # fmt: skip
HEADERS = {
    "content-security-policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none';"
        " form-action 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer, same-origin",
    "cache-control": "no-store",
}


async def test_given_a_secretary_when_he_asks_for_the_page_then_one_link_comes_and_opens_it(
    pages: Pages,
) -> None:
    said = await pages.county.town.says("刘长河", "打开网页")
    assert said.startswith(
        "打开这个网址，10 分钟里有效，只能用一次：\nhttp://127.0.0.1:8080/console/in/"
    )

    browser = await pages.enter("刘长河")
    shown = await browser.get("/")

    assert shown.status == 200
    assert "刘长河" in shown.text
    assert [row.action for row in await AuditLog.filter(action__startswith="console.")] == [
        "console.link", "console.link", "console.sign_in",
    ]  # fmt: skip


async def test_given_a_link_when_it_is_only_looked_at_then_it_still_opens(pages: Pages) -> None:
    token = await pages.link("刘长河")
    preview = pages.browser()
    for _ in range(3):
        assert (await preview.get(f"/in/{token}")).status == 200
    assert await ConsoleSession.all().count() == 0

    assert (await pages.browser().press(token)).status == 200


async def test_given_a_used_link_when_it_is_pressed_again_then_it_opens_nothing(
    pages: Pages,
) -> None:
    token = await pages.link("刘长河")
    await pages.browser().press(token)

    again = await pages.browser().press(token)

    assert again.status == 410
    assert "这个链接用过或过了 10 分钟。回「打开网页」再要一个。" in again.text
    assert await ConsoleSession.all().count() == 1


async def test_given_one_link_when_two_browsers_press_at_once_then_one_comes_in(
    pages: Pages,
) -> None:
    token = await pages.link("刘长河")
    both = [pages.browser() for _ in range(2)]

    answers = await asyncio.gather(*(browser.press(token) for browser in both))

    assert sorted(answer.status for answer in answers) == [200, 410]
    assert await ConsoleSession.all().count() == 1


async def test_given_a_bar_that_asks_by_itself_when_nobody_clicks_then_the_session_still_ends(
    pages: Pages,
) -> None:
    browser = await pages.enter("郑海燕")
    number = (await Message.get()).id
    for _ in range(5):
        pages.county.town.later(minutes=5)
        assert (await browser.get(f"/pushes/{number}/state")).status == 200
    pages.county.town.later(minutes=5)

    assert (await browser.get(f"/pushes/{number}/state")).status == 401


async def test_given_links_and_sessions_that_are_over_when_a_day_has_passed_then_they_are_gone(
    pages: Pages,
) -> None:
    await pages.enter("刘长河")
    town = pages.county.town
    assert await service.forget_spent(before=town.clock.now()) == 0
    town.later(hours=9)

    assert await service.forget_spent(before=town.clock.now()) == 2
    assert await ConsoleLink.all().count() == 0


async def test_given_a_body_without_end_when_it_is_posted_then_it_is_refused(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    await browser.get("/")

    answer = await browser.post(
        f"/reports/{pages.county.reports['王建国']}", csrf=browser.csrf, reason="长" * 30_000
    )

    assert answer.status == 409
    assert "这段太长了，没存。" in answer.text


async def test_given_a_link_when_ten_minutes_have_passed_then_it_opens_nothing(
    pages: Pages,
) -> None:
    token = await pages.link("刘长河")
    pages.county.town.later(minutes=10)

    assert (await pages.browser().press(token)).status == 410


async def test_given_two_links_when_the_older_is_pressed_then_only_the_newer_opens(
    pages: Pages,
) -> None:
    older, newer = await pages.link("刘长河"), await pages.link("刘长河")

    assert (await pages.browser().press(older)).status == 410
    assert (await pages.browser().press(newer)).status == 200


async def test_given_a_button_when_another_browser_presses_it_then_it_opens_nothing(
    pages: Pages,
) -> None:
    token = await pages.link("刘长河")
    shown = await pages.browser().get(f"/in/{token}")
    mark = shown.text.split('name="mark" value="')[1][:64]

    stolen = await pages.browser().post("/in", token=token, mark=mark)

    assert stolen.status == 403
    assert await ConsoleSession.all().count() == 0


async def test_given_the_tables_when_they_are_read_then_no_token_is_in_them(pages: Pages) -> None:
    browser = await pages.enter("刘长河")
    cookie = browser.cookies()["yanzhen_console"]
    link, session = await ConsoleLink.get(), await ConsoleSession.get()

    assert len(cookie) >= 22  # 128 bits
    assert cookie not in (link.token_hash, session.token_hash)
    assert len(session.token_hash) == 64


async def test_given_somebody_who_comes_in_when_the_log_is_read_then_nothing_opens_with_it(
    pages: Pages,
) -> None:
    token, browser = await pages.link("刘长河"), pages.browser()
    await browser.press(token)
    await browser.get("/people")
    await browser.post("/people", csrf=browser.csrf, name="王建国")

    written = "".join(
        path.read_text("utf-8") for path in (HOUSE.data_dir / "logs").rglob("*") if path.is_file()
    )

    assert "started" in written.lower()
    for secret in (token, browser.cookies()["yanzhen_console"], browser.csrf, "王建国"):
        assert secret not in written


async def test_given_a_session_cookie_when_it_is_set_then_no_script_and_no_foreign_page_has_it(
    pages: Pages,
) -> None:
    token, browser = await pages.link("刘长河"), pages.browser()
    shown = await browser.get(f"/in/{token}")
    mark = shown.text.split('name="mark" value="')[1][:64]
    answer = await browser.post("/in", follow=False, token=token, mark=mark)

    cookie = answer.headers["set-cookie"]
    assert answer.status == 303
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/console"))


@pytest.mark.parametrize("name", ["王建国", "周德厚", "谁也不是"])
async def test_given_somebody_without_office_when_he_asks_then_there_is_no_link(
    pages: Pages, name: str
) -> None:
    said = await pages.county.town.says(name, "打开网页")

    assert "http" not in said
    assert await ConsoleLink.all().count() == 0


async def test_given_a_stranger_when_he_opens_any_page_then_he_gets_nothing(
    pages: Pages,
) -> None:
    browser = pages.browser()
    for path in EVERY_PAGE:
        answer = await browser.get(path)

        assert answer.status == 401, path
        assert "要先在私聊里回我「打开网页」" in answer.text
        assert not any(name in answer.text for name in pages.county.town.people)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS


async def test_given_half_an_hour_without_a_click_when_a_page_is_asked_then_it_is_over(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    pages.county.town.later(minutes=29)
    assert (await browser.get("/")).status == 200
    pages.county.town.later(minutes=29)
    assert (await browser.get("/")).status == 200
    pages.county.town.later(minutes=30)

    assert (await browser.get("/")).status == 401


async def test_given_eight_hours_of_clicking_when_a_page_is_asked_then_it_is_over(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    for _ in range(23):
        pages.county.town.later(minutes=20)
        assert (await browser.get("/approvals")).status == 200
    pages.county.town.later(minutes=20)

    assert (await browser.get("/approvals")).status == 401


async def test_given_a_session_when_the_office_ends_then_the_session_does(pages: Pages) -> None:
    browser = await pages.enter("刘长河")
    await Role.filter(kind=RoleKind.BRANCH_SECRETARY, person__name="刘长河").delete()

    assert (await browser.get("/")).status == 401
    assert await ConsoleSession.all().count() == 0


async def test_given_a_session_when_the_account_changes_hands_then_the_session_ends(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    other = pages.county.person("李国民")
    await Account.filter(account_id="刘长河").update(person_id=other)

    assert (await browser.get("/")).status == 401


async def test_given_a_link_when_the_office_ends_before_the_press_then_it_opens_nothing(
    pages: Pages,
) -> None:
    token = await pages.link("刘长河")
    await Role.filter(person__name="刘长河").delete()

    assert (await pages.browser().press(token)).status == 410


async def test_given_a_session_when_he_signs_out_then_the_old_cookie_opens_nothing(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")
    cookie = browser.cookies()["yanzhen_console"]
    await browser.get("/")
    assert "退出了" in (await browser.post("/out", csrf=browser.csrf)).text

    again = await pages.browser().get("/", Cookie=f"yanzhen_console={cookie}")

    assert again.status == 401


async def test_given_an_https_address_when_somebody_comes_by_it_then_cookies_are_for_it_alone(
    pages: Pages, settings: Settings
) -> None:
    here = await pages.county.town.says("刘长河", "打开网页")
    made = settings.console.model_copy(update={"address": "https://pages.example"})
    config.use(settings.model_copy(update={"console": made}))

    said = await pages.county.town.says("刘长河", "打开网页")
    token = LINK.search(said)
    assert token
    shown = await pages.browser().get(f"/in/{token[1]}", Host="pages.example")

    assert "只能在装着我的那台电脑上打开。" in here
    assert "https://pages.example/console/in/" in said
    assert "只能在装着我的那台电脑上打开。" not in said
    assert shown.status == 200
    assert "Secure" in shown.headers["set-cookie"]


async def test_given_a_foreign_name_when_the_page_is_asked_then_it_is_refused(
    pages: Pages,
) -> None:
    browser = await pages.enter("刘长河")

    assert (await browser.get("/", Host="evil.example")).status == 403
    assert (await browser.get("/static/console.css", Host="evil.example")).status == 403


@pytest.mark.parametrize("wrong", ["no token", "other token", "no origin", "foreign origin"])
async def test_given_a_form_that_is_not_ours_when_it_comes_then_nothing_is_done(
    pages: Pages, wrong: str
) -> None:
    browser, other = await pages.enter("刘长河"), await pages.enter("吴芳")
    await browser.get("/")
    await other.get("/")
    tokens = {"no token": "", "other token": other.csrf}
    origins = {"no origin": None, "foreign origin": "http://evil.example"}

    answer = await browser.post(
        f"/reports/{pages.county.reports['王建国']}",
        origin=origins.get(wrong, ""),
        csrf=tokens.get(wrong, browser.csrf),
        decision="pass",
    )

    assert answer.status == 409
    assert "没算数" in answer.text
    assert not await AuditLog.filter(action="thought_report.review").exists()
