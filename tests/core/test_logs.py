"""Nothing that anybody said gets past a sink, whoever logs it and at whatever level."""

import io
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import loguru
import nonebot.log
import pytest
import uvicorn.config  # noqa: F401  # registers its TRACE level
from nonebot.utils import logger_wrapper

from core import logs

CANARY = "王建国说工钱没发-13812345678-canary"
PARTS = ("王建国", "工钱", "13812345678", "canary")
LEVELS = ["TRACE", "DEBUG", "INFO", "SUCCESS", "WARNING", "ERROR", "CRITICAL"]


class Sinks:
    """What came out at the console and in the file."""

    def __init__(self, folder: Path) -> None:
        self.console = io.StringIO()
        self.folder = folder
        logs.setup(folder, "TRACE", console=self.console)

    def text(self) -> str:
        written = self.console.getvalue()
        file = self.folder / "yanzhen.log"
        assert (file.read_text("utf-8") if file.exists() else "") == written
        return written


@pytest.fixture
def sinks(tmp_path: Path) -> Iterator[Sinks]:
    """All sinks of the process at their most talkative."""
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    handlers, level = logging.root.handlers[:], logging.root.level
    yield Sinks(tmp_path / "logs")
    logs.setup(None, "INFO")
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(capture=False)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def _fail() -> None:
    inside = CANARY  # a value that diagnose=True would print
    try:
        {}[CANARY]
    except KeyError as error:
        raise ValueError(inside) from error


def _through_nonebot(level: str) -> None:
    nonebot.log.logger.opt(colors=True).log(level, "<m>QQ 1</m> | {}", CANARY)
    try:
        _fail()
    except ValueError as error:
        nonebot.log.logger.opt(colors=True, exception=error).log(level, "Running failed")
        logger_wrapper("OneBot V11")(level, f"Failed to parse event. Raw: {CANARY}", error)


def _through_stdlib(level: str) -> None:
    number = loguru.logger.level(level).no
    for name in ("uvicorn.error", "uvicorn.access", "tortoise.db_client", "asyncio", "websockets"):
        logger = logging.getLogger(name)
        logger.setLevel(1)
        logger.log(number, "%s: %s", name, CANARY)
        logger.log(number, CANARY)
        try:
            _fail()
        except ValueError:
            logger.log(number, "failed %s", CANARY, exc_info=True)
        logger.setLevel(logging.NOTSET)


def _through_ours(level: str) -> None:
    log = logs.get("delivery")
    write: dict[str, Callable[..., None]] = {"DEBUG": log.debug, "WARNING": log.warning}
    write.get(level, log.error)("sent", text=CANARY, number=13812345678)
    try:
        _fail()
    except ValueError as error:
        log.fault("failed", error, who=CANARY)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("through", [_through_nonebot, _through_stdlib, _through_ours])
def test_given_what_people_said_when_logged_anywhere_then_no_sink_has_it(
    sinks: Sinks, through: Callable[[str], None], level: str
) -> None:
    through(level)
    text = sinks.text()
    assert not [part for part in PARTS if part in text]
    if loguru.logger.level(level).no >= logging.ERROR or through is _through_ours:
        assert "ValueError from KeyError at tests/core/test_logs.py:" in text


def test_given_our_own_event_when_logged_then_it_is_one_line_of_fields(sinks: Sinks) -> None:
    logs.get("delivery").info("delivery.sent", id=12, late=False, pace=1.5, why=None, job="a.b")
    assert re.fullmatch(
        r"2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d INFO    delivery delivery\.sent"
        r" id=12 late=False pace=1\.5 why=None job=a\.b\n",
        sinks.text(),
    )


@pytest.mark.parametrize("value", [b"x", ["x"], {"a": 1}, ValueError("x"), object()])
@pytest.mark.usefixtures("sinks")
def test_given_a_field_of_another_type_when_logged_then_it_is_a_mistake(value: object) -> None:
    with pytest.raises(TypeError):
        logs.get("delivery").info("sent", value=value)  # type: ignore[arg-type]


def test_given_words_as_event_or_field_when_logged_then_they_are_not_shown(sinks: Sinks) -> None:
    logs.get("delivery").info("两个字", a="two words", b="x" * 65, c="a\nb")
    assert sinks.text().endswith("delivery ? a=? b=? c=?\n")


def test_given_a_pretended_mark_when_logged_then_it_is_foreign(sinks: Sinks) -> None:
    loguru.logger.bind(yanzhen=True).info(CANARY)
    loguru.logger.bind(yanzhen=CANARY).error(CANARY)
    assert "canary" not in sinks.text()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("uvicorn.error", "Uvicorn running on http://127.0.0.1:8080 (Press CTRL+C to quit)"),
        ("uvicorn.error", "Application startup complete."),
    ],
)
def test_given_a_harmless_sentence_when_logged_then_it_is_kept(
    sinks: Sinks, name: str, sentence: str
) -> None:
    logger = logging.getLogger(name)
    logger.setLevel(logging.INFO)
    logger.info(sentence)
    logger.info("%s %s", sentence, CANARY)
    logger.setLevel(logging.NOTSET)
    assert sinks.text().endswith(f"INFO    {name} {sentence}\n")
    assert sinks.text().count("\n") == 1


def test_given_an_account_that_connects_when_logged_then_its_number_is_not_shown(
    sinks: Sinks,
) -> None:
    logger_wrapper("OneBot V11")("INFO", "<y>Bot 1381234567</y> connected")
    assert sinks.text().endswith(" OneBot V11 | Bot # connected\n")


def test_given_an_uncaught_exception_when_it_ends_the_program_then_only_its_place_is_shown(
    sinks: Sinks,
) -> None:
    try:
        _fail()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    thread = threading.Thread(target=_fail)
    thread.start()
    thread.join()
    text = sinks.text()
    assert text.count("ValueError from KeyError at tests/core/test_logs.py") == 2
    assert "canary" not in text


def test_given_a_console_that_is_gone_when_logging_then_nothing_is_raised(tmp_path: Path) -> None:
    console = io.StringIO()
    logs.setup(None, "INFO", console=console)
    console.close()
    logs.get("delivery").info("sent")
    logs.setup(None, "INFO")


def test_given_a_disk_that_is_full_when_logging_then_nothing_is_raised(
    sinks: Sinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(logs._QuietFile, "_open", refuse)
    logs.get("delivery").info("sent")
    assert sinks.console.getvalue().endswith("delivery sent\n")
    assert not (sinks.folder / "yanzhen.log").exists()
