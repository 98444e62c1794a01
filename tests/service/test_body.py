from __future__ import annotations

import json

import pytest

from coopclaims.inference.json_documents import Document
from coopclaims.schema import LANGUAGES
from coopclaims.service.body import parse_request
from coopclaims.service.errors import ServiceError


def texts_of(body):
    return [document.text for document in parse_request(body.encode()).documents()]


@pytest.mark.parametrize("text", ["", "Huế", "Hue\u0302\u0301 🌊\0\r\n\u202e", '<script>"'])
@pytest.mark.parametrize("ascii", [True, False])
def test_texts_arrive_exactly_as_sent(text, ascii):
    assert texts_of(json.dumps({"text": text}, ensure_ascii=ascii)) == [text]
    assert texts_of(json.dumps({"texts": [text, {"text": text}]}, ensure_ascii=ascii)) == [text] * 2


def test_what_is_said_about_a_text_stays_with_it():
    about = {"id": "a7", "lang": "de", "date": "gestern"}
    document = Document("a7", "x", "de", "gestern")
    assert parse_request(json.dumps({"text": "x", **about}).encode()).documents() == [document]
    several = {"texts": ["y", {"text": "x", **about}, {"text": "z", "id": None, "lang": None, "date": None}]}
    assert parse_request(json.dumps(several).encode()).documents() == [
        Document("0", "y"),
        document,
        Document("2", "z"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_languages_of_the_model_can_be_given(language):
    [document] = parse_request(json.dumps({"text": "x", "lang": language}).encode()).documents()
    assert document.lang == language


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"text": "M\xfcnchen"}',
        b'{"text": "\xed\xa0\x80"}',
        b'{"text": "\\ud800"}',
        b'{"text": "\\udc00x"}',
        b'{"text": "a"} {}',
        '{"text": "a"}'.encode("utf-16"),
        b"[" * 100_000,
        b'{"text": ' + b"[" * 100_000,
        b'{"x":' * 100_000,
    ],
)
def test_what_is_not_json_in_utf8_is_400(body):
    with pytest.raises(ServiceError, match="Invalid JSON") as caught:
        parse_request(body)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("[]", "object"),
        ("null", "object"),
        ('"text"', "object"),
        ("{}", "either 'text' or 'texts'"),
        ('{"text": "a", "texts": ["b"]}', "either 'text' or 'texts'"),
        ('{"text": null}', "either 'text' or 'texts'"),
        ('{"text": 5}', "text: "),
        ('{"text": NaN}', "text: "),
        ('{"text": Infinity}', "text: "),
        ('{"text": ["a"]}', "text: "),
        ('{"texts": "a"}', "texts: "),
        ('{"texts": []}', "texts: "),
        ('{"texts": ["a", null]}', "texts.1: .*a string or an object"),
        ('{"texts": [["a"]]}', "texts.0: .*a string or an object"),
        ('{"texts": [{"lang": "de"}]}', "texts.0.text: Field required"),
        ('{"texts": [{"text": "a", "x": 1}]}', "texts.0.x: Extra"),
        ('{"texts": ["a", {"text": "b", "lang": "fr"}]}', "texts.1.lang: .*'vi', 'de' or 'en'"),
        ('{"text": "a", "lang": "fr"}', "lang: .*'vi', 'de' or 'en'"),
        ('{"text": "a", "lang": "DE"}', "lang: .*'vi', 'de' or 'en'"),
        ('{"text": "a", "date": 2026}', "date: "),
        ('{"text": "a", "id": 7}', "id: "),
        ('{"texts": ["a"], "lang": "de"}', "'lang' and 'date' go with 'text'"),
        ('{"text": "a", "format": "xml"}', "format: .*'records' or 'rows'"),
        ('{"text": "a", "x": NaN}', "x: "),
        ('{"text": "a", "' + "k" * 9999 + '": 1}', "k: Extra"),
        ('{"text": "a", "k\\n\\u001b[1m": 1}', "Extra"),
    ],
)
def test_a_wrong_form_is_422_and_one_printable_line(body, message):
    with pytest.raises(ServiceError, match=message) as caught:
        parse_request(body.encode())
    assert caught.value.status == 422
    assert str(caught.value).isprintable() or "\N{REPLACEMENT CHARACTER}" in str(caught.value)
    assert len(str(caught.value)) < 200
