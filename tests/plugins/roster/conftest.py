"""NoneBot must be there before a room is imported; the consent notices before anybody binds."""

import os

import nonebot
import pytest

try:
    nonebot.get_driver()
except ValueError:
    nonebot.init(_env_file=(os.devnull,), driver="~fastapi", log_level="WARNING")

from plugins.identity import consent_texts


@pytest.fixture(autouse=True)
def notices() -> None:
    consent_texts.use(consent_texts.load())
