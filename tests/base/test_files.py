"""A file is written whole or not at all, and a stranger's is read with care."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.base.files import Unread, Why, once_a_change, read_plain, replacing, write_whole

OLD, NEW = b"old" * 1000, b"new" * 1_000_000
DIES_HALF_WAY = """\
import sys, time
from pathlib import Path
from autograder.base.files import replacing

with replacing(Path(sys.argv[1])) as draft, draft.open("wb") as file:
    file.write(b"half")
    file.flush()
    print("half", flush=True)
    time.sleep(600)
"""
WRITES_FOR_EVER = """\
import sys
from pathlib import Path
from autograder.base.files import write_whole

print("begun", flush=True)
while True:
    for letter in (b"a", b"b"):
        write_whole(Path(sys.argv[1]), letter * 300_000)
"""


def started(code: str, path: Path) -> subprocess.Popen[str]:
    """A process that runs the code and has said its first word."""
    process = subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline()
    return process


def killed(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def broken_off(path: Path) -> None:
    with replacing(path) as draft:
        draft.write_bytes(NEW)
        raise KeyboardInterrupt


# --- written ---------------------------------------------------------------------------------------------------


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    write_whole(path, "Zürich 王\r\n")
    assert path.read_bytes() == "Zürich 王\r\n".encode()
    write_whole(path, NEW)
    assert path.read_bytes() == NEW
    assert list(tmp_path.iterdir()) == [path]


def test_a_process_that_is_killed_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, OLD)
    killed(started(DIES_HALF_WAY, path))
    assert path.read_bytes() == OLD
    assert len(list(tmp_path.iterdir())) == 2  # the half is there: it was killed where it was meant to be
    write_whole(path, NEW)
    assert path.read_bytes() == NEW


def test_whoever_looks_meanwhile_finds_all_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, b"a" * 300_000)
    chance = random.Random(1)
    for _ in range(5):
        process = started(WRITES_FOR_EVER, path)
        for _ in range(50):
            assert path.read_bytes() in (b"a" * 300_000, b"b" * 300_000)
            time.sleep(chance.random() / 1000)
        killed(process)
        assert path.read_bytes() in (b"a" * 300_000, b"b" * 300_000)


def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, OLD)
    with pytest.raises(KeyboardInterrupt):
        broken_off(path)
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(OSError, match="folder"):
        write_whole(folder, NEW)
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "none" / "file", NEW)
    assert {found.name for found in tmp_path.iterdir()} == {"file", "folder"}


@pytest.mark.parametrize(("private", "mode"), [(True, 0o600), (False, 0o640)])
def test_a_private_file_is_its_owners_alone_from_the_beginning(tmp_path: Path, private: bool, mode: int) -> None:
    path = tmp_path / "file"
    before = os.umask(0o027)
    try:
        with replacing(path, private=private) as draft:
            assert draft.stat().st_mode & 0o777 == mode
            draft.write_bytes(NEW)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == mode


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    elsewhere, path = tmp_path / "elsewhere", tmp_path / "file"
    elsewhere.write_bytes(OLD)
    path.symlink_to(elsewhere)
    write_whole(path, NEW)
    assert (elsewhere.read_bytes(), path.read_bytes(), path.is_symlink()) == (OLD, NEW, False)


def test_a_name_as_long_as_a_name_can_be(tmp_path: Path) -> None:
    write_whole(tmp_path / ("n" * 255), NEW)
    assert (tmp_path / ("n" * 255)).read_bytes() == NEW


def test_the_disk_has_the_file_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The calls go through; they are written down."""
    path, told, fsync, replace = tmp_path / "file", [], os.fsync, os.replace

    def noted_fsync(descriptor: int) -> None:
        there = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        told.append(f"flush {'folder' if there == tmp_path else there.read_bytes().decode()}")
        fsync(descriptor)

    def noted_replace(draft: Path, to: Path) -> None:
        told.append("replace")
        replace(draft, to)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    write_whole(path, "all of it")
    assert told == ["flush all of it", "replace", "flush folder"]
    told.clear()
    write_whole(path, "soon read", durable=False)
    assert told == ["replace"]


# --- read ------------------------------------------------------------------------------------------------------


def test_a_plain_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(NEW)
    assert read_plain(path, len(NEW)) == NEW
    assert read_plain(path, len(NEW) + 1) == NEW


def test_a_file_that_is_too_large_is_not(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(NEW)
    assert read_plain(path, len(NEW) - 1) == Unread(Why.TOO_LARGE, len(NEW))
    with path.open("wb") as file:
        file.truncate(1 << 40)  # which no memory holds
    assert read_plain(path, 1000) == Unread(Why.TOO_LARGE, 1 << 40)


def test_a_file_that_says_nothing_of_its_size_is_bounded_too() -> None:
    """As one that grows while it is read: Linux gives the size of these as 0."""
    found = read_plain(Path("/proc/cpuinfo"), 10)
    assert found == Unread(Why.TOO_LARGE, 11)


def test_links_pipes_devices_and_folders_are_not_read(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(OLD)
    link, dangling, pipe, place = (tmp_path / name for name in ("link", "dangling", "pipe", "socket"))
    link.symlink_to(target)
    dangling.symlink_to(tmp_path / "nowhere")
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        found = {path.name: read_plain(path, 10_000) for path in (link, dangling, pipe, place, tmp_path)}
    whys = {name: unread.why for name, unread in found.items() if isinstance(unread, Unread)}
    assert whys == {
        "link": Why.LINK,
        "dangling": Why.LINK,
        "pipe": Why.NO_FILE,
        "socket": Why.NO_FILE,
        tmp_path.name: Why.NO_FILE,
    }
    assert read_plain(Path("/dev/zero"), 10_000) == Unread(Why.NO_FILE)


def test_a_second_name_counts_where_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(OLD)
    assert read_plain(path, 10_000, one_name=True) == OLD
    (tmp_path / "again").hardlink_to(path)
    assert read_plain(path, 10_000) == OLD
    assert read_plain(path, 10_000, one_name=True) == Unread(Why.NO_FILE)


def test_what_is_not_there_is_a_record_too(tmp_path: Path) -> None:
    assert read_plain(tmp_path / "none", 10) == Unread(Why.MISSING, words=os.strerror(2))
    long = read_plain(tmp_path / ("n" * 300), 10)
    assert isinstance(long, Unread)
    assert long.why is Why.FAILED


def test_a_file_is_read_once_for_each_change(tmp_path: Path) -> None:
    read: list[str] = []

    @once_a_change
    def text_of(path: Path) -> str:
        read.append(path.name)
        return path.read_text() if path.is_file() else "none"

    one, other = tmp_path / "one", tmp_path / "other"
    assert text_of(one) == text_of(one) == "none"
    one.write_text("first")
    other.write_text("other")
    assert [text_of(path) for path in (one, other, one)] == ["first", "other", "first"]
    state = one.stat()
    one.write_text("longer than first")
    os.utime(one, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert text_of(one) == "longer than first"
    one.write_text("longer than FIRST")
    os.utime(one, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    assert text_of(one) == "longer than FIRST"
    assert read == ["one", "one", "other", "one", "one"]
