from __future__ import annotations

import unicodedata

import pytest

from coopclaims.inference.json_documents import Document
from coopclaims.inference.languages import find_language, is_readable, passed_through, with_language
from coopclaims.language_tags import primary_language

OURS = {
    "vi": "Hai bên đã ký thỏa thuận hợp tác về điện gió tại Đà Nẵng vào chiều thứ Ba.",
    "de": "Beide Seiten unterzeichneten am Dienstag in Hanoi ein Abkommen über Windkraft.",
    "en": "Both sides signed an agreement on wind power in Hanoi on Tuesday afternoon.",
}
OTHERS = {
    "fr": "Les deux parties ont signé mardi à Hanoï un accord de coopération sur l'énergie éolienne.",
    "nl": "Beide partijen ondertekenden dinsdag in Hanoi een overeenkomst over samenwerking bij windenergie.",
    "id": "Kedua pihak menandatangani perjanjian kerja sama tenaga angin di Hanoi pada hari Selasa.",
    "ru": "Стороны подписали во вторник в Ханое соглашение о сотрудничестве в ветроэнергетике.",
    "zh": "双方周二在河内签署了风力发电合作协议，两国部长出席签字仪式并对合作表示欢迎。",
}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("language", OURS)
def test_our_languages_are_found(language: str, form: str) -> None:
    text = unicodedata.normalize(form, OURS[language])
    for variant in (text, text.upper(), f"\ufeff{text}\r\n\r\n", f"\x00\x1b[2J{text}\ufdd0", text * 300, text[:40]):
        assert find_language(variant) == language


@pytest.mark.parametrize("language", OTHERS)
def test_other_languages_are_found(language: str) -> None:
    assert (find_language(OTHERS[language]) or "")[:2] == language
    assert find_language(OTHERS[language] * 100) == find_language(OTHERS[language])


@pytest.mark.parametrize("text", ["", " \n", "12.5.2026", "😀😀😀", "…!?", "a" * 100_000, "\ud800", "\x00" * 50])
def test_text_without_a_language_has_none(text: str) -> None:
    assert find_language(text) is None


@pytest.mark.parametrize("text", ["Le Monde", "Banco Santander", "PT Pertamina, Jakarta", "Société Générale S.A."])
def test_names_are_not_put_aside(text: str) -> None:
    assert is_readable(with_language(Document("x", text)))


def test_a_text_with_a_part_in_our_languages_is_read() -> None:
    assert find_language(f"{OTHERS['fr']} {OURS['en']} {OTHERS['fr']}") == "en"


def test_what_the_document_says_goes_first_and_the_force_before_it() -> None:
    document = Document("x", OURS["en"], lang="de-AT")
    assert with_language(document).lang == "de"
    assert with_language(document, "vi").lang == "vi"
    assert with_language(Document("x", OURS["en"], lang="fr"), "en").lang == "en"


@pytest.mark.parametrize("stated", ["und", "English", "", "?", "mul", "e", "\u0301\u0301"])
def test_what_is_no_language_is_not_believed(stated: str) -> None:
    assert with_language(Document("x", OURS["en"], lang=stated)).lang == "en"


@pytest.mark.parametrize(("tag", "code"), [("de-CH", "de"), ("VI_vn", "vi"), ("eng", "en"), ("fr", "fr"), (None, None)])
def test_language_of_a_tag(tag: str | None, code: str | None) -> None:
    assert primary_language(tag) == code
    assert is_readable(Document("x", "", lang=tag)) == (code != "fr")


def test_the_note_of_an_earlier_run_goes_away() -> None:
    document = with_language(Document("x", OTHERS["fr"], meta={"page": 3}))
    assert not is_readable(document)
    noted = passed_through(document)
    assert noted.meta == {"not_extracted": "language fr; claims are found in vi, de, en"}
    assert (noted.text, noted.claims, noted.spans) == (OTHERS["fr"], [], [])
    again = Document("x", OTHERS["fr"], meta={**document.meta, **noted.meta})
    assert with_language(again, "de").meta == {"page": 3}
