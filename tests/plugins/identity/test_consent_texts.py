"""The notices in content/consent: the newest is used, a broken one stops the start."""

from pathlib import Path

import pytest

from core.actors import ConsentKind
from core.errors import StartRefused
from plugins.identity import consent_texts

BASICS = '[basics]\nshort = "a"\nfull = "b"\n'
GOOD = BASICS + '[reports]\nshort = "c"\nfull = "d"\n'


def test_given_the_shipped_notices_when_read_then_each_says_what_is_asked() -> None:
    found = consent_texts.load()
    assert found.version == "2026-11"
    assert found.notices[ConsentKind.BASICS].short.startswith("记姓名、支部")
    assert found.notices[ConsentKind.REPORTS].short.startswith("存您的汇报")
    assert all(len(notice.full) > len(notice.short) for notice in found.notices.values())
    assert all("！" not in notice.full + notice.short for notice in found.notices.values())


def test_given_several_versions_when_read_then_the_last_name_is_in_use(tmp_path: Path) -> None:
    (tmp_path / "2026-11.toml").write_text(GOOD, "utf-8")
    (tmp_path / "2027-02.toml").write_text(GOOD.replace('"a"', '"new"'), "utf-8")
    found = consent_texts.load(tmp_path)
    assert (found.version, found.notices[ConsentKind.BASICS].short) == ("2027-02", "new")


def test_given_no_notice_when_read_then_the_start_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartRefused) as refused:
        consent_texts.load(tmp_path)
    assert refused.value.key == "start.file_missing"


@pytest.mark.parametrize("text", ["[basics", "[basics]\nshort = 'a'\n", BASICS])
def test_given_a_broken_notice_when_read_then_the_start_is_refused_naming_it(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "1.toml").write_text(text, "utf-8")
    with pytest.raises(StartRefused) as refused:
        consent_texts.load(tmp_path)
    assert refused.value.key == "start.text_broken"
    assert refused.value.fields["file"] == "content/consent/1.toml"
