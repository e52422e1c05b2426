"""The settings tree, and the line that a mistake is said to be on."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from core import config
from core.conversation import Say
from core.errors import StartRefused
from core.texts import Texts

ROOT = Path(__file__).resolve().parents[2]

TIME = '要写成 "21:00"'
PORT = "要写 1 到 65535 的整数，不加引号"
UNKNOWN = "没有这一项，看看是不是写错了"

BROKEN = [
    ('[quiet_hours]\n# night\nstart = "9pm"', 3, "quiet_hours.start", TIME),
    ("[quiet_hours]\nstart = 21:00:00", 2, "quiet_hours.start", TIME),
    ('[quiet_hours]\nend = "24:00"', 2, "quiet_hours.end", TIME),
    ('quiet_hours = { start = "x" }', 1, "quiet_hours.start", TIME),
    ('[web]\nport = "8080"', 2, "web.port", PORT),
    ("[web]\nport = true", 2, "web.port", PORT),
    ("\n\n[web]\nhost = '0.0.0.0'\nport = 70000", 5, "web.port", PORT),
    ("[study]\nhour = 1.5", 2, "study.hour", "要写 0 到 23 的整数，不加引号"),
    ('[delivery]\nmin_interval_s = "x"', 2, "delivery.min_interval_s",
     "要写 0 到 3600 的数字，不加引号"),
    ("[delivery]\nmin_interval_s = 30", 1, "delivery.max_interval_s", "不能比 min_interval_s 小"),
    ("[web]\nhost = 1", 2, "web.host", '要用引号括起来，比如 "127.0.0.1"'),
    ("[web]\nprot = 1", 2, "web.prot", UNKNOWN),
    ("[wbe]\nport = 1", 1, "wbe", UNKNOWN),
    ('data_dir = "x"', 1, "data_dir", UNKNOWN),
    ("web = 3", 1, "web", "这是一节的名字，要写成 [名字]，一项一行"),
    ("[platforms]\nqq = 1", 2, "platforms.qq", "要写 true 或 false"),
    ('[platforms]\n"Q Q" = true', 1, "platforms", "平台名只用小写字母和数字，比如 onebot11"),
    ('[database]\nurl = "mysql://x"', 2, "database.url",
     '要写成 "sqlite"，或 "postgres://用户@主机:5432/库名"'),
    ("[onebot11]\naccounts = [10001]", 2, "onebot11.accounts",
     '要写成 ["10001", "10002"]，每个号加引号'),
    ("[privacy]\ngroup_total_min = 4", 2, "privacy.group_total_min",
     "要写 5 到 100 的整数，不加引号"),
    ("[web]\nport = 0\n[study]\nhour = 99", 2, "web.port", PORT),
    ("[study]\nhour = 99\n[web]\nport = 0", 2, "study.hour", "要写 0 到 23 的整数，不加引号"),
    ('note = """\n[web]\nport = 1\n"""\n[web]\nport = 0', 1, "note", UNKNOWN),
    ('[web]\nhost = """\nport = 1\n"""\nport = 0', 5, "web.port", PORT),
]  # fmt: skip


def _refused(tmp_path: Path, source: str) -> StartRefused:
    path = tmp_path / "config.toml"
    path.write_text(source, "utf-8")
    with pytest.raises(StartRefused) as refused:
        config.load(path)
    return refused.value


@pytest.fixture
def start_texts(tmp_path: Path) -> Texts:
    """The sentences of start.toml alone."""
    folder = tmp_path / "texts"
    folder.mkdir()
    shutil.copy(ROOT / "content" / "texts" / "start.toml", folder)
    return Texts.load(folder)


@pytest.mark.parametrize("mistake", BROKEN, ids=lambda mistake: mistake[2])
def test_given_a_mistake_when_loading_then_its_line_and_what_is_wanted_are_said(
    tmp_path: Path, start_texts: Texts, mistake: tuple[str, int, str, str]
) -> None:
    source, line, setting, expected = mistake
    error = _refused(tmp_path, source)
    assert start_texts.render(Say(error.key, **error.fields)) == (
        f"config.toml 第 {line} 行 {setting}：{expected}。没启动，数据没动。"
    )


@pytest.mark.parametrize(
    ("source", "line", "setting"),
    [
        ('[web]\nhost = "x"\ntoken = "abc"', 3, "web.token"),
        ('[onebot11]\naccess_token = "abc"', 2, "onebot11.access_token"),
        ('[database]\nPassword = "abc"', 2, "database.Password"),
        ('[database]\nurl = "postgres://bot:abc@localhost/yanzhen"', 2, "database.url"),
        ('[database]\nurl = "postgres://localhost/yanzhen?password=abc"', 2, "database.url"),
    ],
)
def test_given_a_secret_in_the_file_when_loading_then_it_is_refused_and_not_repeated(
    tmp_path: Path, start_texts: Texts, source: str, line: int, setting: str
) -> None:
    error = _refused(tmp_path, source)
    assert (error.key, error.fields["line"], error.fields["setting"]) == (
        "start.config_secret", line, setting,
    )  # fmt: skip
    assert "abc" not in start_texts.render(Say(error.key, **error.fields))


@pytest.mark.parametrize(
    ("source", "line"), [("[web]\nport = = 1", 2), ("[web", 1), ("[web]\nport = 1\nport = 2", 3)]
)
def test_given_no_toml_when_loading_then_the_line_is_said(
    tmp_path: Path, source: str, line: int
) -> None:
    error = _refused(tmp_path, source)
    assert (error.key, error.fields["line"]) == ("start.config_syntax", line)


def test_given_another_encoding_or_no_file_when_loading_then_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    with pytest.raises(StartRefused) as missing:
        config.load(path)
    path.write_bytes("# 中文".encode("gbk"))
    with pytest.raises(StartRefused) as encoded:
        config.load(path)
    assert (missing.value.key, encoded.value.key) == ("start.file_missing", "start.config_encoding")


def test_given_a_windows_file_with_a_mark_when_loading_then_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes("\ufeff[web]\r\nport = 9000\r\n".encode())
    assert config.load(path).web.port == 9000


def test_given_the_file_of_the_project_when_loading_then_it_says_the_defaults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("YANZHEN_DATA", raising=False)
    assert config.load(ROOT / "config.toml") == config.Settings()


def test_given_the_file_of_the_project_when_reading_then_every_setting_stands_in_it() -> None:
    source = (ROOT / "config.toml").read_text("utf-8")
    written = tomllib.loads(source)
    wanted = config.Settings().model_dump(exclude={"data_dir"})
    assert {name: set(section) for name, section in written.items()} == {
        name: set(section) for name, section in wanted.items()
    }
    settings = [line for line in source.splitlines() if re.match(r"[\w]+ = ", line)]
    assert all(re.search(r"#.*[a-z].*[\u4e00-\u9fffQ]", line) for line in settings)


def test_given_every_field_when_asked_then_it_explains_itself() -> None:
    for section in (config.Settings, *(type(v) for _, v in config.Settings())):
        if isinstance(section, type) and issubclass(section, config.Section):
            bare = [name for name, field in section.model_fields.items() if not field.description]
            assert section is config.Settings or not bare, (section, bare)


def test_given_the_variable_when_loading_then_it_names_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YANZHEN_DATA", str(tmp_path / "elsewhere"))
    assert config.load(ROOT / "config.toml").data_dir == tmp_path / "elsewhere"


@pytest.mark.parametrize("address", ["console.example", "https://host/path", "https://a b"])
def test_given_an_address_that_browsers_cannot_open_when_loading_then_it_is_refused(
    tmp_path: Path, address: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[console]\naddress = "{address}"\n', "utf-8")
    with pytest.raises(StartRefused) as refused:
        config.load(path)
    assert refused.value.fields["expected"] == Say("start.expect_page_address")
    path.write_text('[console]\naddress = "http://192.168.1.5:8080"\n', "utf-8")
    assert config.load(path).console.address == "http://192.168.1.5:8080"


def test_given_only_another_platform_when_loading_then_qq_stays_on(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[platforms]\nsatori = true", "utf-8")
    assert config.load(path).platforms == {"onebot11": True, "satori": True}
