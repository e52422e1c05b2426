"""Who may connect, over the real server."""

import asyncio
import contextlib

import aiohttp
import pytest
import websockets

from core import config, secrets
from models import BotAccount
from plugins.gateway.links import Unanswered
from tests.plugins.gateway.conftest import Dial, Heard
from tests.plugins.gateway.ends import SELF_ID, message, text

WRONG = secrets.random_source.token_urlsafe(32)


def bearer(token: str) -> tuple[str, str]:
    return ("Authorization", f"Bearer {token}")


async def refused(dial: Dial, *who: str, **how: object) -> bool:
    try:
        await dial(*who, **how)
    except websockets.InvalidStatus as error:
        return error.response.status_code == 403
    return False


async def test_given_the_right_token_when_an_end_connects_then_its_account_is_up(dial, adapter):
    await dial()
    assert list(adapter.links) == [SELF_ID]


@pytest.mark.parametrize("path", ["/onebot/v11/", "/onebot/v11/ws", "/onebot/v11/ws/"])
async def test_given_each_route_when_the_token_is_wrong_then_it_is_refused(dial, adapter, path):
    assert await refused(dial, path=path, token=WRONG)
    assert not adapter.links


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Authorization", "Bearer ")],
        [("Authorization", "Bearer")],
        [("Authorization", "Token {token}")],
        [("Authorization", "{token}")],
        [("Authorization", "Bearer {token}x")],
        [("Authorization", "Bearer x {token}")],
        [("Authorization", "Bearer 令牌".encode().decode("latin-1"))],
        [("Authorization", "Bearer wrong"), ("Authorization", "Bearer {token}")],
        [("Authorization", "Bearer {token}"), ("Authorization", "Bearer wrong")],
        [("X-Access-Token", "{token}")],
    ],
)
async def test_given_a_forged_authorization_when_an_end_connects_then_it_is_refused(
    dial, adapter, headers
):
    token = secrets.secret("onebot11_token")
    filled = [(name, value.replace("{token}", token)) for name, value in headers]
    assert await refused(dial, headers=[("X-Self-ID", SELF_ID), *filled])
    assert not adapter.links


async def test_given_the_token_in_the_address_when_an_end_connects_then_it_is_refused(dial):
    token = secrets.secret("onebot11_token")
    path = f"/onebot/v11/ws?access_token={token}"
    assert await refused(dial, path=path, headers=[("X-Self-ID", SELF_ID)])


@pytest.mark.parametrize(
    "accounts", [[], ["10003"], [SELF_ID, "10002"], ["10001x"], ["0"], ["-10001"], ["１０００１"]]
)
async def test_given_the_token_when_the_account_is_not_ours_then_it_is_refused(
    dial, adapter, accounts
):
    token = secrets.secret("onebot11_token")
    ids = [("X-Self-ID", account.encode().decode("latin-1")) for account in accounts]
    assert await refused(dial, headers=[*ids, bearer(token)])
    assert not adapter.links


@pytest.mark.parametrize("role", ["API", "Event", "x"])
async def test_given_half_a_connection_when_an_end_connects_then_it_is_refused(dial, role):
    token = secrets.secret("onebot11_token")
    headers = [("X-Self-ID", SELF_ID), ("X-Client-Role", role), bearer(token)]
    assert await refused(dial, headers=headers)


@pytest.mark.parametrize("path", ["/onebot/v11/", "/onebot/v11/http", "/onebot/v11/http/"])
async def test_given_a_forged_event_when_it_is_posted_then_there_is_no_such_route(
    port, adapter, heard, path
):
    headers = dict([("X-Self-ID", SELF_ID), bearer(secrets.secret("onebot11_token"))])
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"http://127.0.0.1:{port}{path}", json=message(text("菜单")), headers=headers
        ) as response,
    ):
        assert response.status in {404, 405}
    assert heard.events == 0
    assert not adapter.links


async def test_given_a_half_open_link_when_the_end_dials_again_then_the_new_one_takes_over(
    dial, adapter, heard: Heard
):
    older = await dial()
    call = asyncio.create_task(adapter.links[SELF_ID].bot.call_api("get_status"))
    await older.next_call()
    newer = await dial()
    with pytest.raises(Unanswered):
        await asyncio.wait_for(call, 30)
    await older.closed()
    await newer.emit(message(text("菜单")))
    assert (await heard.next()).words == "菜单"
    assert list(adapter.links) == [SELF_ID]


async def test_given_a_replaced_link_when_it_speaks_then_nobody_hears_it(
    dial, adapter, heard: Heard
):
    older = await dial()
    newer = await dial()
    with contextlib.suppress(websockets.ConnectionClosed):
        await older.emit(message(text("旧的")))
    await newer.emit(message(text("新的")))
    assert await heard.until("新的") == []


async def test_given_no_listed_account_when_the_first_connects_then_only_it_is_known(
    dial, adapter, settings, database
):
    config.use(settings.model_copy(update={"onebot11": config.OneBot11()}))
    assert await refused(dial, "10003", token=WRONG)
    first = await dial("10003")
    assert await refused(dial, "10004")
    await first.close()
    again = await dial("10003")
    assert again.socket.state.name == "OPEN"
    assert await BotAccount.all().values_list("self_id", flat=True) == ["10003"]


async def test_given_two_new_accounts_when_both_connect_at_once_then_one_is_known(
    dial, adapter, settings, database
):
    config.use(settings.model_copy(update={"onebot11": config.OneBot11()}))
    results = await asyncio.gather(*(dial(f"1000{n}") for n in range(3, 8)), return_exceptions=True)
    assert sum(not isinstance(result, BaseException) for result in results) == 1
    assert await BotAccount.all().count() == 1
