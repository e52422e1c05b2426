"""Every sentence the bot says, loaded from ``content/texts`` and filled here.

One TOML file a room; an entry ``[lesson]`` of ``study.toml`` has the key ``study.lesson`` and holds
``text`` with named placeholders and ``note`` (who sees it and when), nothing else. No conditions,
no loops: plural and empty cases are keys of their own, chosen in views.

Format specs for placeholders: ``{on:day}`` 12月31日, ``{on:weekday}`` 12月31日（周四）,
``{at:clock}`` 晚上8点, ``{at:short}`` 12月9日 10:05. A date of another year is said with its
year when ``today`` is among the fields.
"""

import string
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

from core.clock import local
from core.conversation import Option, Say
from core.errors import Fault, StartRefused

_WEEKDAYS = "一二三四五六日"
NOON = 12


def _day_words(day: date, today: date | None) -> str:
    words = f"{day.month}月{day.day}日"
    return words if today is None or day.year == today.year else f"{day.year}年{words}"


def clock_words(moment: datetime) -> str:
    """Say a time of day as people do: 早上9点, 中午12点半, 晚上8点, 下午3点20分."""
    here = local(moment)
    spans = ((5, "凌晨"), (9, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
    span = next(name for end, name in spans if here.hour < end)
    hour = here.hour if here.hour <= NOON else here.hour - NOON
    minute = {0: "", 30: "半"}.get(here.minute, f"{here.minute}分")
    return f"{span}{hour}点{minute}"


class _Formatter(string.Formatter):
    """Fills placeholders; knows days and times; renders nested sentences."""

    def __init__(self, texts: "Texts", today: date | None) -> None:
        self._texts = texts
        self._today = today

    def get_value(self, key: int | str, _args: object, kwargs: Mapping[str, object]) -> object:
        if not isinstance(key, str) or key not in kwargs:
            raise Fault(f"text placeholder without a field: {key}")
        return kwargs[key]

    def format_field(self, value: object, format_spec: str) -> str:
        if isinstance(value, Say):
            return self._texts.render(value)
        if isinstance(value, datetime) and format_spec in {"day", "weekday", "short"}:
            moment = local(value)
            value = moment.date()
            if format_spec == "short":
                return f"{_day_words(value, self._today)} {moment.hour}:{moment.minute:02d}"
        if isinstance(value, datetime) and format_spec == "clock":
            return clock_words(value)
        if isinstance(value, date) and format_spec == "day":
            return _day_words(value, self._today)
        if isinstance(value, date) and format_spec == "weekday":
            return f"{_day_words(value, self._today)}（周{_WEEKDAYS[value.weekday()]}）"
        return str(super().format_field(value, format_spec))


class Texts:
    """All sentences of one content folder."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._entries = dict(entries)

    @classmethod
    def load(cls, folder: Path, required: Iterable[str] = ()) -> "Texts":
        """Read every ``*.toml`` in ``folder``.

        ``required`` are the file stems that must be there. Raises StartRefused
        (``start.file_missing``, ``start.text_broken``) naming file and entry.
        """
        for stem in required:
            if not (folder / f"{stem}.toml").is_file():
                raise StartRefused("start.file_missing", file=f"content/texts/{stem}.toml")
        entries: dict[str, str] = {}
        for path in sorted(folder.glob("*.toml")):
            entries.update(_read(path))
        return cls(entries)

    def keys(self) -> frozenset[str]:
        """Return every key there is."""
        return frozenset(self._entries)

    def raw(self, key: str) -> str:
        """Return a text unfilled; Fault when there is none."""
        try:
            return self._entries[key]
        except KeyError:
            raise Fault(f"no text with key {key}") from None

    def placeholders(self, key: str) -> frozenset[str]:
        """Return the names of the placeholders in a text."""
        return placeholders_of(self.raw(key))

    def render(self, say: Say) -> str:
        """Fill one sentence."""
        today = say.fields.get("today")
        formatter = _Formatter(self, today if isinstance(today, date) else None)
        return formatter.vformat(self.raw(say.key), (), say.fields)

    def label(self, option: Option) -> str:
        """Return the words of an option."""
        return self.render(option.label) if isinstance(option.label, Say) else option.label

    def options(self, options: Iterable[Option]) -> str:
        """Return options as they are shown: ``1 同意  2 不同意``."""
        return "  ".join(f"{n} {self.label(option)}" for n, option in enumerate(options, 1))


def placeholders_of(text: str) -> frozenset[str]:
    """Return the placeholder names of a template, format specs included."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def _read(path: Path) -> dict[str, str]:
    where = f"content/texts/{path.name}"
    try:
        data = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StartRefused("start.text_broken", file=where, entry="", why=str(error)) from None
    entries = {}
    for name, entry in data.items():
        if not isinstance(entry, dict) or set(entry) != {"text", "note"}:
            raise StartRefused("start.text_broken", file=where, entry=name, why="text, note")
        entries[f"{path.stem}.{name}"] = str(entry["text"]).strip("\n")
    return entries


_texts = Texts({})


def use(texts: Texts) -> None:
    """Make ``texts`` the sentences of this process."""
    global _texts
    _texts = texts


def current() -> Texts:
    """Return the sentences of this process."""
    return _texts


def render(key: str, **fields: object) -> str:
    """Fill one sentence of this process."""
    return _texts.render(Say(key, **fields))
