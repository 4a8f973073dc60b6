"""One student's zip, whatever it is, costs nobody else theirs."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.execution.submission.model import LIMITS
from autograder.instructor.collect.bounds import BOUNDS
from autograder.instructor.collect.unpack import unpack
from autograder.sandbox.start.bubblewrap import candidates
from tests.instructor.collect.downloads import collect, folder, handed_in, left_out, work, zipped
from tests.shared.helpers import ROOT

OTHERS = {"jose-resnet.ipynb": work("jose"), "weili.zip": zipped({"resnet.ipynb": work("wei")})}


def packed(method: int, files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def spoilt(method: int) -> bytes:
    """A file's compressed bytes, changed in the middle."""
    good = bytearray(packed(method, {"resnet.ipynb": work("amy") * 20}))
    place = len(good) // 3
    good[place : place + 8] = b"\xff" * 8
    return bytes(good)


def nameless() -> bytes:
    return packed(zipfile.ZIP_STORED, {"x": b"1", "resnet.ipynb": work("amy")}).replace(
        b"\x01\x00\x00\x00x", b"\x00\x00\x00\x00x"
    )


def entry_without_a_name() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        info = zipfile.ZipInfo("x")
        info.filename = ""
        archive.writestr(info, b"1")
        archive.writestr("resnet.ipynb", work("amy"))
    return stream.getvalue()


def unknown_method() -> bytes:
    good = packed(zipfile.ZIP_DEFLATED, {"resnet.ipynb": work("amy")})
    changed = good.replace(b"PK\x03\x04\x14\x00\x00\x00\x08\x00", b"PK\x03\x04\x14\x00\x00\x00\x63\x00")
    place = changed.index(b"PK\x01\x02") + 10
    return changed[:place] + struct.pack("<H", 99) + changed[place + 2 :]


def absurd_directory() -> bytes:
    """An end of the directory that says that it begins elsewhere."""
    good = bytearray(zipped({"resnet.ipynb": work("amy")}))
    place = good.rindex(b"PK\x05\x06")
    good[place + 12 : place + 20] = struct.pack("<II", 2**31, 2**31)
    return bytes(good)


