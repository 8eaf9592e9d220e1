"""Which of the alerts that were left in silence are worth a person's look: they speak of WhatsApp or WaConnect, and
they tell of an error. Talk, deployments and all-clears are not.
"""

import re

from bot.diagnosis import context
from bot.diagnosis.text import plain

_ENOUGH = 2.0  # the weight of signs from which a text is about WhatsApp
_READ = 12_000

# What only an answer of an API looks like; it counts in any surroundings.
_PROOF = re.compile(
    r"\bHTTP(?:/\d(?:\.\d)?)?\W{0,3}[45]\d\d\b|\bstatus(?:[ _]?code)?\W{0,4}[45]\d\d\b|(?:->|→)\s*[45]\d\d\b"
    r"|\b[45]\d\d (?:Bad Request|Unauthorized|Forbidden|Not Found|Internal Server|Bad Gateway|Service Unavail|Too Many)"
    r"|[\"']success[\"']\s*:\s*false|[\"']error[\"']\s*:\s*\{|[\"'](?:error_?)?code[\"']\s*:\s*[\"']?[1-9]\d*",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"\b(?:errors?|err|fail(?:ed|ing|ure|ures|s)?|exceptions?|refus\w+|reject\w+|denied|invalid|undeliver\w+"
    r"|tim(?:ed|e) ?out|could not|cannot|can't|unable to|erro|fallo|fall[oó]|falha|fehler\w*|erreur|échec|hata\w*"
    r"|gagal|kesalahan)\b|ошибк|خطأ|فشل|שגיאה|त्रुटि|विफल|(?:^|[\"'\n>|:]\s*)\(#\d+\)",
    re.IGNORECASE,
)
# Words of those who tell what they did, or that all is well again.
_NEWS = re.compile(
    r"\b(?:deploy\w*|releas(?:e|ed|es|ing)|roll(?:ed|ing)? ?(?:out|back)|merged?|changelog|pull requests?|bump(?:ed|s)?"
    r"|upgrad(?:e|ed|ing)|shipped|hotfix|build #?\d+|resolved|recovered|back to normal|all clear)\b"
    r"|(?:^|\n)\s*(?:fix|feat|chore|docs|refactor)(?:\([\w-]+\))?!?:",
    re.IGNORECASE,
)


def worth_a_look(text: str) -> bool:
    """Whether an alert that nothing explained joins the queue."""
    told = plain(text[:_READ])
    if context.of(told.lower()).weight < _ENOUGH:
        return False
    return bool(_PROOF.search(told)) or (bool(_WORDS.search(told)) and not _NEWS.search(told))
