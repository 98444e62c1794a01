"""Documents and their claims as one HTML page that needs no network: spans marked, claims listed, filters."""

from __future__ import annotations

from collections.abc import Iterable

from coopclaims.html_elements import Html, element, filters, page, table_script
from coopclaims.inference.writers import open_output
from coopclaims.marks import claim_item, mark, marked_text
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
    marks = {span.id: _mark(passage, span) for span in passage.spans}
    ordered = sorted(passage.spans, key=lambda span: span.start)
    text = marked_text(passage.text, [(span.start, span.end, marks[span.id]) for span in ordered])
    starts = {span.id: span.start for span in passage.spans}
    claims = [_claim(claim, marks, starts) for claim in sorted(passage.claims, key=lambda claim: starts[claim.trigger])]
    count = f"{len(claims)} claim{'' if len(claims) == 1 else 's'}"
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
        element("p", text, class_="text", lang=language, dir="auto"),
        element("ul", *claims, lang=language) if claims else element("p", "No claim.", class_="none"),
        **{f"data-{name}": value or "-" for name, value in values.items()},
    )


def _mark(passage: Passage, span: Span) -> Html:
    return mark(passage.quote(span), span.label, value=span.extra.get("value"))


def _claim(claim: Claim, marks: dict[str, Html], starts: dict[str, int]) -> Html:
    kind = element("span", f"{claim.type}, {claim.status}")
    arguments = [marks[name] for name in sorted(claim.args, key=starts.__getitem__)]
    return claim_item(marks[claim.trigger], kind, arguments, claim.score)
