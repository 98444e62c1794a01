from __future__ import annotations

from pathlib import Path

import pytest
from tests.hard_records import all_passages, hard_passage

from coopclaims.inference.formats.rdf import write_rdf
from coopclaims.schema import Passage

rdflib = pytest.importorskip("rdflib")

QUERY = """
PREFIX cc: <urn:x-coopclaims:vocabulary:>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
SELECT ?text ?start ?end WHERE { ?claim cc:status cc:actual ; cc:type cc:agreement ; cc:party ?party .
  ?party rdf:value ?text ; oa:start ?start ; oa:end ?end } ORDER BY ?start
"""


def test_a_query_finds_parties_with_their_places(tmp_path: Path) -> None:
    write_rdf([hard_passage()], "m", str(tmp_path / "x.nt"))
    graph = rdflib.Graph().parse(tmp_path / "x.nt", format="turtle")
    found = [(str(text), start.toPython(), end.toPython()) for text, start, end in graph.query(QUERY)]
    assert found == [(hard_passage().text[start:end], start, end) for _, start, end in found]
    assert len(found) == 2


def test_records_written_together_equal_those_written_apart(tmp_path: Path) -> None:
    write_rdf(all_passages(), "m", str(tmp_path / "all.nt"))
    apart = rdflib.Graph()
    for passage in all_passages():
        write_rdf([passage], "m", str(tmp_path / "one.nt"))
        apart.parse(tmp_path / "one.nt", format="nt")
    assert set(rdflib.Graph().parse(tmp_path / "all.nt", format="nt")) == set(apart)


def test_hostile_names_stay_within_their_iri(tmp_path: Path) -> None:
    passage = Passage('x> <urn:evil> "y"\n', "x", lang='en" evil', extra={"date": 5})
    write_rdf([passage], "m> <x", str(tmp_path / "x.nt"))
    graph = rdflib.Graph().parse(tmp_path / "x.nt", format="nt")
    assert {str(subject) for subject in graph.subjects()} == {
        "urn:x-coopclaims:record:x%3E%20%3Curn%3Aevil%3E%20%22y%22%0A"
    }
