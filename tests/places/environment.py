"""A Python environment made by somebody else's commands, without a network: the wheel, and the packages of this one."""

from __future__ import annotations

import site
import sys
from pathlib import Path

PACKAGES = Path(next(path for path in site.getsitepackages() if path.endswith("site-packages")))
"""Where the packages lie that the tests run with."""
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_CACHE_DIR": "1"}
"""For pip: of what it is to install it takes what is at hand, which is the wheel."""


def lend_packages(environment: Path) -> None:
    """Let an environment find what is installed here; not as a site folder, or it would find this checkout, too."""
    (packages,) = (environment / "lib").glob("python*/site-packages")
    (packages / "others.pth").write_text(f"{PACKAGES}\n")


def this_python(folder: Path) -> str:
    """A PATH on which every Python that a script may look for is this one."""
    folder.mkdir(exist_ok=True)
    base = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    for name in ("python3", "python3.11", "python3.12", "python3.13"):
        (folder / name).symlink_to(base)
    return f"{folder}:/usr/bin:/bin"
