import errno
import fcntl
import os
from pathlib import Path

import pytest

from coopclaims.errors import UserError
from coopclaims.files import atomic_path, atomic_write, hold


def stop_halfway(path: Path, error: type[BaseException]) -> None:
    with atomic_write(path) as file:
        file.write("half")
        raise error


def test_writes_utf8_with_unix_line_ends(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "a.txt") as file:
        file.write("Hà Nội\nKöln\n")
    assert (tmp_path / "a.txt").read_bytes() == "Hà Nội\nKöln\n".encode()


def test_makes_missing_folders(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "new" / "folder" / "a.txt") as file:
        file.write("x")
    assert (tmp_path / "new" / "folder" / "a.txt").read_text() == "x"


def test_final_name_appears_only_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with atomic_write(path) as file:
        file.write("x")
        file.flush()
        assert not path.exists()
    assert path.exists()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_exception_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error):
        stop_halfway(tmp_path / "a.txt", error)
    assert list(tmp_path.iterdir()) == []


def test_an_exception_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        stop_halfway(path, KeyboardInterrupt)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("a much longer old text")
    with atomic_write(path) as file:
        file.write("new")
    assert path.read_text() == "new"


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_permissions_follow_the_umask(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        with atomic_write(tmp_path / "a.txt") as file:
            file.write("x")
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == mode


def test_links_and_pipes_stay_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "target.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "target.txt")
    with atomic_write(tmp_path / "link.txt") as file:
        file.write("new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "target.txt").read_text() == "new"
    with atomic_write("/dev/null") as file:
        file.write("x")
    assert Path("/dev/null").is_char_device()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a folder"), atomic_write(tmp_path):
        pass


def test_a_path_takes_its_name_only_when_the_block_ends_well(tmp_path: Path) -> None:
    def fail_halfway() -> None:
        with atomic_path(tmp_path / "x") as path:
            path.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert list(tmp_path.iterdir()) == []
    with atomic_path(tmp_path / "a" / "x") as path:
        path.mkdir()
        (path / "y").write_text("whole")
    assert (tmp_path / "a" / "x" / "y").read_text() == "whole"
    with pytest.raises(UserError, match="not empty"), atomic_path(tmp_path / "a"):
        pass
    with pytest.raises(UserError, match="cannot be written"), atomic_path(tmp_path / "a" / "x" / "y" / "z"):
        pass


def test_a_pipe_named_by_its_descriptor_is_written_directly() -> None:
    reader, writer = os.pipe()
    with atomic_write(f"/dev/fd/{writer}") as file:
        file.write("ký\n")
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as stream:
        assert stream.read() == "ký\n"


def test_a_folder_does_not_take_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(UserError, match="is a file; name a folder"), atomic_path(tmp_path / "a") as made:
        made.mkdir()
    assert (tmp_path / "a").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_file_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with path.open("w") as first, path.open() as second:
        hold(first, path, "somebody has it")
        with pytest.raises(UserError, match="a: somebody has it"):
            hold(second, path, "somebody has it")
    with path.open() as third:
        hold(third, path, "somebody has it")


def test_without_locks_there_is_only_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with (tmp_path / "a").open("w") as file:
        hold(file, tmp_path / "a", "somebody has it")
    assert "no file locks here" in caplog.text
