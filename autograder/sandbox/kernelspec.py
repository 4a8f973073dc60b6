"""The kernelspec `autograder-sandbox`, through which any Jupyter client starts a kernel in the sandbox."""

from __future__ import annotations

import json
import sys
from pathlib import Path

NAME = "autograder-sandbox"
CONTENT = {
    # For Jupyter, which wants a command; the provisioner lets the sandbox's first program start the kernel.
    "argv": [sys.executable, "-I", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "display_name": "Python 3 (sandbox)",
    "language": "python",
    "interrupt_mode": "message",
    "metadata": {"kernel_provisioner": {"provisioner_name": NAME, "config": {}}},
}


def install() -> Path:
    """Write the kernelspec where this Python's Jupyter finds it; return its folder."""
    folder = Path(sys.prefix, "share", "jupyter", "kernels", NAME)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kernel.json").write_text(json.dumps(CONTENT, indent=1) + "\n")
    return folder


if __name__ == "__main__":
    print(install())
