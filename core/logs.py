"""One line an event, with fields that cannot hold what anybody said.

Every record of the process comes through the sinks made here, ours and foreign ones (NoneBot, the
adapters, uvicorn, tortoise, asyncio). Ours are ``room event key=value``. Of a foreign one at
WARNING or above only the place and the type of its exception are kept; below that, a few sentences
of start and stop that are known to hold nothing personal. Call ``setup`` after ``import nonebot``,
which removes all sinks.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import loguru

from core.clock import LOCAL_ZONE

Field = int | float | bool | str | None

_IDENTIFIER = re.compile(r"[A-Za-z0-9_.:/+-]{0,64}")
_LONG_DIGITS = re.compile(r"\d{7,}")
_ROOT = Path(__file__).resolve().parent.parent
_FRAMES = 6

# Ten files of 5 MB: weeks of a township's traffic, and a bound on the disk.
_FILE_BYTES = 5_000_000
_FILES = 10

# Foreign lines below WARNING that are kept: whole sentences, from the loggers that begin so.
_HARMLESS = tuple(
    (prefix, re.compile(sentence))
    for prefix, sentence in (
        ("uvicorn", r"Uvicorn running on https?://[\w.:\[\]-]{1,60} \(Press CTRL\+C to quit\)"),
        ("uvicorn", r"(Started|Finished) server process \[\d+\]"),
        ("uvicorn", r"Waiting for application (startup|shutdown)\."),
        ("uvicorn", r"Application (startup|shutdown) complete\."),
        ("uvicorn", r"Shutting down"),
        ("nonebot", r"NoneBot is initializing\.\.\."),
        ("nonebot", r"Running NoneBot\.\.\."),
        ("nonebot", r"Loaded adapters: [A-Za-z0-9 ,]{1,80}"),
        ("nonebot", r'Succeeded to load plugin "[a-z0-9_:.]{1,48}".{0,80}'),
        ("nonebot", r"[A-Za-z0-9 ]{1,16} \| Bot [\w-]{1,24} connected"),
    )
)


class RoomLog:
    """The log of one room."""

    def __init__(self, room: str) -> None:
        self._room = room

    def debug(self, event: str, **fields: Field) -> None:
        """Note a detail for developers."""
        self._write("DEBUG", event, fields)

    def info(self, event: str, **fields: Field) -> None:
        """Note something that happened as it should."""
        self._write("INFO", event, fields)

    def warning(self, event: str, **fields: Field) -> None:
        """Note something that somebody should look at some day."""
        self._write("WARNING", event, fields)

    def error(self, event: str, **fields: Field) -> None:
        """Note something that needs somebody."""
        self._write("ERROR", event, fields)

    def fault(self, event: str, error: BaseException, **fields: Field) -> None:
        """Note a defect; of ``error`` only its type and where it came from."""
        self._write("ERROR", event, fields, where(error))

    def _write(
        self, level: str, event: str, fields: dict[str, Field], extra: str | None = None
    ) -> None:
        words = [self._room, _shown(event), *(f"{k}={_shown(v)}" for k, v in fields.items())]
        _ours.log(level, " ".join(words if extra is None else [*words, extra]))


# The mark is ours alone: a record without it is foreign, whoever emitted it.
_MARK = object()
_ours = loguru.logger.bind(yanzhen=_MARK)


def get(room: str) -> RoomLog:
    """Return the log of ``room``."""
    return RoomLog(room)


def _shown(value: object) -> str:
    """Return a field as written; words that are no identifier become ``?``.

    TypeError for anything but numbers, flags and words.
    """
    if isinstance(value, str):
        return str(value) if _IDENTIFIER.fullmatch(value) else "?"
    if value is None or isinstance(value, int | float):
        return str(value)
    raise TypeError("log fields are numbers, flags and identifiers")


def where(error: BaseException) -> str:
    """Return the type of ``error`` and the places it came through, innermost first.

    Never its text: that may hold a row's values or what somebody wrote.
    """
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = [f"{_short(frame.filename)}:{frame.lineno}:{frame.name}" for frame in frames]
    cause = error.__cause__ or error.__context__
    inner = f" from {type(cause).__name__}" if cause is not None else ""
    return f"{type(error).__name__}{inner} at {' < '.join(reversed(places)) or 'unknown'}"


def _short(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(_ROOT):
        return path.relative_to(_ROOT).as_posix()
    return "/".join(path.parts[-2:])


def setup(
    folder: Path | None,
    level: str = "INFO",
    *,
    console: TextIO | None = None,
    console_level: str | None = None,
) -> None:
    """Send every record of the process to ``console`` (stdout) and to ``folder``/yanzhen.log.

    ``console_level`` is what the console shows at least, when it is not ``level``.
    Replaces all sinks and handlers that exist, and the hooks that print uncaught exceptions.
    """
    loguru.logger.remove()
    while _open_files:
        _open_files.pop().close()
    _add(_stream_writer(console or sys.stdout), console_level or level)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        _add(_file_writer(folder / "yanzhen.log"), level)
    logging.basicConfig(handlers=[_Bridge()], level=logging.INFO, force=True)
    logging.captureWarnings(capture=True)
    _install_hooks()


def _add(write: Callable[[str], None], level: str) -> None:
    def sink(message: "loguru.Message") -> None:
        line = _line(message.record)
        if line is not None:
            write(line)

    loguru.logger.add(
        sink, level=level, format="{message}", backtrace=False, diagnose=False, catch=False
    )


def _line(record: "loguru.Record") -> str | None:
    """Return the final line for a record, or None when it is not for the log."""
    words = record["message"] if record["extra"].get("yanzhen") is _MARK else _foreign(record)
    if words is None:
        return None
    safe = _LONG_DIGITS.sub("#", " ".join(words.splitlines()))
    time: datetime = record["time"]
    return f"{time.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M:%S} {record['level'].name:<7} {safe}\n"


def _foreign(record: "loguru.Record") -> str | None:
    name = str(record["extra"].get("logger") or record["name"] or "")
    if record["level"].no < logging.WARNING:
        sentence = record["message"]
        known = any(name.startswith(p) and rule.fullmatch(sentence) for p, rule in _HARMLESS)
        return f"{name} {sentence}" if known else None
    line = record["extra"].get("line") or record["line"]
    error = record["exception"].value if record["exception"] else None
    return f"{name}:{line}" + (f" {where(error)}" if error is not None else "")


def _stream_writer(stream: TextIO) -> Callable[[str], None]:
    def write(line: str) -> None:
        try:
            stream.write(line)
            stream.flush()
        except (OSError, ValueError):
            return  # a closed console must not stop the bot

    return write


class _QuietFile(RotatingFileHandler):
    """A rotating file that loses lines rather than raise when the disk is full."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # name of the base
        """Drop the line."""


