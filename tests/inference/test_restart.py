import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from coopclaims.errors import UserError
from coopclaims.inference import restart
from coopclaims.inference.restart import RestartableOutput
from coopclaims.inference.run import run_extraction
from coopclaims.schema import Claim, Passage, Span

SCRIPT = Path(__file__).with_name("restart_run.py")
DOCUMENTS = 6


class FakeExtractor:
    name = "fake"

    def __init__(self, stop_at=None):
        self.texts = []
        self.stop_at = stop_at

    def extract(self, texts):
        return list(self.stream(texts))

    def stream(self, texts):
        for text in texts:
            if len(self.texts) == self.stop_at:
                raise KeyboardInterrupt
            self.texts.append(text)
            span = Span("s1", 0, len(text), "TRIGGER", 0.5)
            yield Passage("", text, spans=[span], claims=[Claim("c1", "s1", "dialogue", "actual", score=0.5)])


@pytest.fixture
def source(tmp_path):
    lines = [json.dumps({"text": f"Huế {number}", "id": "same"}) for number in range(DOCUMENTS)]
    lines.insert(2, "broken")
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path / "in.jsonl"


def run(source, output, format="records", stop_at=None, **options):
    extractor = FakeExtractor(stop_at)
    return run_extraction([str(source)], extractor, str(output), format, **options), extractor


def stop(source, output, format="records", stop_at=3):
    with pytest.raises(KeyboardInterrupt):
        run(source, output, format, stop_at, resume=True)


def files(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != "in.jsonl")


@pytest.mark.parametrize("format", ["records", "jsonl", "csv"])
def test_a_stopped_run_goes_on_without_repeating_or_losing_a_document(source, tmp_path, capsys, format):
    whole, _ = run(source, tmp_path / "whole", format)
    stop(source, tmp_path / "out", format)
    assert files(tmp_path) == ["out.partial", "out.progress.json", "whole"]
    assert "kept: 3 documents" in capsys.readouterr().err
    summary, extractor = run(source, tmp_path / "out", format, resume=True)
    assert extractor.texts == [f"Huế {number}" for number in range(3, DOCUMENTS)]
    assert (tmp_path / "out").read_bytes() == (tmp_path / "whole").read_bytes()
    assert files(tmp_path) == ["out", "whole"]
    assert summary == whole


@pytest.mark.parametrize("format", ["records", "csv"])
@pytest.mark.parametrize(
    "kill_at",
    ["document:1", "document:4", "replace:1", "replaced:1", "replace:4", "replaced:4", "replace:last", "replaced:last"],
)
def test_a_run_killed_at_any_point_is_completed_by_the_next(source, tmp_path, kill_at, format):
    # Saves: at the start, after the head of CSV (and of records, which is empty), a document each, at the end; then OUTPUT.
    kill_at = kill_at.replace("last", str(DOCUMENTS + 4))
    run(source, tmp_path / "whole", format)
    assert _subprocess(kill_at, format, tmp_path / "out", source) == -signal.SIGKILL
    assert _subprocess("never", format, tmp_path / "out", source) == 0
    records = [(tmp_path / name).read_text("utf-8").replace("stand-in", "fake") for name in ("out", "whole")]
    assert records[0].count("dialogue") == DOCUMENTS
    assert files(tmp_path) == ["out", "whole"]
    if format == "records":
        ids = [[json.loads(line)["id"] for line in record.splitlines()] for record in records]
        assert ids[0] == ids[1]


