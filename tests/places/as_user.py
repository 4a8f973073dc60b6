"""Run a command as another user of this machine: `as_user.py NAME COMMAND...`, in that user's home folder."""

from __future__ import annotations

import os
import pwd
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from autograder.sandbox.inside.libc import call  # noqa: E402
from tests.places.container import let_in  # noqa: E402


def main() -> None:
    user = pwd.getpwnam(sys.argv[1])
    call("unshare", 0x20000)  # mounts
    let_in()
    os.initgroups(user.pw_name, user.pw_gid)
    os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    os.umask(0o022)
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TF_CPP_MIN_LOG_LEVEL") if name in os.environ}
    os.execvpe(sys.argv[2], sys.argv[2:], {**kept, "HOME": user.pw_dir, "USER": user.pw_name})


if __name__ == "__main__":
    main()
