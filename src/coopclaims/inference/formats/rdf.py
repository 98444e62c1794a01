"""Claims as RDF in N-Triples, which every reader of Turtle takes; docs/exports.md lists the vocabulary.

Each record is a small graph of its own, so that memory stays flat. Subjects are IRIs made from the ids of record, claim
and span; there are no blank nodes, so files can be joined.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from coopclaims.errors import UserError
from coopclaims.files import open_output
from coopclaims.inference.formats.losses import Losses
from coopclaims.inference.writers import claim_rows
from coopclaims.schema import Passage

VOCABULARY = "urn:x-coopclaims:vocabulary:"
RECORDS = "urn:x-coopclaims:record:"
MODELS = "urn:x-coopclaims:model:"
WEB_ANNOTATION = "http://www.w3.org/ns/oa#"

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


def write_rdf(passages: Iterable[Passage], model_name: str, output: str) -> None:
    """Write the triples of each record. Raises UserError where rdflib is not installed."""
    try:
        import rdflib  # noqa: F401 - only looked for
    except ImportError as error:
        raise UserError("rdf needs rdflib: pip install 'coopclaims[rdf]'") from error
    losses = Losses("rdf", ("other keys of spans", "other keys of claims"))
    with open_output(output) as file:
        for passage in losses.watch(passages):
            file.write(_graph(passage, model_name).serialize(format="nt"))
    losses.tell()


def _graph(passage: Passage, model_name: str) -> Any:
    from rdflib import Graph, Literal, URIRef
    from rdflib.namespace import DCTERMS, RDF, SDO

    graph, record = Graph(), URIRef(RECORDS + _quoted(passage.id))
    graph.add((record, RDF.type, SDO.CreativeWork))
    graph.add((record, DCTERMS.identifier, Literal(passage.id)))
    if passage.lang:
        graph.add((record, SDO.inLanguage, Literal(passage.lang)))
    if isinstance(passage.extra.get("date"), str):
        graph.add((record, SDO.datePublished, Literal(passage.extra["date"])))
    spans = {span.id: URIRef(f"{record}:span:{_quoted(span.id)}") for span in passage.spans}
    _add_spans(graph, passage, record, spans)
    _add_claims(graph, passage, record, spans, model_name)
    return graph


def _add_spans(graph: Any, passage: Passage, record: Any, spans: dict[str, Any]) -> None:
    from rdflib import Literal, Namespace
    from rdflib.namespace import PROV, RDF

    words, annotation = Namespace(VOCABULARY), Namespace(WEB_ANNOTATION)
    for span in passage.spans:
        subject = spans[span.id]
        graph.add((subject, RDF.type, words[span.label.title()]))
        graph.add((subject, RDF.type, annotation.TextPositionSelector))
        graph.add((subject, RDF.value, Literal(passage.quote(span), lang=_language_tag(passage))))
        graph.add((subject, annotation.start, Literal(span.start)))
        graph.add((subject, annotation.end, Literal(span.end)))
        graph.add((subject, PROV.wasQuotedFrom, record))
        if span.score is not None:
            graph.add((subject, words.score, Literal(span.score)))


def _add_claims(graph: Any, passage: Passage, record: Any, spans: dict[str, Any], model_name: str) -> None:
    from rdflib import Literal, Namespace, URIRef
    from rdflib.namespace import PROV, RDF, SDO

    words = Namespace(VOCABULARY)
    claims = {claim.id: claim for claim in passage.claims}
    labels = {span.id: span.label for span in passage.spans}
    for row in claim_rows(passage, model_name):
        claim = claims[row["claim"]]
        subject = URIRef(f"{record}:claim:{_quoted(claim.id)}")
        graph.add((subject, RDF.type, SDO.Claim))
        graph.add((subject, words.type, words[claim.type]))
        graph.add((subject, words.status, words[claim.status]))
        graph.add((subject, SDO.text, Literal(row["quote"], lang=_language_tag(passage))))
        graph.add((subject, SDO.appearance, record))
        graph.add((subject, words.trigger, spans[claim.trigger]))
        for argument in claim.args:
            graph.add((subject, words[labels[argument].lower()], spans[argument]))
        if claim.score is not None:
            graph.add((subject, words.score, Literal(claim.score)))
        if model_name:
            graph.add((subject, PROV.wasAttributedTo, URIRef(MODELS + _quoted(model_name))))


def _language_tag(passage: Passage) -> str | None:
    """The record's language, where it is a language tag at all."""
    return passage.lang if passage.lang and _LANGUAGE_TAG.fullmatch(passage.lang) else None


def _quoted(name: str) -> str:
    """``name`` as part of an IRI, one to one."""
    return quote(name, safe="")
