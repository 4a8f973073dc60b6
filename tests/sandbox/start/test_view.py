"""What student code can see, and where it can write."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

import pytest

from autograder.sandbox.start.view import PACKAGE
from tests.sandbox.lab import Lab, lab

COURSE = PACKAGE.parent
FOREIGN = "must never be seen"


def test_of_the_course_only_the_package_and_the_environment_are_there(inside: Lab) -> None:
    around = {str(p) for p in COURSE.iterdir()} - {str(PACKAGE)}
    around = {p for p in around if not sys.prefix.startswith(p)}
    assert len(around) > 5
    assert inside.value(f"[p for p in {sorted(around)!r} if __import__('os').path.lexists(p)]") == []
    assert inside.value(f"__import__('os').path.isdir({str(PACKAGE)!r})")


def test_other_submissions_are_not_there(inside: Lab) -> None:
    other = inside.kernel.work.parent.parent / "other.txt"
    other.write_text(FOREIGN)
    assert inside.tried("open(other)", other=str(other)) in ("FileNotFoundError", "PermissionError")
    assert inside.tried("open(other)", other="../../../" + other.name) in ("FileNotFoundError", "PermissionError")


def test_the_machines_users_are_not_there(inside: Lab) -> None:
    names = inside.value("[line.split(':')[0] for line in open('/etc/passwd')]")
    assert names == ["student"]
    assert inside.tried("open('/etc/shadow')") in ("FileNotFoundError", "PermissionError")


def test_home_is_not_there(inside: Lab) -> None:
    shown = (str(PACKAGE), sys.prefix, sys.base_prefix, os.path.realpath(sys.base_prefix))
    entries = [str(p) for p in Path.home().iterdir() if not any(s.startswith(str(p)) for s in shown)]
    assert inside.value(f"[p for p in {entries!r} if __import__('os').path.lexists(p)]") == []


def test_the_environment_is_not_there(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_SENTINEL", FOREIGN)
    with lab(scratch, environment={"GIVEN": "yes"}) as box:
        assert box.value("dict(__import__('os').environ)").get("GIVEN") == "yes"
        found = box.run(
            "import glob\n"
            "for path in glob.glob('/proc/*/environ'):\n"
            "    try: print(open(path, 'rb').read())\n"
            "    except OSError: pass\n"
        )
        assert "GIVEN" in found
        assert FOREIGN not in found


def test_home_and_temporary_folders_are_its_own(inside: Lab) -> None:
    assert inside.value("__import__('os').path.expanduser('~')") == str(inside.kernel.work)
    assert inside.value("__import__('os').getcwd()") == str(inside.kernel.work)
    assert inside.value("__import__('tempfile').gettempdir()") == "/tmp"
    assert not inside.tried("open('/tmp/mine', 'w').write('x')").startswith("P")
    assert not Path("/tmp/mine").exists()


def test_it_writes_only_where_it_may(inside: Lab) -> None:
    """Wherever anything is mounted, and in every folder above."""
    code = """
import os
places = {'/'}
for line in open('/proc/self/mountinfo'):
    place = line.split()[4]
    while place != '/':
        places.add(place)
        place = os.path.dirname(place)
written = []
for place in sorted(places):
    if os.path.isdir(place):
        try:
            with open(os.path.join(place, 'sentinel'), 'w'):
                written.append(place)
        except OSError:
            pass
