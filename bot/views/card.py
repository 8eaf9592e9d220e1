"""The card: the answer before the evidence, one line a thought, nothing personal, the most helpful button first."""

from collections.abc import Iterator, Mapping

from slack_sdk.models.blocks import Block, ButtonElement, ConfirmObject

from bot.desk import Answer, Offer
from bot.diagnosis.entries import Entry
from bot.diagnosis.masking import mask_number
from bot.diagnosis.values import Diagnosis, Match
from bot.diagnosis.verdicts import brief, in_words
from bot.diagnosis.wording import second_line
from bot.views.blocks import (
    Blocks,
    actions,
    button,
    clip,
    confirm,
    context,
    escape,
    feedback,
    header,
    message,
    outside,
    overflow,
    section,
)
from bot.views.margins import Margins, corrected, noted
from bot.waconnect.payloads import OutboundRequest

# How many further errors of the same paste are named below the first.
_MOST_OTHERS = 5
# What stands behind ⋯: what is picked, and how it reads. `bot/listeners/menu.py` has what it does.
MENU: Mapping[str, str] = {"note": "Add note…", "wrong": "Not this error…"}
TEACH = "card.teach"
_NO_MENU: Mapping[str, str] = {}
_NO_MARGINS = Margins()


def card(
    answer: Answer,
    card_id: str,
    share: bool = False,
    margins: Margins = _NO_MARGINS,
    menu: Mapping[str, str] = MENU,
) -> Blocks:
    """A sure diagnosis. `share`: only one person sees it, and may show it to the channel."""
    best = answer.diagnosis.best
    if best is None:
        return no_match(answer, card_id)
    return message(body(answer, best, card_id, share, margins, menu), card_id)


def summary(answer: Answer) -> str:
    """The card in one line: for notifications, screen readers and the log."""
    best = answer.diagnosis.best
    if best is None:
        return "I do not recognise this error."
    return f"{best.entry.label} · {best.entry.title}. {in_words(best.entry.verdict)}"


def no_match(answer: Answer, card_id: str) -> Blocks:
    """Somebody asked and nothing is sure: the nearest candidates, and what could be read."""
    near = answer.diagnosis.matches
    lines = [f"• `{escape(m.entry.id)}` {escape(m.entry.title)} ({m.confidence})" for m in near]
    nearest = "\n".join(["Nearest:", *lines]) if lines else "Nothing that I know comes near."
    seen = _seen(answer)
    blocks = [
        section("I do not recognise this."),
        section(nearest),
        context("What I saw: " + (seen or "no code, no HTTP status and no sentence of an error that I know")),
        actions([*(_show(match, card_id, n) for n, match in enumerate(near)), button("Teach me…", TEACH, card_id)]),
        context("Paste the whole answer if you can: its `error` object, or the line with the HTTP status."),
    ]
    return message(blocks, card_id)


def entry(known: Entry, card_id: str) -> Blocks:
    """All that is known about an entry, without a paste."""
    match = Match(known, "possible", 0, ("you chose it",))
    alone = Answer(Diagnosis("ask", True, (match,)), None, None, (), None)
    return message(body(alone, match, card_id, menu=_NO_MENU), card_id)


def unknown(entry_id: str) -> tuple[Block, ...]:
    """What was known when the card was posted, and is not known any more."""
    return (section(f"I no longer recognise this as `{escape(entry_id)}`. Paste it again to ask anew."),)


def body(
    answer: Answer,
    best: Match,
    card_id: str,
    share: bool = False,
    margins: Margins = _NO_MARGINS,
    menu: Mapping[str, str] = MENU,
) -> Iterator[Block | None]:
    """The blocks of a sure diagnosis, without anything around them."""
    yield from corrected(margins)
    entry = best.entry
    yield header(f"{entry.label} · {entry.title}")
    account = f"account *{escape(answer.shown_account)}*" if answer.shown_account else ""
    yield context(*(text for text in (escape(second_line(entry)), account) if text))
    yield section(f":twisted_rightwards_arrows: {escape(answer.notice)}") if answer.notice else None
    yield section(_why(best))
    yield section(_do(best))
    yield section(_disagreement(entry)) if entry.disagreement else None
    yield section(f"*{escape(in_words(entry.verdict))}*")
    yield from noted(margins)
    others = answer.diagnosis.matches[1 : 1 + _MOST_OTHERS]
    yield section("\n".join(["*Also in this paste*", *map(_other, others)])) if others else None
    seen = _seen(answer)
    yield context(f"Seen: {seen}") if seen else None
    yield context(escape(answer.withheld)) if answer.withheld else None
    yield actions([*_buttons(answer, card_id, share), *([overflow("card.more", card_id, menu)] if menu else [])])
    yield feedback("card.vote", card_id) if menu else None
    yield context(f"{best.confidence}: {outside('; '.join(best.why[:2]), 300)} · checked {entry.checked}")


