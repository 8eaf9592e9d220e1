# ruff: noqa: E501 - a sign is a row, however long
"""What a text speaks of besides the error: words that make WhatsApp likely, or another system.

A sign is a row. It counts once, however often it stands; names of other systems count only where nothing
speaks of WhatsApp, since other vendors pass Meta's errors on.
"""

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Sign:
    name: str
    weight: float
    pattern: str
    why: str


@dataclass(frozen=True, slots=True)
class Context:
    """The signs of a text, the heaviest first."""

    signs: tuple[Sign, ...]
    weight: float

    def has(self, name: str) -> bool:
        return any(sign.name == name for sign in self.signs)


FOR: tuple[Sign, ...] = (
    Sign("wamid", 3.5, r"\bwamid\b", "a WhatsApp message id"),
    Sign("graph", 2.5, r"graph\.facebook\.com|\bgraph ?api\b", "Meta's Graph API"),
    Sign("payload", 3.5, r"whatsapp_business_account|messaging_product|x-business-use-case-usage", "WhatsApp's own field names"),
    Sign("oauth", 3, r"oauthexception|graphmethodexception|fbtrace_id|oauth \"facebook", "Meta's error fields"),
    Sign("token", 1.5, r"oauth access token|validating access token", "Meta's access token"),
    Sign("onpremises", 3, r"\"api_status\"\s*:", "the on-premises API's envelope"),
    Sign("waconnect", 3.5, r"waconnect|\bx-api-key: wba_|\bwba_\w", "WaConnect"),
    Sign("envelope", 0.7, r"\"success\"\s*:\s*false\s*,\s*\"error\"", "WaConnect's way to refuse"),
    Sign("whatsapp", 2.5, r"whats ?app(?!-web)|\bwabas?\b|\bwa (?:cloud|business)\b|واتساب|ватсап|вотсап|וואטסאפ|ווטסאפ|व्हाट्सऐ?प|वॉट्सऐप|왓츠앱", "WhatsApp"),
    Sign("meta", 2, r"\bmeta(?!\s*[\":=\]}.])(?!data)(?:'s)?\b(?!-)|facebook", "Meta"),
    Sign("cloud-api", 1.5, r"\bcloud[ -]api\b", "the Cloud API"),
    Sign("worker", 1.5, r"\bwa[-_](?:[a-z]\w*|\d)|\bwa(?: template|-?api)", "a name that begins with wa"),
    Sign("carrier", 1.2, r"twilio|360 ?dialog|\bd360\b|infobip|gupshup|vonage|nexmo|chatwoot|evolution api|\bwati\b|messagebird|sinch|zenvia|pywa|ycloud|kommo|interakt|aisensy|respond\.io|manychat|wolkvox|botmaker|karix", "a provider that passes Meta's errors on"),
    Sign("domain", 1, r"\btemplates?\b|plantilla|vorlage|mod[eè]le|шаблон|şablon|قالب|قوالب|टेम्प|destinatari|empfänger|penerima|\bhsm\b|broadcast|marketing|24[ -]?(?:h\b|hour|stunden|horas?|heures)|opt(?:ed)?[ -]out|recipient|phone[_ ]number", "WhatsApp's subjects"),
    Sign("status", 1, r"\"?statuses\"?\s*:|recipient_id|error_data|error_user_(?:title|msg)", "a delivery report"),
)  # fmt: skip
AGAINST: tuple[Sign, ...] = (
    Sign("forge", -2.5, r"github\.com/[\w-]+/[\w-]+/(?:pull|issues)|\b[\w-]+/[\w.-]+#\d|gitlab|kubernetes|\bchangelog\b|merge(?:d)? (?:pull|branch)|mailing list|lists\.", "a software forge"),
    Sign("colour", -4, r"#(?=[0-9]{0,5}[a-f])[0-9a-f]{6}\b|\bcolou?rs?\b|\bsurfaces?\b|\bcss\b|var\(--|--[a-z][a-z-]*\s?[:)]|--[a-z]+-[a-z]+|\brgb", "colours"),
    Sign("model", -3, r"openai|anthropic|gemini|\bgpt-|\bllm\b|xai\w*|tavily", "a language model's API"),
    Sign("cloud", -3, r"\baws\b|amazonaws|dynamo|\bs3:|azure|throttlingexception|accessdenied|cloudfront|search console|algolia", "a cloud provider"),
    Sign("pay", -3, r"stripe|paypal|braintree|\badyen\b|mercadopago", "a payment provider"),
    Sign("chat", -3, r"telegram|discord|twitter|tiktok|instagram|youtube|\bslack\.com", "another network"),
    Sign("mail", -3, r"\bsmtp\b|\be-?mails?\b|mailbox|gmail|imap|sendgrid|\b[245]\d\d[ -][245]\.\d\.\d", "e-mail"),
    Sign("sms", -3, r"\bsms\b|short code", "SMS"),
    Sign("data", -3, r"mysql|postgres|\bpq:|sqlstate|duplicate (?:key|entry)|\binsert into\b|redis|mongo|database", "a database"),
    Sign("pod", -3, r"kubelet|\bpods?\b|docker|nginx|helm\b", "servers"),
    Sign("registry", -4, r"\bnpm (?:err|warn)|registry\.npmjs|pypi\.org|\bpip install|whatsapp-web|baileys|puppeteer", "a package, not the platform"),
    Sign("forge-api", -3, r"api\.github\.com|docs\.github\.com|\bgithub\b", "GitHub"),
)  # fmt: skip

_ENOUGH = 2.0  # from here on the text is about WhatsApp, whatever else it names
_MOST = 6.0
_READ = 12_000  # what a text is about shows early


def of(text: str) -> Context:
    """`text` in lower case."""
    text = text[:_READ]
    signs = [sign for sign, pattern in _table(FOR) if pattern.search(text)]
    if sum(sign.weight for sign in signs) < _ENOUGH:
        signs += [sign for sign, pattern in _table(AGAINST) if pattern.search(text)]
    signs.sort(key=lambda sign: -abs(sign.weight))
    return Context(tuple(signs), min(_MOST, sum(sign.weight for sign in signs)))


@cache
def _table(signs: tuple[Sign, ...]) -> tuple[tuple[Sign, re.Pattern[str]], ...]:
    return tuple((sign, re.compile(sign.pattern)) for sign in signs)
