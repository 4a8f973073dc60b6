"""Keeps a kernel's messages within what its client takes: one that is larger ends the connection, and all after it.

This module runs beside student code, in its own interest: whoever gets round it loses outputs of their own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

MAX_SENT = 12 * 2**20
"""Bytes of one message; the client's own bound is a little above."""
ROOM = 2**18
"""Characters that are left of a text in a message that is too large."""


def bound_messages() -> None:
    """From now on this kernel shortens what is too large to be sent."""
    session = sys.modules["IPython"].get_ipython().kernel.session
    session.serialize = _bounded(session.serialize)


def _bounded(serialize: Callable[..., list[bytes]]) -> Callable[..., list[bytes]]:
    def within(msg: dict[str, Any], ident: Any = None) -> list[bytes]:
        frames = serialize(msg, ident)
        if max(map(len, frames)) <= MAX_SENT:
            return frames
        return serialize({**msg, "content": _shortened(msg.get("content", {}))}, ident)

    return within


def _shortened(content: Any) -> Any:
    """The content of a message without what makes it large, and with a word on what is left out."""
    if isinstance(content, str):
        return content if len(content) <= ROOM else content[:ROOM] + "\n... (the rest is left out)"
    if isinstance(content, list):
        return [_shortened(item) for item in content[:50]]
    if not isinstance(content, dict):
        return content
    data = content.get("data")
    if isinstance(data, dict):
        large = [kind for kind, value in data.items() if len(str(value)) > ROOM]
        told = ", ".join(f"{str(kind)[:50]}: {len(str(data[kind])) // 2**20 + 1} MB" for kind in large[:5])
        kept = {kind: value for kind, value in data.items() if kind not in large}
        kept["text/plain"] = f"{kept.get('text/plain', '')}\n(too large to be shown: {told})".strip()
        return {**content, "data": kept}
    return {key: _shortened(value) for key, value in content.items()}