def _buttons(answer: Answer, card_id: str, share: bool) -> Iterator[ButtonElement]:
    yield from (_button(offer, card_id, answer.shown_account) for offer in answer.offers)
    yield button("Why?", "card.why", card_id)
    if answer.reveals:
        yield button("Reveal…", "card.reveal", card_id)
    if share:
        yield button("Share in channel", "card.share", card_id)


def _why(match: Match) -> str:
    lines = [f"*Why*  {escape((match.cause or match.entry).cause)}"]
    others = [cause for cause in match.entry.causes if cause.when] if match.cause is None else []
    if len(others) > 1:  # a single other cause is a rare case, not a choice to make
        lines += [f"• if it says “{escape(cause.when[0])}”: {escape(cause.cause)}" for cause in others[:_MOST_OTHERS]]
    return "\n".join(lines)


def _do(match: Match) -> str:
    first = [match.entry.check_first] if match.entry.check_first else []
    steps = [*first, *((match.cause and match.cause.resolution) or match.entry.resolution)]
    return "\n".join(["*Do*", *(f"{n}. {escape(step)}" for n, step in enumerate(steps, 1))])


def _disagreement(entry: Entry) -> str:
    said = [f"• {escape(source.name)}: {escape(source.says)}" for source in entry.disagreement]
    return "\n".join(["*Sources disagree*", *said])


def _other(match: Match) -> str:
    times = f" ({match.count} times)" if match.count > 1 else ""
    title = f"{escape(match.entry.label)} · {escape(match.entry.title)}{times}"
    return f"• {title}. {escape(in_words(match.entry.verdict))}"


def _seen(answer: Answer) -> str:
    sighting, request = answer.diagnosis.seen, answer.request
    best = answer.diagnosis.best
    shown, times = (best.code, best.count) if best else (None, 1)
    recipient = (request and request.recipient) or sighting.recipient
    http = (answer.found and answer.found.http_status) or sighting.http_status
    parts = (
        request and request.template and f"template {request.template} ({request.language or 'no language'})",
        request and request.kind,
        recipient and f"to {mask_number(recipient)}",
        request and request.sender and f"from {mask_number(request.sender)}",
        http and f"HTTP {http}",
        sighting.code and sighting.code != shown and f"code {sighting.code}",
        answer.message_id and short_id(answer.message_id),
        times > 1 and f"{times} times in this paste",
    )
    return " · ".join(outside(part, 120) for part in parts if part)


def short_id(message_id: str) -> str:
    """`wamid.HBgLMTU1…A4`: enough to tell two messages apart. The id holds the number, so it is not shown whole."""
    return message_id if len(message_id) <= 16 else f"{message_id[:10]}…{message_id[-4:]}"


def _button(offer: Offer, card_id: str, account: str) -> ButtonElement:
    question = confirm_send(offer.confirm, offer.wait, account) if offer.confirm else None
    return button(offer.label, f"remedy.{offer.remedy}", card_id, question)


def confirm_send(request: OutboundRequest, wait: int | None = None, account: str = "") -> ConfirmObject:
    """To whom, what, from where, when, and what will happen.

    `wait`: seconds from when the error was seen. `account`: named where there are several.
    """
    named = f" *{outside(account, 60)}*" if account else ""
    sender = f"number {mask_number(request.sender)}" if request.sender else "its default number"
    when = f" {brief(wait)} after the error was seen" if wait else ""
    text = (
        f"Send this {outside(request.kind, 30)} message to {request.masked_recipient} again{when}, from the WaConnect "
        f"account{named} and {sender}? It is sent once; this thread shows what becomes of it"
        f"{', and can cancel it until then' if wait else ''}."
    )
    return confirm("Send it again?", text, "Schedule" if wait else "Send again")


def _show(match: Match, card_id: str, n: int) -> ButtonElement:
    return button(clip(f"{match.entry.label} {match.entry.title}", 40), f"entry.show.{n}", card_id)