print(written)
"""
    work, run, seen = inside.kernel.work, inside.kernel.run, inside.kernel.folders
    written = {Path(place) for place in ast.literal_eval(inside.run(code))}
    assert written >= {work, run, Path("/tmp"), Path("/dev/shm")}
    for place in written - {work, run}:  # in its private /tmp also the folders above what is shown there
        assert place.is_relative_to("/tmp") or place == Path("/dev/shm")
        assert not (place / "sentinel").exists()
    assert seen is not None
    assert (seen.work / "sentinel").exists()
    assert (seen.run / "sentinel").exists()
    assert not (work / "sentinel").exists()  # on this machine's disk


def test_what_it_reads_it_can_not_change(scratch: Path) -> None:
    shown = scratch.parent / "shown"
    shown.mkdir()
    sentinel = shown / "sentinel"
    sentinel.write_text("as it was")
    with lab(scratch, read_only=[shown]) as box:
        assert box.value(f"open({str(sentinel)!r}).read()") == "as it was"
        for attack in (
            "open(p, 'a')",
            "os.truncate(p, 0)",
            "os.unlink(p)",
            "os.rename(p, p + '2')",
            "os.chmod(p, 0o777)",
            "os.utime(p)",
            "os.link(p, 'linked')",
            "open(p + '2', 'w')",
        ):
            assert box.tried("import os\n" + attack, p=str(sentinel)) in ("PermissionError", "OSError"), attack
    assert sentinel.read_text() == "as it was"
    assert [p.name for p in shown.iterdir()] == ["sentinel"]


def test_settings_of_the_machine_are_read_only(inside: Lab) -> None:
    """To the machine's root they would be writable without any capability. Nothing is written to find out."""
    code = """
import os
print([os.path.join(folder, name) for folder, _, names in os.walk('/proc/sys') for name in names
       if os.access(os.path.join(folder, name), os.W_OK)][:5])
"""
    assert inside.run(code) == "[]"
    assert inside.value("__import__('os').access('/proc/self/oom_score_adj', 2)") is False


def test_no_file_of_ours_is_open_in_it(scratch: Path) -> None:
    sentinel = scratch.parent / "open.txt"
    sentinel.write_text(FOREIGN)
    with open(sentinel) as file:
        os.set_inheritable(file.fileno(), True)
        with lab(scratch) as box:
            code = """
import os
for fd in os.listdir('/proc/self/fd'):
    try: print(os.readlink('/proc/self/fd/' + fd))
    except OSError: pass
"""
            links = set(box.run(code).splitlines())
    files = {link for link in links if link.startswith("/")}
    assert files <= {"/dev/null", "/dev/urandom"} | {f for f in files if f.startswith("/proc/")}, files


def test_what_is_hidden_is_hidden(scratch: Path) -> None:
    """A folder, a file, through a link, and around something that is shown."""
    shown = scratch.parent / "shown"
    for folder in ("plain", "secret", "behind", "around/shown"):
        (shown / folder).mkdir(parents=True)
        (shown / folder / "file").write_text(FOREIGN if folder in ("secret", "behind") else "seen")
    (shown / "secret.txt").write_text(FOREIGN)
    (shown / "around/file").write_text(FOREIGN)
    link = scratch.parent / "link"
    link.symlink_to(shown / "behind")
    hide = [shown / "secret", shown / "secret.txt", link, shown / "around", shown / "nothing"]
    with lab(scratch, read_only=[shown, shown / "around/shown"], hide=hide) as box:
        code = f"""
import os
for folder, _, names in os.walk({str(shown)!r}):
    for name in names:
        try: print(os.path.relpath(os.path.join(folder, name), {str(shown)!r}), open(os.path.join(folder, name)).read())
        except OSError: pass
"""
        assert sorted(box.run(code).splitlines()) == ["around/shown/file seen", "plain/file seen"]
        assert str(link) not in box.run("print(open('/proc/1/cmdline').read())")


def test_its_own_folder_can_lie_in_what_is_hidden(scratch: Path) -> None:
    course = scratch.parent / "course"
    course.mkdir()
    (course / "secret").write_text(FOREIGN)
    with lab(course / "s", read_only=[scratch.parent], hide=[course]) as box:
        assert box.tried("open('mine', 'w')") == "done"
        assert box.tried("open(p)", p=str(course / "secret")) == "FileNotFoundError"
        assert box.tried("import os\nos.chmod(p, 0o777)", p=str(course)) in ("PermissionError", "OSError")
        assert box.tried("open(p, 'w')", p=str(course / "new")) in ("PermissionError", "OSError")
