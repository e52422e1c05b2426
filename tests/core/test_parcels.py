"""Parcels: names of files that are names everywhere, and lead nowhere."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import parcels
from core.errors import Fault
from core.parcels import Packed

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NASTY = (
    "..",
    ".",
    "/",
    "\\",
    "C:",
    "CON",
    "\x00",
    "\u202e",
    "*",
    "?",
    "~",
    "-",
    "_",
    " ",
    "王",
    "é",
)


@given(st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=60)), max_size=6).map("".join))
def test_given_any_name_when_made_safe_then_it_is_one_plain_short_name(name: str) -> None:
    safe = parcels.safe_name(name)
    assert 1 <= len(safe) <= 40
    assert len(f"{safe}_培养教育考察登记表.docx".encode()) <= 255
    assert not set(safe) & set('./\\:*?"<>|\x00 \u202e\n')
    parcels.pack([Packed(f"001_{safe}/{safe}.docx", b"x", {})], head={}, at=NOW)


@pytest.mark.parametrize(
    "paths",
    [
        ["../甲.docx"], ["/甲.docx"], ["甲/../../乙.docx"], ["甲\\乙.docx"], ["C:甲.docx"], [""],
        ["甲//乙.docx"], [".甲"], ["甲.docx", "甲.docx"], ["A.docx", "a.docx"], ["Manifest.json"],
    ],
)  # fmt: skip
def test_given_a_path_that_leads_out_or_is_there_already_when_packed_then_it_is_a_fault(
    paths: list[str],
) -> None:
    with pytest.raises(Fault):
        parcels.pack([Packed(path, b"x", {}) for path in paths], head={}, at=NOW)


def test_given_two_people_of_one_name_when_packed_by_number_then_both_are_there() -> None:
    name = parcels.safe_name("../王建国")
    packed = [Packed(f"{number:03d}_{name}.docx", b"x", {}) for number in (1, 2)]
    with zipfile.ZipFile(io.BytesIO(parcels.pack(packed, head={}, at=NOW))) as archive:
        assert archive.namelist() == ["001_王建国.docx", "002_王建国.docx", "manifest.json"]
