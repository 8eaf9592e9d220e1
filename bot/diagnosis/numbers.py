# ruff: noqa: E501 - a way to stand is a row, however long
"""Finds known codes among the numbers of a text, and says how each stands there. Digits are exact.

Where a number stands is evidence for or against its being an error's code. A way to stand is a row of a table:
its name, what it weighs for a long code (131047) and for a short one (100), what comes before, what comes after.
Weights are log-odds: +2.2 turns an even chance into nine in ten, +5.3 into 199 in 200.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from bot.diagnosis import columns


@dataclass(frozen=True, slots=True)
class Stand:
    """One way for a number to stand in a text."""

    name: str
    long: float
    short: float
    before: str
    after: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A known number at a place, and how it stands there."""

    number: int
    at: int
    stand: Stand
    against: Stand | None = None
    is_subcode: bool = False


_ERROR = (
    r"(?:(?:ال|بال|لل)?(?:خطأ|خطا|رمز|كود)|err(?:o|eu)?r[es]?s?|erros?|erreurs?|errori?|err|fehler(?:code)?|failed|ошибк\w{0,3}|hata(?:s[ıi])?\w{0,3}|خطا|خطأ|بالخطأ"
    r"|שגיאה|קוד|kode|codes?|c[oó]digos?|code|codice|kod\w?|코드|오류|에러|错误码?|錯誤|代码|码|エラー|コード"
    r"|kesalahan|galat|lỗi|mã|b[lł][aą]d|fout|foutcode|त्रुटि|कोड|रमز|رمز|كود|код\w{0,2}|exception)"
)
_NUMBER_WORD = r"(?:code|c[oó]digo|no|nr|num(?:ber|ero)?|n[º°o]|id|nomor|numaral[ıi]|номер|رقم|नंबर)?"

FOR: tuple[Stand, ...] = (
    Stand("sub-key", 5, 3, r"sub_?code[\"'\]]*\s*(?:=>|[:=])?\s*[\"']?", why="in error_subcode"),
    Stand("sub-pair", 4, 2, r"\(#?\d{1,3}/", r"\)", why="behind its code"),
    Stand("key", 5, 2.5, r"code[\"'\])]*\s*(?:=>|[:=]|===?)\s*[\"']?", why="as the value of a code field"),
    Stand("head-mark", 4.5, 4.2, r"(?:^|[\"'\n>|:]\s*|[-*] [\"'*]*)\(#", r"\)", why="at the head of a message, as Meta writes it"),
    Stand("error-word", 4, 1.5, rf"(?<!\w){_ERROR}\W{{0,4}}{_NUMBER_WORD}\W{{0,4}}", why="next to the word for error or code"),
    Stand("error-behind", 3.5, 0.5, r"", r"\s?['’]?\s?(?:nolu |kodlu |numaralı |वाली |वाला )?(?:error|erro|hata|fehler|erreur|एरर|त्रुटि|galat)", why="before the word for error"),
    Stand("comes", 1.3, 0, r"", r"\s(?:आ रह|aa? rah|a raha|geliyor|çıkıyor|muncul|keluar|kommt|comes? (?:back|up)|aparece|apareció|s'affiche|يظهر)", why="as what comes back"),
    Stand("constant", 2, 0.5, r"[a-z_]{5,}\s*=\s*", r"\s*(?:$|[\n,;#/)])", why="as the value of a constant"),
    Stand("mark", 1.5, -0.5, r"\(#", r"\)", why="in brackets with #"),
    Stand("hash", 0.8, -1.5, r"#", why="behind #"),
    Stand("boxed", 1.5, -1, r"[\[(]", r"[\])]", why="in brackets"),
    Stand("head", 1.5, -0.3, r"(?:^|\n|\|)\s*[-*]*\s*[\"'*]*", r"[\"'*]*\s*(?:[:|=(–—-]|→|=>|\s[A-Za-z])", why="at the head of a line"),
    Stand("compared", 1.5, 0, r"(?:case|===?|!==?|in \(|in \[)\s*[\"']?", why="compared with"),
    Stand("bare", 0, -1.8, r"", why="in the text"),
)  # fmt: skip

