from __future__ import annotations

from coopclaims.corpus.distributions import CLAIMS, PASSAGE_WORDS, format_distributions, measure_passages
from coopclaims.schema import Passage


def test_values_by_language_and_split(passages: list[Passage]) -> None:
    found = measure_passages(passages)
    assert set(found) == {("en", "train"), ("de", "train"), ("vi", "train"), ("de", "dev"), ("vi", "test")}
    assert found["en", "train"][CLAIMS] == [2, 0]
    assert found["de", "dev"][PASSAGE_WORDS] == [9]
    assert found["de", "dev"]["words of PARTY"] == [1, 2]


def test_table_has_a_row_a_measure_and_group(passages: list[Passage]) -> None:
    table = format_distributions(measure_passages(passages)).splitlines()
    row = next(line for line in table if line.startswith("claims of a passage") and "en/train" in line)
    assert row.split()[-6:] == ["0", "0", "1", "2", "2", "1.0"]
    assert len({len(line.rstrip()) for line in table[1:]}) == 1
