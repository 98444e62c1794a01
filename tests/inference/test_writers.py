import io
import json
import logging
import re
import sys
import unicodedata

import pytest

from coopclaims.corpus.jsonl import read_passages
from coopclaims.corpus.markup import parse_markup
from coopclaims.errors import UserError
from coopclaims.inference.formats.registry import find_writer
from coopclaims.inference.writers import WRITERS, claim_rows
from coopclaims.schema import Claim, Passage, Span

COLUMNS = (
    *("doc", "lang", "date", "claim", "type", "status", "trigger"),
    *("parties", "sources", "instruments", "fields", "amounts", "dates", "places"),
    *("quote", "start", "end", "score", "model"),
)

SIGNING = parse_markup(
    "Laut [[SOURCE 1|Petra Lang]] haben [[PARTY 1,2|Bonn]] und [[PARTY 1,2|Huế]] am [[DATE 1|3. Mai]] in "
    "[[PLACE 1|Köln]] einen [[INSTRUMENT 1|Vertrag]] über [[FIELD 1|Windkraft]] und [[FIELD 1|Häfen]] für "
    "[[AMOUNT 1|5 Mio. Euro]] [[TRIGGER 1 agreement actual|unterzeichnet]]. Sie wollen "
    "[[TRIGGER 2 relation planned|zusammenarbeiten]].",
    "d1",
    lang="de",
)
SILENT = Passage("d2", "Nichts.", "de")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def write(format, passages, output):
    WRITERS[format](iter(passages), "model-1", str(output))
    return output.read_text(encoding="utf-8")


def marked_passage(party, passage_id="d"):
    text = f"{party} met"
    spans = [Span("s1", 0, len(party), "PARTY"), Span("s2", len(party) + 1, len(text), "TRIGGER")]
    return Passage(passage_id, text, "en", None, spans, [Claim("c1", "s2", "dialogue", "actual", ["s1"])])


def test_a_row_has_the_columns_in_order_and_the_words_of_the_claim():
    first, second = claim_rows(SIGNING, "model-1")
    assert tuple(first) == COLUMNS
    assert first["parties"] == ["Bonn", "Huế"]
    assert first["fields"] == ["Windkraft", "Häfen"]
    assert [first[name] for name in ("sources", "instruments", "amounts", "dates", "places")] == [
        ["Petra Lang"],
        ["Vertrag"],
        ["5 Mio. Euro"],
        ["3. Mai"],
        ["Köln"],
    ]
    assert (first["doc"], first["lang"], first["claim"], first["model"]) == ("d1", "de", "c1", "model-1")
    assert (second["type"], second["status"], second["trigger"]) == ("relation", "planned", "zusammenarbeiten")
    assert second["sources"] == []


def test_the_quote_runs_from_the_first_to_the_last_part():
    first, second = claim_rows(SIGNING, "m")
    assert first["quote"].startswith("Petra Lang haben")
    assert first["quote"].endswith("unterzeichnet")
    assert second["quote"].startswith("Bonn und Huế")
    for row in (first, second):
        assert SIGNING.text[row["start"] : row["end"]] == row["quote"]


def test_offsets_count_code_points_of_the_text_as_given():
    party = unicodedata.normalize("NFD", "🇻🇳 Đại học Cần Thơ\u200b")
    [row] = claim_rows(marked_passage(party), "m")
    assert row["parties"] == [party]
    assert (row["start"], row["end"]) == (0, len(party) + 4)


def test_rows_do_not_depend_on_the_order_of_spans_claims_and_arguments():
    turned = Passage(SIGNING.id, SIGNING.text, SIGNING.lang, None, SIGNING.spans[::-1], SIGNING.claims[::-1])
    turned.claims = [Claim(c.id, c.trigger, c.type, c.status, c.args[::-1]) for c in turned.claims]
    assert claim_rows(turned, "m") == claim_rows(SIGNING, "m")


def test_records_read_back_as_they_were(tmp_path):
    passages = [SIGNING, SILENT, marked_passage("[bold]\x1b[31m\u2028\u200b🌊\r\nx", "d3")]
    write("records", passages, tmp_path / "out.jsonl")
    assert list(read_passages(tmp_path / "out.jsonl")) == passages
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8").split("\n")[1])["claims"] == []


