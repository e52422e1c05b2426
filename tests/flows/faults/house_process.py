"""A bot that is forked ready-made, and lives until it is killed: the process under the storm.

Run as a program it is the zygote: it loads every room once, has neither a loop nor a thread, and
forks a child for each line on its standard input. A child is the whole house (database, rooms,
server, dispatcher) but for the clock's jobs, which the storm calls itself, and takes its orders as
lines of JSON over loopback.
"""

# ruff: noqa: E402  # its output is taken before anything can write to it

import asyncio
import importlib
import json
import os
import random
import signal
import sys
import traceback
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]

API_TIMEOUT_S = 0.15
LONGEST_LINE = 1 << 24


def _quiet(log: Path) -> int:
    """Send what the house prints into a file; return the real output, where the zygote answers."""
    real = os.dup(1)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    return real


if __name__ == "__main__":
    _answers = _quiet(Path(sys.argv[1]) / "zygote.log")
    sys.path.insert(0, str(ROOT))

import bot
from core import clock, config, crypto, database, logs


def zygote(folder: Path) -> None:
    """Load once, then fork a child for every line on standard input and answer its pid."""
    house = bot.build(config.Settings(data_dir=folder), folder)
    orders = importlib.import_module("tests.flows.faults.orders")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are nobody's zombies
    _answer({"ready": True})
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become(house, orders, json.loads(line))
        _answer({"pid": pid})


def _answer(told: dict[str, Any]) -> None:
    os.write(_answers, json.dumps(told).encode() + b"\n")


def _become(house: bot.House, orders: Any, order: dict[str, Any]) -> None:
    status = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        random.seed()  # the zygote's numbers would be everybody's
        logs.setup(None, "WARNING", console=sys.stderr)
        asyncio.run(_child(house, orders, order))
        status = 0
    finally:
        os._exit(status)


async def _child(house: bot.House, orders: Any, order: dict[str, Any]) -> None:
    house.data_dir = Path(order["data_dir"])
    house.settings = config.Settings(
        data_dir=house.data_dir,
        database=config.Database(url=order["url"], pool_max=4),
        delivery=config.Delivery(**order["delivery"]),
        onebot11=config.OneBot11(accounts=order["accounts"]),
    )
    config.use(house.settings)
    house.driver.config.api_timeout = order.get("api_timeout_s", API_TIMEOUT_S)
    house.jobs = ()
    frozen = clock.FrozenClock(datetime.fromisoformat(order["now"]))
    clock.use(frozen)
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", order["answer_to"], limit=LONGEST_LINE
    )
    if order["do"] == "plant":
        writer.write(json.dumps(await _plant(house, orders, order)).encode() + b"\n")
        await writer.drain()
        return
    house.doors["delivery"].use_checks({"storm": orders.is_still_owed})
    await house.open()
    await house.listen(host="127.0.0.1", port=order["port"])
    writer.write(b"{}\n")
    while line := await reader.readline():
        told = json.loads(line)
        try:
            answer = await orders.ORDERS[told.pop("do")](frozen, **told)
        except Exception as error:  # noqa: BLE001  # as the clock's jobs: written down, run again
            traceback.print_exc()
            answer = {"failed": type(error).__name__}
        writer.write(json.dumps(answer).encode() + b"\n")


async def _plant(house: bot.House, orders: Any, order: dict[str, Any]) -> dict[str, Any]:
    """Make the empty ledger of a template, with all migrations."""
    await database.open_database(order["url"], kind=database.PRODUCTION, data_dir=house.data_dir)
    crypto.open_keys(house.data_dir)
    try:
        found: dict[str, Any] = await orders.plant(order["url"], order["accounts"], order["groups"])
        return found
    finally:
        await database.close_database()


if __name__ == "__main__":
    zygote(Path(sys.argv[1]))
