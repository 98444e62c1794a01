import errno
import fcntl
import json
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from coopclaims import cli
from coopclaims.errors import UserError
from coopclaims.inference import restart
from coopclaims.inference.extractor import Extractor
from coopclaims.inference.restart import RestartableOutput
from coopclaims.inference.run import run_extraction
from coopclaims.schema import Claim, Passage, Span

DOCUMENTS = 6


class FakeExtractor:
    name = "fake"

    def __init__(self, stop_at=None):
        self.texts = []
        self.stop_at = stop_at
        self.cut_pieces = 0

    def extract(self, texts):
        return list(self.stream(texts))

    def stream(self, texts):
        for text in texts:
            if len(self.texts) == self.stop_at:
                raise KeyboardInterrupt
            self.texts.append(text)
            self.cut_pieces += 2
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


def test_what_jsonl_leaves_out_is_counted_over_both_runs(source, tmp_path, caplog):
    stop(source, tmp_path / "out", "jsonl")
    with caplog.at_level("INFO", "coopclaims"):
        run(source, tmp_path / "out", "jsonl", resume=True)
    assert caplog.messages == [f"jsonl does not hold span scores: {DOCUMENTS}"]


# Progress takes its name at the start, after the head, after each document and at the end; then the output does.
LAST = DOCUMENTS + 4


@pytest.mark.parametrize("format", ["records", "csv"])
@pytest.mark.parametrize(
    ("point", "time"),
    [
        ("extract", 1),
        ("extract", 4),
        *((when, n) for when in ("replace", "replaced") for n in (1, 2, 5, LAST - 1, LAST)),
    ],
)
def test_a_run_killed_at_any_point_is_completed_by_the_next(source, tmp_path, point, time, format):
    run(source, tmp_path / "whole", format)
    assert _run_in_child(source, tmp_path / "out", format, point, time) == signal.SIGKILL
    _, extractor = run(source, tmp_path / "out", format, resume=True)
    assert (tmp_path / "out").read_bytes() == (tmp_path / "whole").read_bytes()
    assert files(tmp_path) == ["out", "whole"]
    if point != "extract":
        saved = max(0, min(time - (point == "replace") - 2, DOCUMENTS))
        assert len(extractor.texts) == DOCUMENTS - saved


def _run_in_child(source, output, format, point, time):
    """Run in a process that kills itself at the ``time``-th passing of ``point``; returns the signal that ended it."""
    child = os.fork()
    if child:
        return os.WTERMSIG(os.waitpid(child, 0)[1])
    try:
        restart.CHECKPOINT_SECONDS = 0
        calls = Counter()

        def passing(name):
            calls[name] += 1
            if (name, calls[name]) == (point, time):
                os.kill(os.getpid(), signal.SIGKILL)

        replace, extract = Path.replace, FakeExtractor.stream

        def watched_replace(self, target):
            passing("replace")
            replace(self, target)
            passing("replaced")

        def watched_stream(self, texts):
            for passage in extract(self, texts):
                passing("extract")
                yield passage

        Path.replace, FakeExtractor.stream = watched_replace, watched_stream
        run(source, output, format, resume=True)
    finally:
        os._exit(1)


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


@pytest.fixture
def model(tmp_path, monkeypatch):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"weights")
    monkeypatch.setattr(Extractor, "from_pretrained", lambda *_: FakeExtractor())
    return tmp_path / "model"


def extract_command(source, model, *options):
    output = str(source.parent / "out")
    return cli.main(
        ["extract", str(source), "--model", str(model), "--output", output, "--format", "records", "--resume", *options]
    )


@pytest.mark.parametrize(
    ("options", "weights", "message"),
    [(["--precision", "bf16"], b"weights", "precision 'auto', not 'bf16'"), ([], b"trained anew", "weights_sha256 '")],
)
def test_another_precision_and_other_weights_are_told(source, model, monkeypatch, capsys, options, weights, message):
    with monkeypatch.context() as patch:
        patch.setattr(Extractor, "from_pretrained", lambda *_: FakeExtractor(stop_at=3))
        assert extract_command(source, model) == 130
    (model / "model.safetensors").write_bytes(weights)
    assert extract_command(source, model, *options) == 2
    assert f"is of a run with {message}" in capsys.readouterr().err
    (model / "model.safetensors").write_bytes(b"weights")
    assert extract_command(source, model) == 0


def test_the_cut_pieces_of_the_stopped_run_are_counted(source, tmp_path):
    stop(source, tmp_path / "out")
    summary, extractor = run(source, tmp_path / "out", resume=True)
    assert extractor.cut_pieces == 2 * (DOCUMENTS - 3)
    assert summary.cut_pieces == 2 * DOCUMENTS


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


def test_a_file_system_without_locks_is_no_other_run(source, tmp_path, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    stop(source, tmp_path / "out")
    summary, _ = run(source, tmp_path / "out", resume=True)
    assert summary.documents == DOCUMENTS


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_refused_run_that_began_earlier_leaves_no_trace(tmp_path, monkeypatch):
    monkeypatch.setattr(restart, "CHECKPOINT_SECONDS", 0)
    refused = RestartableOutput(str(tmp_path / "out"), {})
    with RestartableOutput(str(tmp_path / "out"), {}) as output:
        output.add("line\n", Counter())
        before = contents(tmp_path)
        with pytest.raises(UserError, match="another run"), refused:
            pass
        assert contents(tmp_path) == before
    assert contents(tmp_path) == {"out": b"line\n"}


def test_what_another_run_wrote_meanwhile_is_not_cut_off(source, tmp_path):
    late = RestartableOutput(str(tmp_path / "out"), {})
    stop(source, tmp_path / "out")
    before = contents(tmp_path)
    with pytest.raises(UserError, match="meanwhile; start again"), late:
        pass
    assert contents(tmp_path) == before


def test_a_run_killed_before_its_first_progress_is_begun_anew(tmp_path):
    (tmp_path / "out.partial").touch()
    with RestartableOutput(str(tmp_path / "out"), {}) as output:
        output.add("line\n", Counter())
    assert contents(tmp_path) == {"out": b"line\n"}


@pytest.mark.parametrize("format", ["table", "parquet"])
def test_other_formats_cannot_be_resumed(source, tmp_path, format):
    with pytest.raises(UserError, match="use records, jsonl, csv"):
        run(source, tmp_path / "out", format, resume=True)


def test_what_cannot_be_read_or_written_twice_is_refused(source, tmp_path):
    with pytest.raises(UserError, match="standard output"):
        run(source, "-", resume=True)
    with pytest.raises(UserError, match="- cannot be read again"):
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
    monkeypatch.setattr(RestartableOutput, "add", full)
    with pytest.raises(OSError, match="No space"):
        run(source, tmp_path / "out", resume=True)
    monkeypatch.setattr(RestartableOutput, "add", add)
    run(source, tmp_path / "out", resume=True)
    assert (tmp_path / "out").read_bytes() == (tmp_path / "whole").read_bytes()
