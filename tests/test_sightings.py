# ruff: noqa: E501 - a case is a row
"""Fields are read from anything that looks like an object; numbers are seen as they stand."""

import pytest

from bot.diagnosis import context, fields, numbers, sightings
from bot.diagnosis.text import plain
from bot.diagnosis.values import Sighting

CODES = frozenset({4, 100, 190, 131026, 131047, 2388024})

OBJECTS = {
    "json": ('{"code": 131047, "error_subcode": 2494010}', Sighting(code=131047, subcode=2494010)),
    "details below": ('{"code":100,"message":"a","error_data":{"details":"b"}}', Sighting(code=100, message="a: b")),
    "single quotes": ("{'code': 190, 'message': 'The user\\'s token'}", Sighting(code=190, message="The user's token")),
    "bare keys": ("{code: 4, type: 'OAuthException'}", Sighting(code=4, type="OAuthException")),
    "php": ("'code' => 190, 'message' => 'gone'", Sighting(code=190, message="gone")),
    "keywords": ('MetaError(code=131047, title="Re-engagement")', Sighting(code=131047, message="Re-engagement")),
    "cut short": ('{"error":{"code":131047,"message":"More than', Sighting(code=131047, message="More than")),
    "status above": ('{"status": 400, "error": {"code": 100}}', Sighting(code=100, http_status=400)),
    "recipient above": ('{"recipient_id":"15550001111","errors":[{"code":131026}]}', Sighting(code=131026, recipient="15550001111")),
}  # fmt: skip


@pytest.mark.parametrize(("text", "sighting"), OBJECTS.values(), ids=OBJECTS.keys())
def test_an_object_is_a_sighting(text: str, sighting: Sighting) -> None:
    assert [found.sighting for found in fields.objects(plain(text))] == [sighting]


STANDS = {
    "key": '{"code": 131047}',
    "sub-key": '{"error_subcode":2388024}',
    "head-mark": "(#131047) Re-engagement",
    "mark": "it was refused (#131047)",
    "error-word": "erreur n° 131047",
    "boxed": "it says [131047]",
    "head": "- 131047: window closed",
    "compared": "if (status === 131047)",
    "bare": "then 131047 came",
}


@pytest.mark.parametrize(("name", "text"), STANDS.items())
def test_how_a_number_stands(name: str, text: str) -> None:
    (reading,) = numbers.readings(text, CODES.__contains__)
    assert reading.stand.name == name
    assert reading.against is None


AGAINST = {
    "reference": "issue #131047",
    "address": "https://a.example/131047",
    "money": "paid $131047 today",
    "unit": "after 131047 ms",
    "group": "2026-131047",
    "tail": "131047.5",
    "other-code": "exit_code=190",
}


@pytest.mark.parametrize(("name", "text"), AGAINST.items())
def test_what_speaks_against_a_number(name: str, text: str) -> None:
    (reading,) = numbers.readings(text, CODES.__contains__)
    assert reading.against is not None
    assert reading.against.name == name


@pytest.mark.parametrize("text", ["1131047", "1310470", "x131047", "131047a", "0x131047f"])
def test_a_part_of_a_longer_number_is_not_seen(text: str) -> None:
    assert numbers.readings(text, CODES.__contains__) == []


def test_a_text_about_whatsapp_may_name_other_systems() -> None:
    assert context.of("stripe says no").weight < 0
    assert context.of("whatsapp and stripe").weight > 0


def test_what_the_whole_text_says_is_kept() -> None:
    text = "POST /messages -> HTTP/1.1 429 wamid.HBgLAB== to=+15550001111 fbtrace_id: AbCdEf12"
    seen = sightings.read(text, CODES.__contains__).seen
    assert seen == Sighting(
        http_status=429, message_id="wamid.HBgLAB==", recipient="15550001111", fbtrace_id="AbCdEf12"
    )


@pytest.mark.parametrize("text", ["190", "#190", "error 190?", "WhatsApp error code 190", "(190)"])
def test_a_number_alone_is_known_as_such(text: str) -> None:
    assert sightings.read(text, CODES.__contains__).alone == 190
