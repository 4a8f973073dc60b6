"""Says whether a file of an installed package is missing from the running environment.

Every package lists its files in its RECORD. Exit status 0: all are there; 1: some are not.
"""

import csv
import os
import sys
import sysconfig
from pathlib import Path


def first_missing(site: Path) -> Path | None:
    """The first file that a package lists and that isn't there; compiled files come back by themselves."""
    if not (site / "pip").exists():
        return site / "pip"
    for package in sorted(site.glob("*.dist-info")):
        record = package / "RECORD"
        if not record.exists():
            return record
        with record.open(encoding="utf-8", newline="") as lines:
            for name, *_ in csv.reader(lines):
                if not name.endswith(".pyc") and not (site / name).exists():
                    return site / name
    return None


def main() -> int:
    """Look through the running environment; name the first missing file."""
    missing = first_missing(Path(sysconfig.get_path("purelib")))
    if missing is None:
        return 0
    print(f"{os.path.relpath(missing)} is missing.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
