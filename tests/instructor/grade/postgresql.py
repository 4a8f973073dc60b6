"""A real PostgreSQL server on a Unix socket in a folder, for tests."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def installed() -> Path | None:
    """The folder with the newest server's commands: Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The URL of an empty database; the server and all that was in it are gone after the block."""
    commands = installed()
    if commands is None:
        why = "there is no PostgreSQL server here (Debian's package postgresql)"
        if os.environ.get("AUTOGRADER_TESTS_NO_SKIP") == "1":
            pytest.fail(why)
        pytest.skip(why)
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a socket's path may have 107 characters: not deep below pytest's
    try:
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        data = folder / "data"
        _run(folder, commands / "initdb", "-D", data, "-U", "grader", "-A", "trust", "-E", "UTF8", "-N")
        options = f"-k {folder} -c listen_addresses= -c fsync=off"
        _run(folder, commands / "pg_ctl", "-D", data, "-w", "-o", options, "-l", folder / "log", "start")
        try:
            _run(folder, commands / "createdb", "-h", folder, "-U", "grader", "grades")
            yield f"postgresql+psycopg://grader@/grades?host={folder}"
        finally:
            _run(folder, commands / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


def _run(folder: Path, *command: str | Path) -> None:
    """PostgreSQL refuses to run as root; Debian's package makes a user for it."""
    user = pwd.getpwnam("postgres") if os.getuid() == 0 else None
    subprocess.run(
        command,
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        timeout=300,
    )
