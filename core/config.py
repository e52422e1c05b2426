"""The settings tree: one class per section of ``config.toml``. Secrets never stand here.

Every field says its unit and meaning in the string below it. Whatever is wrong in the file stops
the start with the line on which it stands; nothing is guessed and nothing is ignored.
"""

import os
from pathlib import Path

from pydantic import Field

from core import config_file
from core.config_sections import (
    Alarm,
    Console,
    Database,
    Delivery,
    Feeds,
    Limits,
    Mentoring,
    Movement,
    OneBot11,
    Privacy,
    Process,
    QuietHours,
    Sandbox,
    Section,
    Study,
    ThoughtReport,
    Web,
)
from core.config_values import Platforms

__all__ = [
    "ROOT",
    "Alarm",
    "Console",
    "Database",
    "Delivery",
    "Feeds",
    "Limits",
    "Mentoring",
    "Movement",
    "OneBot11",
    "Privacy",
    "Process",
    "QuietHours",
    "Sandbox",
    "Section",
    "Settings",
    "Study",
    "ThoughtReport",
    "Web",
    "data_folder",
    "for_demo",
    "load",
    "load_own",
    "settings",
    "use",
]

ROOT = Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    """Return the folder for everything that is kept: YANZHEN_DATA, else ``data`` beside bot.py."""
    given = os.environ.get("YANZHEN_DATA")
    return Path(given).resolve() if given else ROOT / "data"


class Settings(Section):
    """Everything in ``config.toml``, and the data folder, which is not in it."""

    web: Web = Web()
    console: Console = Console()
    database: Database = Database()
    process: Process = Process()
    platforms: Platforms = Field(default_factory=lambda: {"onebot11": True})
    """Which platforms are on. The gateway refuses names it has no adapter for."""
    onebot11: OneBot11 = OneBot11()
    quiet_hours: QuietHours = QuietHours()
    study: Study = Study()
    feeds: Feeds = Feeds()
    thought_report: ThoughtReport = ThoughtReport()
    mentoring: Mentoring = Mentoring()
    movement: Movement = Movement()
    delivery: Delivery = Delivery()
    alarm: Alarm = Alarm()
    limits: Limits = Limits()
    privacy: Privacy = Privacy()
    sandbox: Sandbox = Sandbox()
    data_dir: Path = Field(default_factory=data_folder)
    """Folder of the database, files, keys and logs: the variable YANZHEN_DATA, else ``data``."""


def load(path: Path) -> Settings:
    """Read the settings from ``path``; what is not written there has its default.

    Raises StartRefused with the file's name and the line: ``start.file_missing``,
    ``start.config_encoding``, ``start.config_syntax``, ``start.config_secret``,
    ``start.config_broken`` (file, line, setting, expected).
    """
    return config_file.read(path, Settings, outside={"data_dir": data_folder()})


def load_own() -> Settings:
    """Read ``config.toml`` beside bot.py, or the file that YANZHEN_CONFIG names; see ``load``."""
    return load(Path(os.environ.get("YANZHEN_CONFIG") or ROOT / "config.toml"))


def for_demo(settings: Settings) -> Settings:
    """Return the settings of a demo: SQLite in a folder of its own, loopback, hardly any pauses."""
    quick = settings.delivery.model_copy(
        update={
            "min_interval_s": 0.1,
            "max_interval_s": 0.3,
            "group_gap_s": 0.0,
            "warm_up_s": 0.0,
        }
    )
    return settings.model_copy(
        update={
            "database": Database(),
            "web": settings.web.model_copy(update={"host": "127.0.0.1"}),
            "console": settings.console.model_copy(update={"address": ""}),
            "onebot11": OneBot11(),
            "process": Process(),
            "alarm": Alarm(),
            "feeds": Feeds(),
            "platforms": {"onebot11": True},
            "delivery": quick,
            "data_dir": settings.data_dir / "demo",
        }
    )


_settings: Settings | None = None


def use(settings: Settings | None) -> None:
    """Make ``settings`` those of this process; None goes back to the defaults."""
    global _settings
    _settings = settings


def settings() -> Settings:
    """Return the settings of this process: those in use, else all defaults."""
    return _settings if _settings is not None else Settings()
