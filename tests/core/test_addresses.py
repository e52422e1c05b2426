"""Only public addresses are asked, whatever form they come in."""

import socket

import pytest
from yarl import URL

from core.addresses import STRICT, NotAllowed, Rules

PUBLIC = ["8.8.8.8", "223.5.5.5", "2400:3200::1", "::ffff:8.8.8.8"]
INSIDE = [
    "0.0.0.0",  # noqa: S104
    "0.1.2.3",
    "10.1.2.3",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.2.1",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::8.8.8.8",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::8.8.8.8",
    "64:ff9b::10.0.0.1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("host", PUBLIC)
def test_given_a_public_address_when_it_is_judged_then_it_may_be_asked(host: str) -> None:
    assert STRICT.may_dial(host, 443)


@pytest.mark.parametrize("host", INSIDE)
def test_given_any_other_address_when_it_is_judged_then_it_may_not(host: str) -> None:
    assert not STRICT.may_dial(host, 443)
    info = (socket.AF_INET, socket.SOCK_STREAM, 0, "", (host, 443))
    with pytest.raises(NotAllowed):
        STRICT.guarded(info)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://news.example/feed", True),
        ("https://news.example:443/feed", True),
        ("https://8.8.8.8/feed", True),
        ("http://news.example/feed", False),
        ("ftp://news.example/feed", False),
        ("file:///etc/passwd", False),
        ("https://news.example:8443/feed", False),
        ("https://me@news.example/feed", False),
        ("https://me:word@news.example/feed", False),
        ("https://127.0.0.1/feed", False),
        ("https://[::1]/feed", False),
        ("https://[::ffff:10.0.0.1]/feed", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("/feed", False),
        ("", False),
    ],
)
def test_given_an_address_in_words_when_it_is_judged_then_only_a_plain_https_one_passes(
    url: str, allowed: bool
) -> None:
    assert STRICT.allows(URL(url)) is allowed


def test_given_a_port_of_this_machine_when_a_test_opens_it_then_no_other_is_open() -> None:
    rules = Rules(schemes=frozenset({"http"}), here=frozenset({8000}))
    assert rules.may_dial("127.0.0.1", 8000)
    assert not rules.may_dial("127.0.0.1", 8001)
    assert not rules.may_dial("10.0.0.1", 8000)
