import gzip

import pytest
import zstandard

from coopclaims.inference import streams
from coopclaims.inference.streams import Meter, numbered_lines, open_stream, whole_content

LINES = [f"Zeile {number}: Huế\n".encode() for number in range(20_000)]
COMPRESS = {".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress, "": bytes}


@pytest.fixture(params=COMPRESS)
def suffix(request):
    return request.param


def read_lines(path):
    problems, meter = [], Meter()
    with open_stream(str(path), meter) as stream:
        return [line for _, line in numbered_lines(stream, path.name, problems)], problems, meter


def test_lines_come_back_and_all_bytes_of_the_file_are_counted(tmp_path, suffix):
    path = tmp_path / f"a.jsonl{suffix}"
    path.write_bytes(COMPRESS[suffix](b"".join(LINES)))
    lines, problems, meter = read_lines(path)
    assert lines == LINES
    assert problems == []
    assert meter.done == path.stat().st_size


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_several_members_in_one_file_are_read_as_one(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"".join(COMPRESS[suffix](line) for line in LINES[:500]))
    assert read_lines(path)[0] == LINES[:500]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_lines_before_a_cut_are_kept_and_the_cut_is_told_with_its_line(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    content = b"".join(LINES) + bytes(range(256)) * 2000
    compressed = b"".join(COMPRESS[suffix](content[at : at + 50_000]) for at in range(0, len(content), 50_000))
    path.write_bytes(compressed[: len(compressed) * 3 // 4])
    lines, [problem], _ = read_lines(path)
    assert len(lines) > 1000
    assert lines == LINES[: len(lines)]
    assert problem.kind == "cut short"
    assert problem.line == len(lines) + 1


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
@pytest.mark.parametrize("keep", [0, 1, 5, 12])
def test_a_file_cut_in_its_first_bytes_is_a_problem_unless_it_is_empty(tmp_path, suffix, keep):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(COMPRESS[suffix](LINES[0])[:keep])
    lines, problems, _ = read_lines(path)
    assert lines == []
    assert len(problems) == (keep > 0)


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_what_is_no_compressed_data_is_damage(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(COMPRESS[suffix](b"".join(LINES[:9])) + b"plain text after it\n")
    lines, [problem], _ = read_lines(path)
    assert lines == LINES[:9]
    assert problem.kind == "damaged"


def test_a_line_that_is_too_long_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(streams, "LONGEST_DOCUMENT", 1000)
    monkeypatch.setattr(streams, "READ_BYTES", 4096)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"before\n" + b"x" * 5_000_000 + b"\nafter\n" + b"y" * 1001)
    lines, problems, _ = read_lines(path)
    assert lines == [b"before\n", b"after\n"]
    assert [(problem.line, problem.kind) for problem in problems] == [(2, "too long"), (4, "too long")]


@pytest.mark.parametrize(("size", "fits"), [(1000, True), (1001, False)])
def test_the_limit_counts_content_without_a_line_end(tmp_path, monkeypatch, size, fits):
    monkeypatch.setattr(streams, "LONGEST_DOCUMENT", 1000)
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * size)
    assert bool(read_lines(path)[0]) == fits
    problems = []
    with open_stream(str(path), Meter()) as stream:
        assert bool(whole_content(stream, "a", problems)) == fits
    assert len(problems) == (not fits)


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_text_that_decompresses_without_end_is_given_up(tmp_path, monkeypatch, suffix):
    monkeypatch.setattr(streams, "LONGEST_DOCUMENT", 10_000)
    monkeypatch.setattr(streams, "READ_BYTES", 4096)
    path = tmp_path / f"bomb.txt{suffix}"
    path.write_bytes(COMPRESS[suffix](bytes(5_000_000)))
    problems = []
    with open_stream(str(path), Meter()) as stream:
        assert whole_content(stream, "bomb", problems) is None
    assert problems[0].kind == "too long"
