"""The JSON of requests and answers; the models of answers describe them in /openapi.json."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from coopclaims.schema import LABELS, STATUSES, TYPES

EXAMPLE = "Vietnam and Denmark signed a letter of intent in Hanoi."


class ExtractRequest(BaseModel):
    """One text or many, and the form of the answer."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"text": EXAMPLE}]})

    text: Annotated[str | None, Field(description="one text; give either this or 'texts'")] = None
    texts: Annotated[list[str] | None, Field(min_length=1, description="several texts")] = None
    format: Annotated[
        Literal["records", "rows"],
        Field(description="records: one record a text, spans by offset; rows: one flat row a claim"),
    ] = "records"

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.text is None) == (self.texts is None):
            raise PydanticCustomError("one_of_both", "give either 'text' or 'texts'")
        return self

    def all_texts(self) -> list[str]:
        """The texts to extract from, in order."""
        return self.texts if self.texts is not None else [self.text or ""]


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
    """A text with its spans and claims; ``id`` is its place in the request, counted from 0."""

    id: str
    text: str
    spans: list[SpanMessage]
    claims: list[ClaimMessage]


class RowMessage(BaseModel):
    """One claim with the words of its parts; ``doc`` is the place of its text in the request, from 0."""

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
