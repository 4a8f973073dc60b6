"""The kernelspec `autograder-sandbox`, through which any Jupyter client starts a kernel in the sandbox."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

NAME = "autograder-sandbox"


def spec(**config: object) -> KernelSpec:
    """The kernelspec, with settings for its provisioner."""
    return KernelSpec(**_content(config))


class OneKernel(KernelSpecManager):
    """Finds this kernelspec whether it is installed or not, and no other."""

    settings: dict[str, object] = {}  # noqa: RUF012 - set for each instance

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return spec(**self.settings)


def install() -> Path:
    """Write the kernelspec where this Python's Jupyter finds it; return its folder."""
    folder = Path(sys.prefix, "share", "jupyter", "kernels", NAME)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kernel.json").write_text(json.dumps(_content({}), indent=1) + "\n")
    return folder


def _content(config: dict[str, object]) -> dict[str, Any]:
    return {
        # The provisioner puts bubblewrap before it and what confines it inside.
        "argv": [sys.executable, "-I", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3 (sandbox)",
        "language": "python",
        "interrupt_mode": "message",
        "metadata": {"kernel_provisioner": {"provisioner_name": NAME, "config": config}},
    }


if __name__ == "__main__":
    print(install())
