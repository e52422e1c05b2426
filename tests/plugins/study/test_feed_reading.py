"""Feeds of every kind become titles and links; what is broken is one kind of error."""

import json
from datetime import date

import pytest

from plugins.study import feed_reading
from plugins.study.feed_reading import NotReadable, read

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def rss(items: str, head: str = '<?xml version="1.0"?>') -> str:
    return f'{head}<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'


def item(title: str = "一条", link: str = "https://a.example/1", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def one(text: str, charset: str = "") -> feed_reading.Item:
    (found,) = read(text.encode(), charset)
    return found


def test_given_rss_when_read_then_title_link_and_day_are_there() -> None:
    found = one(rss(item(more="<pubDate>Mon, 23 Nov 2026 20:30:00 +0000</pubDate>")))
    assert (found.title, found.link) == ("一条", "https://a.example/1")
    assert found.published_on == date(2026, 11, 24)
    assert len(found.key) == 64


def test_given_atom_when_read_then_title_link_and_day_are_there() -> None:
    found = one(
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>u:1</id>'
        '<title type="html">&lt;b&gt;冬天&lt;/b&gt; &amp;amp; 用电</title>'
        '<link href="https://a.example/2"/><updated>2026-11-20T08:00:00Z</updated>'
        "<content>the article itself</content></entry></feed>"
    )
    assert (found.title, found.link) == ("冬天 & 用电", "https://a.example/2")
    assert found.published_on == date(2026, 11, 20)


def test_given_a_json_feed_when_read_then_title_link_and_day_are_there() -> None:
    entry = {"id": 7, "url": "https://a.example/3", "title": "三"}
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [entry | {"date_published": "2026-11-20T23:00:00Z"}, 5, {"id": "no title"}],
    }
    found = one(json.dumps(feed))
    assert (found.title, found.link) == ("三", "https://a.example/3")
    assert found.published_on == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-11-23 08:00:00", date(2026, 11, 23)),
        ("2026-11-23T08:00:00+08:00", date(2026, 11, 23)),
        ("2026-11-23", date(2026, 11, 23)),
        ("23 Nov 2026 08:00:00 GMT", date(2026, 11, 23)),
        ("", None),
        ("yesterday", None),
        ("99 Foo 2026 99:99:99", None),
        ("0000-00-00", None),
        ("99999999999999999999", None),
    ],
)
def test_given_a_date_in_any_form_when_read_then_it_is_a_day_or_none(said, day) -> None:
    assert one(rss(item(more=f"<pubDate>{said}</pubDate>"))).published_on == day


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("  a\n\t b ", "a b"),
        ("&lt;script&gt;x&lt;/script&gt; y", "x y"),
        ("<![CDATA[<i>斜</i>&nbsp;字]]>", "斜 字"),
        ("1 &lt; 2", "1 < 2"),
        ("a\u202eb\u200bc", "abc"),
        ("长" * 500_000, "长" * 119 + "…"),
    ],
)
def test_given_any_title_when_read_then_it_is_plain_and_short(raw: str, shown: str) -> None:
    assert one(rss(item(raw))).title == shown


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "file:///etc/passwd", "", "/relative", "https://me:x@a.example/",
     "https://a.example/" + "x" * 500],
)  # fmt: skip
def test_given_a_link_nobody_should_open_when_read_then_the_item_is_left_out(link: str) -> None:
    assert read(rss(item(link=link)).encode(), "") == ()


def test_given_duplicates_when_read_then_each_comes_once_and_fifty_at_most() -> None:
    same = item(more="<guid>g</guid>") + item("two", more="<guid>g</guid>")
    assert [found.title for found in read(rss(same).encode(), "")] == ["一条"]
    many = "".join(item(link=f"https://a.example/{n}") for n in range(200))
    assert len(read(rss(many).encode(), "")) == 50


@pytest.mark.parametrize(
    ("declared", "written", "header"),
    [
        ("gb18030", "gb18030", ""),
        ("gb2312", "gb18030", "utf-8"),
        ("utf-8", "gb18030", ""),  # it says one and is the other
        ("", "gb18030", "gbk"),
        ("", "utf-8", "gb2312-nonsense"),
        ("unicode_escape", "utf-8", ""),
        ("UTF-16", "utf-16", ""),
        ("", "utf-8-sig", ""),
    ],
)
def test_given_any_character_set_when_read_then_the_title_is_right(
    declared: str, written: str, header: str
) -> None:
    encoding = f' encoding="{declared}"' if declared else ""
    text = rss(item("工钱被拖㐀怎么办"), f'<?xml version="1.0"{encoding}?>')
    (found,) = read(text.encode(written), header)
    assert found.title == "工钱被拖㐀怎么办"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("hello", "broken"),
        (rss(item())[:-20], "broken"),
        (rss(item("<b>")), "broken"),
        ("<html><body>hi</body></html>", "no_feed"),
        ("<!doctype html><html><br></html>", "broken"),
        ("{", "broken"),
        ('{"a":' * 100_000, "broken"),
        ('{"items": []}', "no_feed"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": 5}', "no_feed"),
        (rss(item("&l9;"), f'<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]>'), "entities"),
        (rss(item("&x;"), '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "entities"),
        (rss(item("&x;"), '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://a/">%x;]>'), "entities"),
    ],
)
def test_given_what_is_no_feed_when_read_then_it_is_one_kind_of_error(text, code) -> None:
    with pytest.raises(NotReadable) as caught:
        read(text.encode(), "")
    assert caught.value.code == code


def test_given_an_outside_description_when_read_then_nothing_is_opened(tmp_path) -> None:
    outside = tmp_path / "a.dtd"
    outside.write_text("<!ENTITY x 'opened'>")
    head = f'<!DOCTYPE rss SYSTEM "{outside.as_uri()}">'
    assert one(rss(item(), head)).title == "一条"
    with_entity = rss(item("&x;"), head).encode()
    try:
        titles = [found.title for found in read(with_entity, "")]
    except NotReadable:
        titles = []
    assert not any("opened" in title for title in titles)
