"""Words people type while binding, and the marks between listed names."""

import re
import unicodedata

# Between names and between units in a sentence.
LIST_MARK = "、"

# What somebody may write around his own name when asked for it.
_AROUND_NAME = re.compile(r"^(我的?(名字|姓名)?(是|叫)?|(姓名|名字)(是|叫)?|叫|是)")
# Blanks, and the many dots people type inside a name (阿依古丽·买买提).
_INSIDE_NAME = re.compile(r"[\s·•・‧∙⋅.。,，:：!]+")


def bare_name(text: str) -> str:
    """Return a name as it is compared: one form of each character, no blanks, no dots."""
    return _INSIDE_NAME.sub("", unicodedata.normalize("NFKC", text))


def possible_names(text: str) -> frozenset[str]:
    """Return what may be meant when somebody answers with his name (我叫马小军)."""
    bare = bare_name(text)
    return frozenset({bare, _AROUND_NAME.sub("", bare)}) - {""}


def code_digits(text: str) -> str | None:
    """Return the eight digits of an invitation code, however they are spaced; else None."""
    digits = re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", text))
    return digits if re.fullmatch(r"[0-9]{8}", digits) else None


def account_tail(account_id: str) -> str:
    """Return the last four characters of an account, enough for its owner to know it."""
    return account_id[-4:]
