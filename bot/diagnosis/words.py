"""Cuts a text into words, and words into terms that are the same in every language that the glossary knows."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from bot.diagnosis.glossary import CONCEPTS

# Chinese and Japanese are written without spaces: each character is a word.
_WORD = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]|[^\W\d_\u3040-\u30ff\u4e00-\u9fff]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S{1,400}")
_ENDINGS = re.compile(r"(?:ings?|ers?|ed|es|s|ly|e)$")
_STEM = 6
_SHORTEST = 2  # beginning in the glossary
_LONGEST = 32


# Words that carry no subject of their own, in the languages people write to us in.
_STOP = """
    a an the and or of to in on at by for from with is are was were be been it its this that these those as not no
    we i you he she they our my your his her their us me them do does did has have had can could will would if then
    so but when what which who why how all any some only also just now too than there here
    de la el los las un una y o en con por para del al se su es que lo le les mas como ya
    os um uma e do da dos das nas em com ao aos seu sua nao foi ser
    une des et ou du au aux dans sur par pour avec est sont qui ne pas ce cette ces il elle nous
    der die das ein eine und oder von zu im am auf mit ist sind nicht wir uns den dem fur wird
    gli di su per che non si yang dan ke dari ini itu tidak dengan untuk pada ada ve bir bu icin ile
    ka ki ko hai hain aur mein nahi bhi ye wo kya
    в и на не что с по для от это у к за
    في من على إلى الى عن هذا هذه ان لا ما مع
"""
STOP = frozenset(_STOP.split())


@cache
def _forms(endless: bool) -> dict[str, str]:
    """Folded word, or beginning of words, → concept."""
    return {
        _folded(form.removesuffix("*")): concept
        for concept, forms in CONCEPTS.items()
        for form in forms.split()
        if form.endswith("*") == endless
    }


def words(text: str) -> list[str]:
    """Lower case, without diacritics, digits and addresses."""
    return [word[:_LONGEST] for word in _WORD.findall(_folded(_ADDRESS.sub(" ", text)))]


def terms(some: Iterable[str]) -> list[str]:
    """Concepts and stems, without the words that say nothing. A word that names a concept gives both."""
    return [term for word in some for term in _terms(word)]


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if not unicodedata.category(char).startswith("M"))


@lru_cache(maxsize=20_000)
def _terms(word: str) -> tuple[str, ...]:
    if word in STOP or (len(word) == 1 and word.isascii()):
        return ()
    short = _ENDINGS.sub("", word) if word.isascii() and len(word) > 4 else word
    return tuple(filter(None, (_concept(word), short[:_STEM])))


def _concept(word: str) -> str | None:
    whole, beginnings = _forms(False), _forms(True)
    parts = (word[:cut] for cut in range(len(word), _SHORTEST - 1, -1))
    return whole.get(word) or next((beginnings[part] for part in parts if part in beginnings), None)
