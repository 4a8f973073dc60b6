"""A server that a command starts: where it says that it listens, once it answers there."""

from __future__ import annotations

import re
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

STARTS_WITHIN = 120
"""Seconds. Many, since other tests run meanwhile."""


def printed_address(server: subprocess.Popen[bytes], log: Path, pattern: str) -> re.Match[str]:
    """The last match in what the server has printed; Jupyter prints where it listens a moment before it does."""
    end = time.monotonic() + STARTS_WITHIN
    while True:
        said = log.read_text()
        assert server.poll() is None, said
        if (found := [*re.finditer(pattern, said)]) and _answers(found[-1][0]):
            return found[-1]
        assert time.monotonic() < end, said
        time.sleep(0.1)


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=30).close()
    except urllib.error.HTTPError:
        return True
    except (urllib.error.URLError, TimeoutError):
        return False
    return True