BROKEN: dict[str, Callable[[], bytes]] = {
    "lzma": lambda: spoilt(zipfile.ZIP_LZMA),
    "bzip2": lambda: spoilt(zipfile.ZIP_BZIP2),
    "deflate": lambda: spoilt(zipfile.ZIP_DEFLATED),
    "no name": entry_without_a_name,
    "a length of no name": nameless,
    "a method that nobody knows": unknown_method,
    "a directory that is nowhere": absurd_directory,
    "nothing": lambda: b"",
    "cut off": lambda: zipped({"resnet.ipynb": work("amy") * 9})[:-40],
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("place", ["amy1.zip", "amy1/mine.zip"])
def test_a_broken_zip_is_one_students_own(course: Path, downloads: Path, how: str, place: str) -> None:
    collect(course, folder(downloads, {**OTHERS, place: BROKEN[how]()}))
    found = handed_in(course)
    assert (found["weili/resnet/resnet.ipynb"], found["jose/resnet/resnet.ipynb"]) == ("wei", "jose")


@pytest.mark.parametrize("how", ["lzma", "no name", "nothing"])
def test_within_a_platforms_zip(course: Path, downloads: Path, how: str) -> None:
    files = {
        "Amy Smith_1_assignsubmission_file_/mine.zip": BROKEN[how](),
        "Wei Li_2_assignsubmission_file_/resnet.ipynb": work("wei"),
    }
    done = collect(course, folder(downloads, {"all.zip": zipped(files)}))
    assert handed_in(course)["weili/resnet/resnet.ipynb"] == "wei"
    if how != "no name":
        assert left_out(done)[0].startswith("all/Amy Smith_1_assignsubmission_file_/mine.zip")


def test_an_error_that_nobody_thought_of(course: Path, downloads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = zipfile.ZipFile.infolist

    def infolist(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
        found = real(archive)
        if any(entry.filename == "odd.ipynb" for entry in found):
            raise RecursionError("no such thing")
        return found

    monkeypatch.setattr(zipfile.ZipFile, "infolist", infolist)
    done = collect(course, folder(downloads, {**OTHERS, "amy1.zip": zipped({"odd.ipynb": work("amy")})}))
    assert left_out(done) == ["amy1.zip is damaged or no zip: ask for it again."]
    assert sorted(handed_in(course)) == ["jose/resnet/resnet.ipynb", "weili/resnet/resnet.ipynb"]


# --- bounds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("within", [False, True])
def test_more_files_than_one_may_have(course: Path, downloads: Path, within: bool) -> None:
    """Whoever comes later in the alphabet has theirs, and so has who comes earlier in the same zip."""
    many = zipped({f"{number}": b"" for number in range(BOUNDS.files + 10)})
    if within:
        files = {
            "Amy Smith_1_assignsubmission_file_/mine.zip": many,
            "Wei Li_2_assignsubmission_file_/resnet.ipynb": work("wei"),
            "José Núñez_3_assignsubmission_file_/resnet.ipynb": work("jose"),
        }
        done = collect(course, folder(downloads, {"all.zip": zipped(files)}))
    else:
        done = collect(course, folder(downloads, {**OTHERS, "amy1.zip": many}))
    assert sorted(handed_in(course)) == ["jose/resnet/resnet.ipynb", "weili/resnet/resnet.ipynb"]
    assert (
        len([line for line in left_out(done) if f"more than {BOUNDS.files} files: the rest is left out" in line]) == 1
    )


def test_the_guide_names_the_bounds_that_hold() -> None:
    guide = " ".join((ROOT / "docs" / "guides" / "instructor.md").read_text(encoding="utf-8").split())
    assert f"more than {BOUNDS.files:,} files, {BOUNDS.bytes // 2**20} MB or two minutes' work" in guide
    assert f"a file of more than {LIMITS.file // 2**20} MB" in guide
    assert BOUNDS.seconds == 120


def test_files_that_lie_in_the_platforms_zip_itself(tmp_path: Path) -> None:
    files = {f"Amy Smith_1_assignsubmission_file_/{number}": b"" for number in range(30)}
    files |= {f"Wei Li_2_assignsubmission_file_/{number}": b"" for number in range(5)}
    (tmp_path / "all.zip").write_bytes(zipped(files))
    (tmp_path / "store").mkdir()
    found = unpack(tmp_path / "all.zip", tmp_path / "store", replace(BOUNDS, files=20))
    assert sum(one.path.parts[0].startswith("Wei") for one in found.files) == 5
    assert found.left_out == [
        "all.zip: Amy Smith_1_assignsubmission_file_ holds more than 20 files: the rest is left out."
    ]


@pytest.mark.parametrize("place", ["Amy Smith_1_assignsubmission_file_/mine.zip", "smithamy_99_5001_mine.zip"])
def test_a_zip_that_poses_as_a_platforms(tmp_path: Path, place: str) -> None:
    """It has one student's share, and the platform's time."""
    names = [f"{who}_{number}_assignsubmission_file_/x" for number in range(9) for who in ("Wei Li", "José Núñez")]
    folder(tmp_path / "downloads", {place: zipped(dict.fromkeys(names, b""), (2107, 1, 1, 0, 0, 0))})
    (tmp_path / "store").mkdir()
    found = unpack(tmp_path / "downloads", tmp_path / "store", replace(BOUNDS, files=10))
    assert len(found.files) == 10
    assert {one.modified for one in found.files} == {(tmp_path / "downloads" / place).stat().st_mtime}


def test_more_bytes_and_more_time_than_one_may_have(tmp_path: Path) -> None:
    files = {"amy1.zip": zipped({str(number): bytes(2**20) for number in range(9)} | {"resnet.ipynb": work("amy")})}
    folder(tmp_path / "downloads", {**files, **OTHERS})
    (tmp_path / "store").mkdir()
    found = unpack(tmp_path / "downloads", tmp_path / "store", replace(BOUNDS, bytes=3 * 2**20))
    assert found.left_out == ["amy1.zip unpacks to more than 3 MB: the rest is left out."]
    assert {str(one.path) for one in found.files} >= {"amy1/resnet.ipynb", "jose-resnet.ipynb", "weili/resnet.ipynb"}
    slow = unpack(tmp_path / "downloads", tmp_path / "store", replace(BOUNDS, seconds=0.0))
    assert "amy1.zip takes more than 0 seconds to unpack: the rest is left out." in slow.left_out
    assert {str(one.path) for one in slow.files} >= {"jose-resnet.ipynb"}


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
def test_a_few_bytes_that_make_many(tmp_path: Path, method: int) -> None:
    """zipfile unpacks LZMA and bzip2 in one piece, however much that makes, so neither is read."""
    folder(tmp_path / "downloads", {"amy1.zip": packed(method, {"zeros": bytes(190 * 2**20)})})
    (tmp_path / "store").mkdir()
    tracemalloc.start()
    found = unpack(tmp_path / "downloads", tmp_path / "store")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20 * 2**20
    told = "amy1.zip: zeros is packed in a way that isn't read here: ask for an ordinary zip."
    assert found.left_out == ([] if method == zipfile.ZIP_DEFLATED else [told])


def test_a_directory_of_a_million_files(tmp_path: Path) -> None:
    """zipfile would read it whole, and make an object of each."""
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    directory = entry * 300_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(directory), 0, 0)
    folder(tmp_path / "downloads", {"amy1.zip": directory + end, **OTHERS})
    (tmp_path / "store").mkdir()
    tracemalloc.start()
    found = unpack(tmp_path / "downloads", tmp_path / "store")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.left_out == ["amy1.zip lists more files than are taken: the rest is left out."]
    assert most < 40 * 2**20


@pytest.mark.parametrize("sizes", [(30, 30, 30, 30), (27, 27)], ids=["no room for it", "room until others come"])
def test_no_room_is_not_damage_and_costs_who_asks_for_most(
    course: Path, downloads: Path, sizes: tuple[int, ...]
) -> None:
    bomb = zipped({f"{n}.bin": bytes(size * 2**20) for n, size in enumerate(sizes)} | {"resnet.ipynb": work("amy")})
    mine = zipped({"resnet.ipynb": work("wei"), "weights.bin": os.urandom(2**20) * 4})
    folder(downloads, {"amy1.zip": bomb, "weili.zip": mine, "zhu.zip": mine})
    small = course.with_name("small")
    small.mkdir()
    script = "import sys; from autograder.cli import main; sys.exit(main(sys.argv[1:]))"
    steps = 'cp -r "$1"/. "$2" && "$3" -c "$5" --course "$2" collect "$4" resnet; cd "$2/submitted" && find . -type f'
    command = ["sh", "-c", steps, "-", str(course), str(small), sys.executable, str(downloads), script]
    disk = [str(candidates()[0].path), "--dev-bind", "/", "/", "--size", str(60 * 2**20), "--tmpfs", str(small)]
    done = subprocess.run([*disk, *command], cwd=ROOT, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    assert "amy1.zip is left out: there is no room for it" in done.stdout
    assert "damaged" not in done.stdout.replace("It is not damaged", "")
    collected = {line for line in done.stdout.splitlines() if line.startswith("./")}
    names = ("resnet.ipynb", "weights.bin")
    assert collected == {f"./{student}/resnet/{name}" for student in ("weili", "zhu") for name in names}


def test_submitted_on_another_disk(course: Path, downloads: Path) -> None:
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == course.stat().st_dev:
        pytest.skip("needs another disk")
    with tempfile.TemporaryDirectory(dir=other) as elsewhere:
        (course / "submitted").symlink_to(elsewhere)
        collect(course, folder(downloads, OTHERS))
        assert handed_in(course)["weili/resnet/resnet.ipynb"] == "wei"
        collect(course, folder(downloads, {"jose-resnet.ipynb": work("again")}))
        assert sorted(path.name for path in Path(elsewhere, "jose").iterdir()) == ["resnet"]
        assert (course / "submitted" / "jose" / "resnet" / "resnet.ipynb").read_bytes() == work("again")


def test_the_same_large_zip_collected_twice(course: Path, downloads: Path) -> None:
    folder(downloads, {"amy1.zip": zipped({"resnet.ipynb": work("amy"), "zeros": bytes(150 * 2**20)})})
    collect(course, downloads)
    tracemalloc.start()
    assert "(as before)" in collect(course, downloads).stdout
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 60 * 2**20


def test_nothing_is_left_in_the_course(course: Path, downloads: Path) -> None:
    collect(course, folder(downloads, {**OTHERS, "amy1.zip": BROKEN["lzma"]()}))
    assert [path.name for path in (course / ".autograder").iterdir()] == ["collected"]


@pytest.mark.parametrize(
    "name", ["-" * 60_000 + "_1_assignsubmission_file_x", "_" * 60_000 + "_attempt_2026-01-01-00-00-00_x"]
)
def test_names_that_can_be_read_in_many_ways(tmp_path: Path, name: str) -> None:
    folder(tmp_path / "downloads", {"amy1.zip": zipped({name: b""}), **OTHERS})
    (tmp_path / "store").mkdir()
    tracemalloc.start()
    found = unpack(tmp_path / "downloads", tmp_path / "store")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10 * 2**20
    assert len(found.left_out) == 1
    assert found.left_out[0].endswith("... has too long a name.")


def test_nobody_is_lost_among_one_students_sentences(course: Path, downloads: Path) -> None:
    many = zipped({f"../{number}": b"" for number in range(3000)} | {"resnet.ipynb": work("amy")})
    done = collect(course, folder(downloads, {"amy1.zip": many, "jose.zip": b"no zip"}))
    assert "jose.zip is damaged or no zip: ask for it again." in left_out(done)
    assert len(left_out(done)) < 30
    assert handed_in(course) == {"amy1/resnet/resnet.ipynb": "amy"}


def test_names_that_are_too_long(course: Path, downloads: Path) -> None:
    long = {"x" * 300: b"", "/".join(["deep" * 10] * 40): b"", "resnet.ipynb": work("amy")}
    done = collect(course, folder(downloads, {"amy1.zip": zipped(long)}))
    assert handed_in(course) == {"amy1/resnet/resnet.ipynb": "amy"}
    assert len(left_out(done)) == 2
    assert all("has too long a name" in line for line in left_out(done))
