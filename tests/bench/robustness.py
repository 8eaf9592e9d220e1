"""The corpus as it comes to us: fenced, escaped, buried, cut, misspelled, shouted."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from bot import knowledge
from tests.bench.accuracy import Measured, measure
from tests.bench.corpus import OWN, Corpus, corpora
from tests.bench.report import Finding, Goal, at_most

_NOISE, _CUT, _TYPOS = 3_000, 0.6, 0.03
_POINTS = 2.0
_SEED = 11
_WORD = re.compile(r"[^\W\d_]+")
Dice = random.Random

# What stands around an error in a log. `{}` is a number.
_LINES = (
    "09:14:{} INFO worker-{} picked up {} jobs in {} ms",
    "DEBUG cache hit ratio 0.{}, {} MB used, pid {}",
    "GET /health 200 {} ms",
    "2026-11-20 08:{}:{} INFO [scheduler] next run in {} s, queue length {}",
    "see https://example.org/runbook/{} and ticket OPS-{}",
    "level=info component=orders order=#{} total={}.50 currency=EUR duration={}ms",
    "at Object.<anonymous> (/srv/app/dist/worker.js:{}:{})",
    "Connection pool: {} idle, {} in use",
    "user {} signed in from 10.0.{}.{}",
    "build {} finished, {} tests passed",
    "kafka offset {} lag {} partition {}",
)


def _fenced(text: str, dice: Dice) -> str:
    return f"```\n{text}\n```"


def _escaped(text: str, dice: Dice) -> str:
    """The three characters that Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _buried(text: str, dice: Dice) -> str:
    lines: list[str] = []
    while sum(map(len, lines)) < _NOISE:
        line = dice.choice(_LINES)
        lines.append(line.format(*(dice.randrange(10, 60) for _ in range(line.count("{}")))))
    at = dice.randrange(len(lines) + 1)
    return "\n".join([*lines[:at], text, *lines[at:]])


def _cut(text: str, dice: Dice) -> str:
    return text[: int(len(text) * _CUT)]


def _misspelled(text: str, dice: Dice) -> str:
    """Letters of words dropped, doubled, exchanged or replaced; numbers, and words with digits, stay."""
    return _WORD.sub(lambda word: "".join(_typed(word[0], dice)), text)


def _typed(word: str, dice: Dice) -> Iterator[str]:
    slips: Sequence[Callable[[str], str]] = (
        lambda letter: "",
        lambda letter: letter * 2,
        lambda letter: dice.choice("etaoinsrhl"),
        lambda letter: dice.choice("etaoinsrhl") + letter,
    )
    for letter in word:
        yield dice.choice(slips)(letter) if dice.random() < _TYPOS else letter


WAYS: Mapping[str, Callable[[str, Dice], str]] = {
    "whole": lambda text, dice: text,
    "in a code fence": _fenced,
    "escaped by Slack": _escaped,
    f"in {_NOISE:,} characters of log": _buried,
    f"cut at {_CUT:.0%}": _cut,
    f"{_TYPOS:.0%} typos in its words": _misspelled,
    "upper case": lambda text, dice: text.upper(),
}
FREE = ("in a code fence", "escaped by Slack", f"in {_NOISE:,} characters of log")
_SHOWN = ("alert_code", "alert_words", "alert_quiet", "ask_top1_code", "ask_top1_words", "ask_top3_words")
_JUDGED = {"alerts": ("alert_code", "alert_words"), "asked": ("ask_top1_code", "ask_top1_words")}


def changed(corpus: Corpus, way: Callable[[str, Dice], str]) -> Corpus:
    """The corpus with each text changed this way; the same each time."""
    dice = Dice(_SEED)
    return replace(corpus, texts=tuple(replace(text, text=way(text.text, dice)) for text in corpus.texts))


def bench() -> Iterator[Finding]:
    known = knowledge.load()
    there = corpora()
    for corpus in [there[name] for name in ("quoted", "described") if name in there] or [there[OWN]]:
        yield _finding(corpus, {name: measure(changed(corpus, way), known) for name, way in WAYS.items()})


def _finding(corpus: Corpus, found: Mapping[str, Measured]) -> Finding:
    shown = [figure for figure in _SHOWN if figure in found["whole"].figures]
    rows = [[name, *(f"{one.share(figure):.3f}" for figure in shown), str(one.wrong)] for name, one in found.items()]
    # A description that somebody writes is never inside a log; its row is there to be seen.
    judged = FREE if corpus.name != "described" else FREE[:2]
    goals = [goal for name in judged for goal in _costs(corpus.title, name, found)]
    return Finding(f"Robustness: {corpus.title}", ["text", *shown, "wrong in alerts"], rows, goals)


def _costs(title: str, name: str, found: Mapping[str, Measured]) -> Iterator[Goal]:
    for what, figures in _JUDGED.items():
        cost = 100 * (_right(found["whole"], figures) - _right(found[name], figures))
        yield at_most(f"{title}, {what}, {name}, cost", cost, _POINTS, " points")


def _right(one: Measured, figures: Sequence[str]) -> float:
    counts = [one.figures[figure] for figure in figures if figure in one.figures]
    return sum(right for right, _ in counts) / sum(total for _, total in counts)
