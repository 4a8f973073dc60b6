"""A process to aim at. It holds a secret, and writes down when it is signalled or its memory is changed.

    python sentinel.py FOLDER < the secret

It prints the address of a buffer that holds the secret, and ends when its standard input closes.
"""

from __future__ import annotations

import ctypes
import select
import signal
import sys
from pathlib import Path

MAX_SECONDS = 900


def main() -> None:
    folder = Path(sys.argv[1])
    secret = sys.stdin.buffer.readline().strip()
    for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda number, frame: (folder / "signalled").write_text(str(number)))
    # Where Yama allows tracing to ancestors only, this process allows it to all: the sandbox has to forbid it.
    ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1 & (2**64 - 1)), 0, 0, 0)
    buffer = ctypes.create_string_buffer(secret, 64)
    print(ctypes.addressof(buffer), flush=True)
    for _ in range(MAX_SECONDS * 5):
        if select.select([sys.stdin], [], [], 0.2)[0]:
            break
        if buffer.value != secret:
            (folder / "memory changed").write_text("")


if __name__ == "__main__":
    main()