_open_files: list[logging.Handler] = []


def _file_writer(path: Path) -> Callable[[str], None]:
    handler = _QuietFile(
        path, maxBytes=_FILE_BYTES, backupCount=_FILES - 1, encoding="utf-8", delay=True
    )
    handler.terminator = ""
    _open_files.append(handler)

    def write(line: str) -> None:
        handler.handle(logging.makeLogRecord({"msg": line}))

    return write


class _Bridge(logging.Handler):
    """Hands standard library records to loguru with their own name and line."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass ``record`` on; its text is needed only for the few sentences that are kept."""
        level: str | int = record.levelname
        try:
            loguru.logger.level(record.levelname)
        except ValueError:
            level = record.levelno
        try:
            text = record.getMessage()
        except (TypeError, ValueError):
            text = ""
        bound = loguru.logger.bind(logger=record.name, line=record.lineno)
        bound.opt(exception=record.exc_info).log(level, text)


_hooked = get("python")


def _install_hooks() -> None:
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def _uncaught(
    kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    _hooked.fault("uncaught", error)


def _uncaught_in_thread(details: threading.ExceptHookArgs) -> None:
    if details.exc_value is not None:
        _hooked.fault("uncaught_in_thread", details.exc_value)


def _unraisable(details: Any) -> None:
    if details.exc_value is not None:
        _hooked.fault("unraisable", details.exc_value)
