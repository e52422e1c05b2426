"""Sealing, moving, rotating, and keys that others may read."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import config, crypto, secrets
from core.errors import Fault, StartRefused

PLACE = "report_part.text:0a"


@given(plain=st.binary(max_size=300), place=st.text(max_size=40))
def test_given_anything_when_sealed_then_it_opens_at_its_place(plain: bytes, place: str) -> None:
    ring = crypto.KeyRing({7: b"k" * 32}, 7)
    sealed = ring.seal(plain, place=place)
    assert ring.unseal(sealed, place=place) == plain
    assert len(sealed) == len(plain) + crypto.OVERHEAD_BYTES


@pytest.mark.usefixtures("keys")
def test_given_a_sealed_text_when_sealed_again_then_it_differs_and_shows_nothing() -> None:
    first = crypto.seal_text("工钱两个月没发", place=PLACE)
    second = crypto.seal_text("工钱两个月没发", place=PLACE)
    assert first != second
    assert "工钱".encode() not in first
    assert crypto.unseal_text(second, place=PLACE) == "工钱两个月没发"


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("position", [0, 1, 13, -1])
def test_given_a_changed_byte_when_opened_then_it_is_a_fault(position: int) -> None:
    sealed = bytearray(crypto.seal(b"x" * 20, place=PLACE))
    sealed[position] ^= 1
    with pytest.raises(Fault):
        crypto.unseal(bytes(sealed), place=PLACE)


@pytest.mark.usefixtures("keys")
def test_given_a_value_moved_to_another_row_when_opened_then_it_is_a_fault() -> None:
    sealed = crypto.seal(b"mine", place="contact.note:1")
    with pytest.raises(Fault, match="another place"):
        crypto.unseal(sealed, place="contact.note:2")
    with pytest.raises(Fault):
        crypto.unseal(sealed[:20], place="contact.note:1")


def test_given_an_added_key_when_sealing_then_it_is_used_and_the_older_still_opens(
    settings: config.Settings, keys: crypto.KeyRing
) -> None:
    old = crypto.seal(b"old", place=PLACE)
    crypto.add_key(settings.data_dir)
    new = crypto.seal(b"new", place=PLACE)
    crypto.open_keys(settings.data_dir)
    assert crypto.unseal(old, place=PLACE) == b"old"
    assert crypto.unseal(new, place=PLACE) == b"new"
    assert (keys.current, new[0]) == (1, 2)
    assert (crypto.current().is_current(old), crypto.current().is_current(new)) == (False, True)
    with pytest.raises(Fault, match="not here"):
        keys.unseal(new, place=PLACE)


def test_given_no_keys_open_when_sealing_then_it_is_a_fault() -> None:
    crypto.use(None)
    with pytest.raises(Fault, match="not open"):
        crypto.seal(b"x", place=PLACE)


@pytest.mark.usefixtures("keys")
def test_given_a_first_start_when_keys_are_made_then_only_their_owner_reads_them(
    settings: config.Settings,
) -> None:
    path = settings.data_dir / "secrets" / "keys.json"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("name", "mode", "said"),
    [("keys.json", 0o640, "data/secrets/keys.json"), ("", 0o755, "data/secrets")],
)
def test_given_rights_that_are_too_wide_when_opening_then_it_is_refused(
    settings: config.Settings, name: str, mode: int, said: str
) -> None:
    (settings.data_dir / "secrets" / name).chmod(mode)
    with pytest.raises(StartRefused) as refused:
        crypto.open_keys(settings.data_dir)
    assert (refused.value.key, refused.value.fields) == ("start.secret_rights", {"file": said})


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        json.dumps({"current": 2, "keys": {"1": "A" * 43 + "="}}),
        json.dumps({"current": 1, "keys": {"1": "QUJD"}}),
        json.dumps({"current": 1, "keys": {"1": "!" * 44}}),
    ],
)
def test_given_a_damaged_key_file_when_opening_then_it_is_refused(
    settings: config.Settings, content: str
) -> None:
    (settings.data_dir / "secrets" / "keys.json").write_text(content)
    with pytest.raises(StartRefused) as refused:
        crypto.open_keys(settings.data_dir)
    assert refused.value.key == "start.secret_broken"


@pytest.mark.usefixtures("keys")
def test_given_lost_keys_and_sealed_files_when_opening_then_no_new_keys_are_made(
    settings: config.Settings,
) -> None:
    path = settings.data_dir / "secrets" / "keys.json"
    path.unlink()
    (settings.data_dir / "files" / "ab").mkdir(parents=True)
    with pytest.raises(StartRefused) as refused:
        crypto.open_keys(settings.data_dir)
    assert refused.value.key == "start.secret_broken"
    assert not path.exists()


def test_given_a_secret_when_asked_twice_then_it_is_the_same_and_kept(
    settings: config.Settings,
) -> None:
    made = secrets.secret("onebot_token")
    path = settings.data_dir / "secrets" / "onebot_token"
    assert len(made) >= 40
    assert (secrets.secret("onebot_token"), path.read_text()) == (made, made)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(StartRefused):
        secrets.secret("onebot_token")


def test_given_a_variable_when_asked_then_it_wins_and_nothing_is_written(
    settings: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert secrets.given("database_password") is None
    monkeypatch.setenv("YANZHEN_DATABASE_PASSWORD", "outside")
    assert secrets.secret("database_password") == "outside"
    assert not (settings.data_dir / "secrets").exists()


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("name", ["../keys", "Keys.json", "", "a/b"])
def test_given_a_path_as_name_when_asked_then_it_is_a_fault(name: str) -> None:
    with pytest.raises(Fault):
        secrets.secret(name)


def test_given_a_folder_that_cannot_be_written_when_keys_are_made_then_it_is_refused(
    tmp_path: Path,
) -> None:
    (tmp_path / "secrets").write_text("a file")
    with pytest.raises(StartRefused) as refused:
        crypto.open_keys(tmp_path)
    assert refused.value.key == "start.data_readonly"
