"""Nothing secret and nothing personal is shown: of a key its first letters, of a number its last four digits.

A rule is a row: what it looks like, and what is shown instead.
"""

import re

_PHONE = re.compile(
    # Ten digits and more, however grouped; behind `whatsapp:` or a slash only what begins as numbers do.
    r"(?:(?<![\w.#:/+•-])\+?|(?<![\w.+•])\+)(?:\d[ ().-]{0,2}){9,14}\d(?!\w|\.\d|-\d)"
)
_SHORTEST = 7  # digits: of fewer, the last four would tell nearly all
_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bwba_[A-Za-z0-9_-]{4,}"), "wba_••••"),
    (re.compile(r"\bEA[A-Z][A-Za-z0-9_]{12,}"), "EAA••••"),
    (re.compile(r"\bxox[a-z](?:\.[a-z]+)?-[A-Za-z0-9-]{6,}"), "xox•-••••"),
    (re.compile(r"\bxapp-[A-Za-z0-9-]{6,}"), "xapp-••••"),
    (re.compile(r"\b(Bearer|OAuth)\s+(?!\W)[A-Za-z0-9._~+/=|-]{12,}", re.IGNORECASE), r"\1 ••••"),
    (
        re.compile(
            r"((?:access[_-]?token|x-api-key|api[_-]?key|client[_-]?secret|app[_-]?secret|password|\bpin)"
            r"[\"']?\s*[:=]\s*[\"']?)(?!••|EAA•|wba_•|Bearer)[^\s\"',;&}]{4,}",
            re.IGNORECASE,
        ),
        r"\1••••",
    ),
)
# Also inside `to=15550001111`, `"to":"+52 1 55…"` and URLs, where the number stands right behind a sign.
_KEYED_PHONE = re.compile(
    r"(\b(?:to|from|recipient|recipient_id|wa_id|phone|msisdn|destination|number|tel|sms|whatsapp|wa\.me)[\"']?\s*[:=/]\s*[\"']?)"
    r"(\+?\d[\d ().-]{6,18}\d)(?!\d)",
    re.IGNORECASE,
)


def mask(text: str) -> str:
    """The text without API keys, tokens and phone numbers. Masking twice changes nothing."""
    text = mask_secrets(text)
    text = _KEYED_PHONE.sub(lambda found: found.group(1) + mask_number(found.group(2)), text)
    return _PHONE.sub(lambda found: mask_number(found.group()), text)


def mask_secrets(text: str) -> str:
    """The text without API keys and tokens."""
    for looks, shown in _SECRETS:
        text = looks.sub(shown, text)
    return text


def mask_number(number: str) -> str:
    """`+52 1 55 5123 4567` → `••••4567`: enough to tell two recipients apart. A short number is not shown at all."""
    digits = "".join(filter(str.isdigit, number))
    return f"••••{digits[-4:]}" if len(digits) >= _SHORTEST else "••••"