def test_jsonl_holds_a_claim_a_line(tmp_path):
    content = write("jsonl", [SILENT, SIGNING], tmp_path / "out.jsonl")
    assert [json.loads(line) for line in content.splitlines()] == claim_rows(SIGNING, "model-1")


@pytest.mark.parametrize(
    ("format", "lost"),
    [
        ("records", []),
        ("jsonl", ["jsonl does not hold records without a claim: 1, span scores: 1, other keys of spans: 1"]),
        (
            "table",
            ["table does not hold other keys of spans: 1"],
        ),
    ],
)
def test_what_is_left_out_is_told_in_one_line(tmp_path, caplog, format, lost):
    passage = marked_passage("Huế")
    passage.spans[0].score, passage.spans[0].extra, passage.claims[0].score = 0.5, {"value": {}}, 0.5
    with caplog.at_level(logging.INFO, "coopclaims"):
        write(format, [passage, SILENT], tmp_path / "out")
    assert caplog.messages == lost


def test_the_table_shows_every_argument_and_counts_silent_documents(tmp_path):
    content = write("table", [SIGNING, SILENT], tmp_path / "out.txt")
    for row in claim_rows(SIGNING, "m"):
        words = [row["type"], row["status"], row["trigger"], row["doc"]]
        words += [quote for values in row.values() if isinstance(values, list) for quote in values]
        assert all(word in content for word in words)
    assert "Documents without a claim: 1" in content
    assert "\x1b" not in content
    assert max(map(len, content.splitlines())) >= 120


def test_the_table_prints_the_text_of_documents_literally(tmp_path):
    party = "[red]A[/red] :smile: [link=http://x]B \x1b[31mC\x1b]0;title\x07 \u202eD\x9b2J"
    content = write("table", [marked_passage(party, "doc [bold] \x1b[2J")], tmp_path / "out.txt")
    assert all(word in content for word in ("[red]A[/red]", ":smile:", "[link=http://x]B"))
    assert "doc [bold] \N{REPLACEMENT CHARACTER}[2J" in content
    assert not set(content) & set("\x1b\x07\x9b\u202e\r\t")


def test_the_table_holds_vietnamese_in_nfd_and_emoji(tmp_path):
    party = unicodedata.normalize("NFD", "Đại học Huế 👩‍🔬")
    assert party in write("table", [marked_passage(party)], tmp_path / "out.txt")


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_table_fits_a_terminal_and_loses_no_word(monkeypatch, width):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    WRITERS["table"]([marked_passage("Q" * 150)], "m", "-")
    lines = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue()).splitlines()
    assert max(map(len, lines)) == width
    assert "".join(lines).count("Q") == 150


def test_colour_appears_in_a_terminal_only(monkeypatch, tmp_path):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in write("table", [SIGNING], tmp_path / "out.txt")
    monkeypatch.delenv("FORCE_COLOR")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    WRITERS["table"]([SIGNING], "m", "-")
    assert "\x1b[" in terminal.getvalue()


@pytest.mark.parametrize("format", WRITERS)
def test_standard_output_is_utf8_whatever_the_locale(monkeypatch, tmp_path, format):
    buffer = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(buffer, encoding="ascii"))
    WRITERS[format]([SIGNING], "model-1", "-")
    expected = write(format, [SIGNING], tmp_path / "out")
    assert buffer.getvalue().decode("utf-8") == expected


@pytest.mark.parametrize("format", WRITERS)
def test_an_error_on_the_way_leaves_the_old_file(tmp_path, format):
    def passages():
        yield SIGNING
        raise RuntimeError

    (tmp_path / "out").write_text("old")
    with pytest.raises(RuntimeError):
        WRITERS[format](passages(), "m", str(tmp_path / "out"))
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_text() == "old"


def test_a_closed_standard_output_is_a_user_error(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(UserError, match="standard output is closed"):
        WRITERS["records"]([], "model", "-")


def test_an_output_that_cannot_be_written_is_a_user_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        WRITERS["jsonl"]([], "m", str(tmp_path / "file" / "out.jsonl"))
    with pytest.raises(UserError, match="is a folder"):
        WRITERS["jsonl"]([], "m", str(tmp_path))


def test_an_unknown_format_is_answered_with_the_known_ones():
    with pytest.raises(UserError, match="records, jsonl, table"):
        find_writer("xml")
