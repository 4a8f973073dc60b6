"""IPython's additions in a test cell: what only shows or times something is left out; all else stops it."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any

from .statements import as_python, needed_by, statements

if TYPE_CHECKING:
    from .names import Names

_NOTHING = frozenset("matplotlib config load_ext autoreload reload_ext precision pylab".split())
_RUN = frozenset(("time", "timeit", "capture", "prun"))


class Captured:
    """What `%%capture` leaves: what was printed."""

    def __init__(self, printed: str) -> None:
        self.stdout, self.stderr, self.outputs = printed, "", ()

    def show(self) -> None:
        print(self.stdout, end="")

    def __str__(self) -> str:
        return self.stdout


class Shell:
    """What `get_ipython()` gives in a test cell."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def get(self) -> Shell:
        """Take the place of the function `get_ipython`."""
        return self

    @property
    def user_ns(self) -> dict[str, Any]:
        return self._names.space

    def run_line_magic(self, name: str, line: str, *_: object) -> None:
        """`%time x = f()` runs the rest; `%matplotlib inline` and the like do nothing."""
        if name in _RUN:
            self._run(line)
        elif name not in _NOTHING:
            raise self._cannot(f"%{name}")

    def run_cell_magic(self, name: str, line: str, body: str) -> None:
        """`%%time` and `%%capture` run the cell."""
        if name not in _RUN:
            raise self._cannot(f"%%{name}")
        printed = io.StringIO()
        target = line.split(maxsplit=1)[0] if line.split() and not line.startswith("-") else ""
        with contextlib.redirect_stdout(printed) if name == "capture" else contextlib.nullcontext():
            self._run(body)
        if name == "capture" and target:
            self._names.space[target] = Captured(printed.getvalue())

    def _run(self, source: str) -> None:
        text = as_python(source)
        self._names.provide(needed_by(statements(text)))
        exec(compile(text, "<magic>", "exec", dont_inherit=True, optimize=0), self._names.space)

    def __getattr__(self, name: str) -> Any:
        raise self._cannot(f"get_ipython().{name}")

    def _cannot(self, what: str) -> BaseException:
        return self._names.link.stop("course", "Magic", f"IPython's magics and ! do not work in a test cell: {what}")
