"""The built house: every room loaded once, as a run does it, before any test module imports one."""

import tempfile
from pathlib import Path

import bot
from core import config

_FOLDER = Path(tempfile.mkdtemp(prefix="yanzhen-tests-"))

HOUSE = bot.build(config.Settings(data_dir=_FOLDER), _FOLDER)
