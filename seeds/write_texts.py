"""Write the plain texts of the seed briefs, ``briefs/LANGUAGE/STORY.txt``, from ``briefs.jsonl`` beside this file.

Use: ``python seeds/write_texts.py``
"""

from __future__ import annotations

from pathlib import Path

from coopclaims.corpus.jsonl import read_passages
from coopclaims.files import atomic_write

SEEDS = Path(__file__).parent


def brief_texts(briefs: Path) -> dict[str, str]:
    """Each brief's text by its path below ``briefs/``: its paragraphs in file order, joined by a blank line."""
    paragraphs: dict[str, list[str]] = {}
    for passage in read_passages(briefs):
        story = str(passage.extra["story"]).removeprefix("seed-")
        paragraphs.setdefault(f"{passage.lang}/{story}.txt", []).append(passage.text)
    return {name: "\n\n".join(texts) + "\n" for name, texts in paragraphs.items()}


if __name__ == "__main__":
    for name, text in brief_texts(SEEDS / "briefs.jsonl").items():
        with atomic_write(SEEDS / "briefs" / name) as file:
            file.write(text)