def _subprocess(kill_at, format, output, source):
    command = [sys.executable, str(SCRIPT), kill_at, format, str(output), str(source)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_bytes_after_the_recorded_ones_are_cut_off(source, tmp_path):
    run(source, tmp_path / "whole")
    stop(source, tmp_path / "out")
    with (tmp_path / "out.partial").open("ab") as file:
        file.write(b'{"id": "half a rec')
    run(source, tmp_path / "out", resume=True)
    assert (tmp_path / "out").read_bytes() == (tmp_path / "whole").read_bytes()


def test_an_interrupt_at_the_first_document_leaves_nothing(source, tmp_path):
    stop(source, tmp_path / "out", stop_at=0)
    assert files(tmp_path) == []


def test_without_resume_nothing_is_kept_and_an_earlier_partial_is_not_touched(source, tmp_path):
    stop(source, tmp_path / "out")
    before = (tmp_path / "out.partial").read_bytes()
    with pytest.raises(KeyboardInterrupt):
        run(source, tmp_path / "out", stop_at=4)
    assert files(tmp_path) == ["out.partial", "out.progress.json"]
    assert (tmp_path / "out.partial").read_bytes() == before


def test_a_complete_output_is_made_anew(source, tmp_path):
    run(source, tmp_path / "out", resume=True)
    _, extractor = run(source, tmp_path / "out", resume=True)
    assert len(extractor.texts) == DOCUMENTS


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "jsonl"}, "format 'records', not 'jsonl'"),
        ({"language": "de"}, "language None, not 'de'"),
    ],
)
def test_other_options_are_told_in_one_line(source, tmp_path, change, message):
    stop(source, tmp_path / "out")
    with pytest.raises(UserError, match=message) as caught:
        run(source, tmp_path / "out", **change, resume=True)
    assert "delete it and out.partial" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_changed_input_is_told_with_its_sizes(source, tmp_path):
    stop(source, tmp_path / "out")
    size = source.stat().st_size
    source.write_bytes(source.read_bytes() + b"\n")
    with pytest.raises(UserError, match=rf"in\.jsonl of {size} bytes, not .*in\.jsonl of {size + 1} bytes"):
        run(source, tmp_path / "out", resume=True)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"identity": {}}', '{"documents": 1}', '{"identity": 5}', "\0"])
def test_a_progress_file_that_is_none_is_a_user_error(source, tmp_path, content):
    (tmp_path / "out.progress.json").write_text(content)
    with pytest.raises(UserError, match="to start over"):
        run(source, tmp_path / "out", resume=True)


def test_a_partial_file_of_somebody_else_is_not_touched(source, tmp_path):
    (tmp_path / "out.partial").write_text("mine")
    with pytest.raises(UserError, match=r"out\.partial: is there without"):
        run(source, tmp_path / "out", resume=True)
    assert (tmp_path / "out.partial").read_text() == "mine"


def test_a_partial_file_that_lost_bytes_is_a_user_error(source, tmp_path):
    stop(source, tmp_path / "out")
    os.truncate(tmp_path / "out.partial", 5)
    with pytest.raises(UserError, match="fewer than the"):
        run(source, tmp_path / "out", resume=True)


def test_a_second_run_on_the_same_output_is_refused(tmp_path):
    with RestartableOutput(str(tmp_path / "out"), {}) as output:
        output.add("line\n", Counter())
        with pytest.raises(UserError, match="another run"), RestartableOutput(str(tmp_path / "out"), {}):
            pass
    assert (tmp_path / "out").read_text() == "line\n"


@pytest.mark.parametrize("format", ["table", "parquet"])
def test_other_formats_cannot_be_resumed(source, tmp_path, format):
    with pytest.raises(UserError, match="use records, jsonl, csv"):
        run(source, tmp_path / "out", format, resume=True)


def test_what_cannot_be_read_or_written_twice_is_refused(source, tmp_path):
    with pytest.raises(UserError, match="standard output"):
        run(source, "-", resume=True)
    with pytest.raises(UserError, match="-: cannot|- cannot"):
        run("-", tmp_path / "out", resume=True)


def test_a_full_disk_leaves_the_last_good_progress(source, tmp_path, monkeypatch):
    run(source, tmp_path / "whole")
    monkeypatch.setattr(restart, "CHECKPOINT_SECONDS", 0)

    def full(self, text, counts, documents=1):
        if self.progress.documents == 4:
            self._file.write(text[:5].encode())
            self._file.flush()
            raise OSError(28, "No space left on device")
        add(self, text, counts, documents)

    add = RestartableOutput.add
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(RestartableOutput, "add", full)
        run(source, tmp_path / "out", resume=True)
    run(source, tmp_path / "out", resume=True)
    assert (tmp_path / "out").read_bytes() == (tmp_path / "whole").read_bytes()
