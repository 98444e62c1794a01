"""A process that serves a model whose run ends when the files exist that its texts name."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from coopclaims import cli
from coopclaims.schema import Passage
from coopclaims.service.limits import Limits
from coopclaims.service.server import address_of, bind, serve


class HeldExtractor:
    name = "held"

    def extract(self, texts: Sequence[str]) -> list[Passage]:
        while not all(Path(text).exists() for text in texts):
            time.sleep(0.01)
        return [Passage("0", text) for text in texts]


def run(_: object) -> int:
    with bind("127.0.0.1", 0) as bound:
        bound.listen()
        print(f"http://{address_of(bound)}", flush=True)
        serve(HeldExtractor(), Limits(batch_characters=1), bound)


if __name__ == "__main__":
    cli._run = run  # The command line around it gives the exit code.
    sys.exit(cli.main([]))
