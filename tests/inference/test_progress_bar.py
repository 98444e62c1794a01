import io

import pytest
from tqdm import tqdm

from coopclaims.inference import progress_bar
from coopclaims.inference.inputs import Source
from coopclaims.inference.progress_bar import with_progress
from coopclaims.inference.streams import Meter
from coopclaims.schema import Passage


@pytest.fixture
def terminal(monkeypatch):
    stream = io.StringIO()
    shown = {"disable": False, "file": stream, "delay": 0}
    monkeypatch.setattr(progress_bar, "tqdm", lambda **options: tqdm(**{**options, **shown}))
    return stream


def passages(meter):
    for number in range(4):
        meter.done += 25
        yield Passage(str(number), "")


@pytest.mark.parametrize(("sizes", "share"), [((60, 40), "100%"), ((60, None), None)])
def test_the_bar_shows_rate_and_share_of_bytes(terminal, sizes, share):
    meter = Meter()
    found = list(with_progress(passages(meter), [Source("a", size) for size in sizes], meter, "out"))
    assert [passage.id for passage in found] == ["0", "1", "2", "3"]
    shown = terminal.getvalue()
    assert "4 documents" in shown
    assert "a second" in shown
    assert ("%" in shown) == (share is not None)
    assert share is None or share in shown


def test_files_without_bytes_do_no_harm(terminal):
    meter = Meter()
    assert len(list(with_progress(passages(meter), [Source("a", 0)], meter, "out"))) == 4
