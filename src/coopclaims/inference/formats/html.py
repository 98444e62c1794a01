"""Documents and their claims as one HTML page that needs no network: spans marked, claims listed, filters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coopclaims.files import open_output
from coopclaims.html_elements import Html, element, filters, joined, page, table_script
from coopclaims.marks import claim_item, mark, marked_text
from coopclaims.records.value_text import value_text
from coopclaims.schema import LANGUAGES, STATUSES, TYPES, Claim, Passage, Span

_OTHER = "other"
# Where the documents go; no element has such content, as "<" would be escaped.
_GAP = Html("<!-- documents -->")


def write_html(passages: Iterable[Passage], model_name: str, output: str) -> None:
    """Write the page, a document at a time; it is complete without script, and all text of documents is escaped."""
    note = f"Model: {model_name}." if model_name else ""
    controls = filters(
        {
            "Type": ("type", TYPES),
            "Status": ("status", STATUSES),
            "Language": ("language", [*LANGUAGES, _OTHER]),
        }
    )
    whole = page("Cooperation claims", *([element("p", note)] if note else []), controls, _GAP, script=table_script())
    before, after = whole.split(_GAP)
    with open_output(output) as file:
        file.write(before)
        for passage in passages:
            file.write(_document(passage) + "\n")
        file.write(after)


def _document(passage: Passage) -> Html:
    """Filters find a document by any of its claims; one without claims only by language and words."""
    language = passage.lang or ""
    starts = {span.id: span.start for span in passage.spans}
    ordered = sorted(passage.claims, key=lambda claim: starts[claim.trigger])
    claims = _claims(passage, ordered)
    count = f"{len(ordered)} claim{'' if len(ordered) == 1 else 's'}"
    date = passage.extra.get("date")
    facts = [language, date if isinstance(date, str) else "", count]
    values = {
        "type": "|".join(sorted({claim.type for claim in passage.claims})),
        "status": "|".join(sorted({claim.status for claim in passage.claims})),
        "language": language if language in LANGUAGES else _OTHER,
    }
    return element(
        "article",
        element("h3", passage.id, " ", element("small", " · ".join(filter(None, facts)))),
        element("p", _text(passage, ordered), class_="text", lang=language, dir="auto"),
        element("ol", *claims, lang=language) if claims else element("p", "No claim.", class_="none"),
        **{f"data-{name}": value or "-" for name, value in values.items()},
    )


def _text(passage: Passage, claims: Sequence[Claim]) -> Html:
    """The text with its spans marked, each with the numbers of its claims."""
    numbers: dict[str, list[int]] = {}
    for number, claim in enumerate(claims, 1):
        for name in (claim.trigger, *claim.args):
            numbers.setdefault(name, []).append(number)
    marks = [
        (span.start, span.end, _mark(passage, span, numbers.get(span.id, ())))
        for span in sorted(passage.spans, key=lambda span: span.start)
    ]
    return marked_text(passage.text, marks)


def _claims(passage: Passage, claims: Sequence[Claim]) -> list[Html]:
    """The claims as items of a numbered list, each argument with its normalised value."""
    spans = passage.span_by_id()
    items = []
    for number, claim in enumerate(claims, 1):
        arguments = sorted((spans[name] for name in claim.args), key=lambda span: span.start)
        kind = element("span", f"{claim.type}, {claim.status}")
        trigger = _mark(passage, spans[claim.trigger])
        items.append(claim_item(trigger, kind, [_argument(passage, span) for span in arguments], claim.score, number))
    return items


def _argument(passage: Passage, span: Span) -> Html:
    """Hovering shows all of a value; what it says beyond the words is also there to read."""
    words, shown = passage.quote(span), _mark(passage, span)
    value = value_text(span.label, span.extra.get("value"))
    beyond = value.removeprefix(words).strip() if value.startswith(words) else f"= {value}" if value else ""
    return joined([shown, " ", element("small", beyond)]) if beyond else shown


def _mark(passage: Passage, span: Span, claims: Sequence[int] = ()) -> Html:
    return mark(passage.quote(span), span.label, value=span.extra.get("value"), claims=claims)
