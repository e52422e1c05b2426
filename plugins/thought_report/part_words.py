"""How the parts of a thought report are worded: salutation, close, signature, date. Patterns only.

They are tried on text without blanks and in one form of each character (NFKC).
"""

import re

_PARTY = "党组织|党支部|党总支|党委|党小组|支部|组织|党"
_DEAR = "敬爱|尊敬|亲爱"
# "Dear Party organization" in its usual forms; plain ones count only with a colon after them.
SALUTATION = re.compile(
    rf"(?:{_DEAR})的[^，。,]{{0,16}}?(?:{_PARTY})|(?:^|\n)[^，。,\n]{{0,12}}(?:{_PARTY})[:,，]"
)
CLOSE = re.compile(
    r"此致|敬礼|(?:请|恳请|望|希望|盼)[^，。,\n]{0,8}(?:组织|支部|党)[^，。,\n]{0,16}"
    r"(?:考验|考察|批评|指正|帮助|监督|培养|教育|看我)"
    r"|以上(?:就)?是(?:我|本人)[^，。,\n]{0,16}(?:汇报|想法|体会)"
)
SIGNED_AS = re.compile(r"(?:汇报人|申请人|报告人|署名|落款)[:是]?\w")
_NUMERAL = "[〇○零一二三四五六七八九十元]"
DATE = re.compile(
    r"\d{4}年\d{1,2}月(?:\d{1,2}[日号])?|\d{1,2}月\d{1,2}[日号]"
    r"|\d{4}[./-]\d{1,2}[./-]\d{1,2}"
    rf"|{_NUMERAL}{{4}}年{_NUMERAL}{{1,3}}月(?:{_NUMERAL}{{1,3}}[日号])?"
)
