"""A process that serves a model which takes as many seconds as its text says: python slow_server.py [TIME_LIMIT]."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from coopclaims import cli
from coopclaims.schema import Passage
from coopclaims.service.limits import Limits
from coopclaims.service.server import address_of, bind, serve


class SlowExtractor:
    name = "slow"

    def extract(self, texts: Sequence[str]) -> list[Passage]:
        time.sleep(max(float(text) for text in texts))
        return [Passage("0", text) for text in texts]


def run(_: object) -> int:
    with bind("127.0.0.1", 0) as bound:
        bound.listen()
        print(f"http://{address_of(bound)}", flush=True)
        serve(SlowExtractor(), Limits(time_limit=float(sys.argv[1]), batch_characters=1), bound)


if __name__ == "__main__":
    cli._run = run  # The command line around it gives the exit code.
    sys.exit(cli.main([]))