_THING = (
    r"issues?|pull|pulls|pr|prs|merge_requests?|mr|orders?|tickets?|invoices?|pedidos?|orden|ordem|commande|bestellung"
    r"|factura|fatura|bug|jira|builds?|runs?|jobs?|line|row|page|step|task|port|pid|version|room|item|sku|lote|batch"
    r"|commit|rev|revision|chapter|episode|article|user|customer|id|uid|height|width|size|count|total|limit|offset"
    r"|waba|account|contact|duration\w*|elapsed|took|timeout|age|price|amount|retry_after|zip|postal|queue_len|fixes|closes|fixed"
)
AGAINST: tuple[Stand, ...] = (
    Stand("other-code", -4, -6, r"(?:zip|postal|country|area|exit|lang\w{0,5}|currency|promo|qr|pin|color|colou?r|status|http|response)[_ -]?code[\"']?\s*[:=]?\s*[\"']?", why="another kind of code"),
    Stand("access", -2, -6, r"(?:get|post|put|patch|head|delete|options)\s{1,2}[\"']?[/\w:.-]\S{0,50}[\"']?(?:\shttp/\d(?:\.\d)?[\"']?)?(?:\s|\s?[:-]\s)", why="an HTTP status"),
    Stand("colour", -6, -6, r"(?:--[a-z][\w-]*|colou?r|background|fill|stroke|border|theme)[\w-]{0,20}[\"']?\s{0,2}[:=]\s{0,2}[\"']?#", why="a colour"),
    Stand("reference", -6, -6, rf"(?:^|[^a-z])(?:{_THING})[\"']?\s{{0,2}}(?:(?:n[ºo°.]{{1,2}}|nr\.?|num\w{{0,5}}|número)\s{{0,2}})?(?:[:=(]\s{{0,2}})?#?[\"']?", why="a reference, not a code"),
    Stand("address", -6, -6, r"(?:https?://|www\.)\S*", why="part of an address"),
    Stand("forge", -6, -6, r"[\w.-]+/[\w.-]+#", why="an issue of a repository"),
    Stand("named", -5, -5, r"(?<![a-z_])(?!\w*(?:err|error|erro|code|meta|wa|waba|whatsapp|facebook|fb|graph|cloud)_)[a-z]{1,12}_", why="part of an id"),
    Stand("path", -4, -4, r"[a-z_]/", why="part of a path"),
    Stand("cut", -1, -4, r"code[\"']\s*:\s*", r"\Z", why="the text ends in it, and more digits may follow"),
    Stand("money", -6, -6, r"[$€£¥₹]\s?", why="an amount"),
    Stand("group", -6, -6, r"\d[.,:-]|(?:^|[^(\d])\d{1,4}/|[a-z]-|\d\s?[x×]\s?|(?<!\d{4})\d\d ", why="part of a longer number"),
    Stand("signed", -3, -4, r"[+-]", why="part of a longer number"),
)  # fmt: skip
AFTER: tuple[Stand, ...] = (
    Stand("tail", -6, -6, "", r"[.:]\d|-\d|-[a-z]|,\d{3}(?!\d)|, \d+, |/\d{1,4}(?!\d)| \d\d(?!\d{4})", why="part of a longer number"),
    Stand("unit", -6, -8, "", r"\s?(?:ms|s|secs?|seconds?|mins?|minutes?|hrs?|hours?|h|d|days?|bytes?|[kmg]i?b|%|percent|px|pts?"
          r"|tokens?|users|messages|items|rows|files|times|eur|usd|brl|inr|€|\$|x|k|am|pm|points?|people|contacts?|numbers?)(?!\w)", why="an amount"),
    Stand("http", -1, -3, "", r"\s(?:client error|server error|bad request|unauthorized|forbidden|not found|ok|internal server|too many|created)", why="an HTTP status"),
)  # fmt: skip

_OTHER_HEADS = r"status|http|exit|zip|post|country|area|lang|currency|promo|qr|colou?r"
_COLUMN = Stand("column", -6, -6, "", why="in a column of something else")
_HEADED = Stand("headed", 4.5, 2.2, "", why="in a column of codes")

_DIGITS = re.compile(r"(?<![\w])(?:\d{1,3}_\d{3}|\d{1,7})(?!\w)|(?<=_)\d{6,7}(?!\w)")
_WHOLE = re.compile(r"(?<![\w.,/-])\d{1,7}(?![\w-]|[.,]\d)")
LONG = 10_000  # a code below this is a number like any other
_SUBCODES = ("sub-key", "sub-pair")
_REACH = 60
_EACH = 6  # the same number more often than this adds nothing
_ALL = 120  # nor do more numbers than a person would read


_Row = tuple[Stand, re.Pattern[str], re.Pattern[str]]


@cache
def _table(rows: tuple[Stand, ...]) -> tuple[_Row, ...]:
    return tuple((row, re.compile(rf"(?:{row.before})\Z"), re.compile(row.after)) for row in rows)


def readings(text: str, known: Callable[[int], bool]) -> list[Reading]:
    """Every place of every known number, in reading order."""
    return list(islice(_readings(text, known), _ALL))


def lines(text: str) -> Iterator[tuple[int, int]]:
    """Every number that may be a code, and the number of its line."""
    at = line = 0
    for found in _WHOLE.finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        yield int(found.group()), line


def _readings(text: str, known: Callable[[int], bool]) -> Iterator[Reading]:
    times: Counter[str] = Counter()
    for found in _DIGITS.finditer(text):
        digits = found.group()
        written = text[max(0, found.start() - 1) : found.end()]  # `#200` and ` 200` are not the same
        times[written] += 1
        if times[written] > _EACH or not known(number := int(digits.replace("_", ""))):
            continue
        before = text[max(0, found.start() - _REACH) : found.start()].lower()
        after = text[found.end() : found.end() + _REACH].lower()
        stand = _stands(FOR, before, after) or FOR[-1]
        against = _stands(AGAINST, before, after) or _stands(AFTER, before, after)
        if head := columns.head(text, found.start()):
            stand, against = _headed(head.lower(), stand, against)
        yield Reading(number, found.start(), stand, against, stand.name in _SUBCODES)


def _headed(head: str, stand: Stand, against: Stand | None) -> tuple[Stand, Stand | None]:
    """In a table the head of the column says what a number is."""
    if re.search(rf"(?<![a-z])(?:{_THING})(?![a-z])", head):
        return stand, against or _COLUMN
    if re.search(rf"(?<!\w){_ERROR}(?!\w)", head) and not re.search(_OTHER_HEADS, head):
        return max(stand, _HEADED, key=_long), None
    return stand, against


def _long(stand: Stand) -> float:
    return stand.long


def _stands(rows: tuple[Stand, ...], before: str, after: str) -> Stand | None:
    return next((row for row, ahead, behind in _table(rows) if ahead.search(before) and behind.match(after)), None)
