"""Words of nine languages become the same terms."""

import pytest

from bot.diagnosis.words import figures, terms, words

SAME = {
    "=template": ["template", "plantillas", "modelos", "Vorlage", "modèle", "şablonu", "القوالب", "टेम्पलेट"],
    "=payment": ["payment", "pago", "pagamento", "Zahlung", "paiement", "ödeme", "الدفع", "भुगतान"],
    "=expire": ["expired", "vencido", "expirou", "abgelaufen", "kedaluwarsa", "انتهت", "khatam"],
    "=number": ["number", "número", "Nummer", "numéro", "nomor", "numara", "بالرقم", "नंबर"],
    "=customer": ["customer", "cliente", "Kundin", "pelanggan", "müşteriler", "والعملاء", "ग्राहक"],
}


@pytest.mark.parametrize(("concept", "written"), SAME.items())
def test_one_thing_has_one_name(concept: str, written: list[str]) -> None:
    assert [word for word in written if concept not in terms(words(word))] == []


def test_a_german_compound_is_both_its_parts() -> None:
    assert {"=sender", "=number"} <= set(terms(words("Absendernummer")))


def test_words_that_say_nothing_are_left_out() -> None:
    assert terms(words("the is and है नहीं ne pas wird")) == []


def test_few_figures_mean_something() -> None:
    assert figures("401 after 24 hours, 17 times, 24.5, #404, 131404") == ["=401", "=24"]
