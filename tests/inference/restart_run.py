"""A run of extraction with a stand-in for the model that kills itself: restart_run.py KILL_AT FORMAT OUTPUT INPUT …

KILL_AT is ``document:N`` (while document N is extracted), ``replace:N`` or ``replaced:N`` (before or after the N-th time
that a file takes another's name), ``unlink:N``, or ``never``. Progress is saved after every document.
"""

import os
import signal
import sys
from collections import Counter
from pathlib import Path

from coopclaims.inference import restart
from coopclaims.inference.run import run_extraction
from coopclaims.schema import Claim, Passage, Span

calls: Counter[str] = Counter()
point, _, wanted = sys.argv[1].partition(":")


def reached(name: str) -> None:
    calls[name] += 1
    if name == point and calls[name] == int(wanted):
        os.kill(os.getpid(), signal.SIGKILL)


class Extractor:
    name = "stand-in"

    def extract(self, texts):
        return list(self.stream(texts))

    def stream(self, texts):
        for text in texts:
            reached("document")
            spans = [Span("s1", 0, len(text), "TRIGGER", 0.5)] if text.strip() == text != "" else []
            yield Passage("", text, spans=spans, claims=[Claim("c1", "s1", "dialogue", "actual")] if spans else [])


def watched(name, method):
    def call(*arguments, **options):
        reached(name)
        result = method(*arguments, **options)
        reached(f"{name}d")
        return result

    return call


if __name__ == "__main__":
    restart.CHECKPOINT_SECONDS = 0
    Path.replace = watched("replace", Path.replace)
    Path.unlink = watched("unlink", Path.unlink)
    run_extraction(sys.argv[4:], Extractor(), sys.argv[3], sys.argv[2], resume=True)
