"""An extension of the Jupyter server: nbgrader's Formgrader, in which nothing that was handed in can act.

It is enabled wherever this package is installed (etc/jupyter/jupyter_server_config.d/autograder.json), and loaded
before nbgrader's own extension: the server's extensions are loaded in the order of their names, and of two handlers
for an address the one that came first answers. Where nbgrader is not installed, as at a student's, it does nothing.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """How a Jupyter server finds the extension."""
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Put the handlers in place."""
    if find_spec("nbgrader") is None:
        return
    from jupyter_server.utils import url_path_join

    from .handlers import guarded

    base = server.web_app.settings["base_url"]
    server.web_app.add_handlers(
        ".*$", [(url_path_join(base, pattern.lstrip("/")), *rest) for pattern, *rest in guarded()]
    )
