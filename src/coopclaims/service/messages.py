"""The JSON of requests and answers; the models of answers describe them in /openapi.json."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from coopclaims.inference.json_documents import Document
from coopclaims.schema import LABELS, STATUSES, TYPES

EXAMPLE = "Vietnam and Denmark signed a letter of intent in Hanoi."


class _AboutText(BaseModel):
    """What a client may say about a text."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str | None, Field(description="kept in the answer; else the place of the text, from 0")] = None
    lang: Annotated[
        Literal["vi", "de", "en"] | None, Field(description="the language to read the text as; else it is found")
    ] = None
    date: Annotated[str | None, Field(description="kept in the answer")] = None

    def document(self, text: str, default_id: str) -> Document:
        """``text`` with what is said about it."""
        return Document(self.id or default_id, text, self.lang, self.date)


class TextMessage(_AboutText):
    """A text among several, with what is known about it."""

    text: str


def _as_object(value: Any) -> Any:
    if isinstance(value, str):
        return {"text": value}
    if not isinstance(value, dict):
        raise PydanticCustomError("text_kind", "Input should be a string or an object with 'text'")
    return value


# The schema is written out because it is shown inside another document, where a reference would lead nowhere.
_TextOrObject = Annotated[
    TextMessage,
    BeforeValidator(_as_object),
    WithJsonSchema({"anyOf": [{"type": "string"}, TextMessage.model_json_schema()]}),
]


class ExtractRequest(_AboutText):
    """One text or many, and the form of the answer; ``id``, ``lang`` and ``date`` are those of ``text``."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": EXAMPLE}]})

    text: Annotated[str | None, Field(description="one text; give either this or 'texts'")] = None
    texts: Annotated[
        list[_TextOrObject] | None,
        Field(min_length=1, description="several texts, each a string or an object with 'text'"),
    ] = None
    format: Annotated[
        Literal["records", "rows"],
        Field(description="records: one record a text, spans by offset; rows: one flat row a claim"),
    ] = "records"

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.text is None) == (self.texts is None):
            raise PydanticCustomError("one_of_both", "give either 'text' or 'texts'")
        if self.texts is not None and (self.id, self.lang, self.date) != (None, None, None):
            raise PydanticCustomError(
                "about_which", "'id', 'lang' and 'date' go with 'text'; of several, put them in each object of 'texts'"
            )
        return self

    def documents(self) -> list[Document]:
        """The texts to extract from, in order, with what is said about them."""
        if self.texts is None:
            return [self.document(self.text or "", "0")]
        return [item.document(item.text, str(number)) for number, item in enumerate(self.texts)]


class SpanMessage(BaseModel):
    """A labelled stretch of the text: code points ``start`` to ``end``, half-open."""

    id: str
    start: int
    end: int
    label: Annotated[str, Field(json_schema_extra={"enum": list(LABELS)})]
    score: float | None = None


class ClaimMessage(BaseModel):
    """One act: its trigger span, type, status and argument spans."""

    id: str
    trigger: str
    type: Annotated[str, Field(json_schema_extra={"enum": list(TYPES)})]
    status: Annotated[str, Field(json_schema_extra={"enum": list(STATUSES)})]
    args: list[str]
    score: float | None = None


class RecordMessage(BaseModel):
    """A text with its spans and claims; ``id`` is the one given, or its place in the request, counted from 0.

    ``meta`` has ``not_extracted`` where the text is in a language that the model does not read.
    """

    id: str
    lang: str | None = None
    text: str
    spans: list[SpanMessage]
    claims: list[ClaimMessage]
    meta: dict[str, Any] | None = None
    date: str | None = None


class RowMessage(BaseModel):
    """One claim with the words of its parts; ``doc`` is the ``id`` that its text has in a record."""

    doc: str
    lang: str | None
    date: str | None
    claim: str
    type: str
    status: str
    trigger: str
    parties: list[str]
    sources: list[str]
    instruments: list[str]
    fields: list[str]
    amounts: list[str]
    dates: list[str]
    places: list[str]
    quote: str
    start: int
    end: int
    score: float | None
    model: str


class RecordsResponse(BaseModel):
    """The answer to ``format: records``: one record a text, in order."""

    model: str
    records: list[RecordMessage]


class RowsResponse(BaseModel):
    """The answer to ``format: rows``: the claims of all texts, in order."""

    model: str
    rows: list[RowMessage]


class HealthResponse(BaseModel):
    """Whether texts are accepted, by which model, and how busy it is."""

    status: Literal["ok", "stopping", "failed"]
    model: str
    version: str
    requests: int
    waiting_characters: int


class ErrorResponse(BaseModel):
    """Why there is no result, in one line."""

    error: str
