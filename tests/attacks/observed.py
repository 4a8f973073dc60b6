"""nbgrader's own command, as a terminal would run it, with an ear for signals: they are noted, not obeyed.

python observed.py FILE autograde plain      starts when a line comes in
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from nbgrader.apps.nbgraderapp import main


def observe(file: Path) -> None:
    def note(number: int, frame: object) -> None:
        file.write_text(str(number))

    signal.signal(signal.SIGUSR2, note)


if __name__ == "__main__":
    sys.stdin.readline()
    observe(Path(sys.argv[1]))
    sys.argv = ["nbgrader", *sys.argv[2:]]
    main()
