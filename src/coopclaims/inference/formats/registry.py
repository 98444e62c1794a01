"""All formats of ``extract`` and ``export`` by name. To add one, write a writer and enter it here."""

from __future__ import annotations

from coopclaims.errors import UserError
from coopclaims.inference.formats.brat import write_brat
from coopclaims.inference.formats.conll import write_conll
from coopclaims.inference.formats.delimited import CSV, write_csv
from coopclaims.inference.formats.doccano import write_doccano
from coopclaims.inference.formats.html import write_html
from coopclaims.inference.formats.labelstudio import write_labelstudio
from coopclaims.inference.formats.parquet import write_parquet
from coopclaims.inference.formats.plover import write_plover
from coopclaims.inference.formats.rdf import write_rdf
from coopclaims.inference.formats.spacy_docs import write_spacy
from coopclaims.inference.writers import RECORDS, ROWS, WRITERS, LineFormat, Writer

FORMATS: dict[str, Writer] = {
    **WRITERS,
    "csv": write_csv,
    "parquet": write_parquet,
    "html": write_html,
    "plover": write_plover,
    "rdf": write_rdf,
    "brat": write_brat,
    "labelstudio": write_labelstudio,
    "doccano": write_doccano,
    "conll": write_conll,
    "spacy": write_spacy,
}

LINE_FORMATS: dict[str, LineFormat] = {"records": RECORDS, "jsonl": ROWS, "csv": CSV}


def find_writer(name: str) -> Writer:
    """The writer of a format; raises UserError that lists the formats if there is none of this name."""
    if name not in FORMATS:
        raise UserError(f"unknown output format {name!r}; formats are {', '.join(FORMATS)}")
    return FORMATS[name]
