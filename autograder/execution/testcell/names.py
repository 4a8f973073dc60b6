"""What the names in a test cell stand for, on the side that is trusted.

A name is looked up in this order: what the student's cells are there to define or to fill; what the cell itself and
earlier test cells define; what the course's locked cells define, which run here as far as needed; Python's builtins;
imports and helpers that students get in cells that are not locked; and what the student's kernel has.

What a solution imports is the library's own here, where the student's name stands for that, too.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ..kernel.changes import become, can_change
from . import proxy
from .claims import Claims
from .link import CHANGED, Link
from .patches import Patches
from .shell import Shell
from .statements import TIMED, CourseText, Statement, as_python, functions_in, statements
from .thrown import BY_STUDENT, Fault

_KEPT_AS_TEXT = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
_ASKED = {"type": proxy.AskedType, "issubclass": proxy.asked_issubclass}
_THERE = ("matplotlib", "networkx", "sqlite3", "sympy")
"""Libraries whose objects the student's code and the test share, and which can't be handed over for good."""
_WAYS = frozenset(("sys", "os"))
"""What lines change that lead imports somewhere: `sys.path.append("..")`."""


class Names:
    """The trusted namespace of one notebook, filled as test cells need it."""

    def __init__(self, link: Link, given: Iterable[str] = (), course: CourseText | None = None) -> None:
        """`given` holds the solution cells' texts as students got them."""
        self.space: dict[str, Any] = {
            "__name__": "__main__", "__builtins__": builtins, proxy.CLASS_OF: proxy.AskedType,
        }  # fmt: skip
        self.link, self.session = link, link.session
        self.locked: list[Statement] = []
        """The statements of all locked cells so far."""
        self._locked: list[Statement] = []
        """Those of them that have not run here yet."""
        self._starred: dict[str, Any] = {}
        self._course = course or CourseText()
        self._given = list(self._course.given)
        self._students = frozenset(name for text in given for name in functions_in(text))
        self._fetched: dict[str, object] = {}
        self._bound: dict[str, Statement] = {}
        """What test cells have bound, and by which statement."""
        self._bound_when: dict[str, int] = {}
        self._pushed: dict[str, object] = {}
        self._touched: set[str] = set()
        """The names of what a statement of the test cell changes a part of."""
        self._contents: dict[str, str] = {}
        """What these held when the student's kernel last heard of them."""
        self.needed_there = set(self._course.used)
        """The names that the course's own cells use. What others a submission asks for may be what a test expects."""
        link.before_asking, link.on_change = self.push, self._take

    def lock(self, source: str) -> None:
        """Note a locked cell of the course: its statements are run here when a test needs what they define."""
        with contextlib.suppress(SyntaxError):  # it fails in the student's kernel, too, and says so there
            found = statements(as_python(TIMED.sub("", source, count=1)))
            self._locked += found
            self.locked += found

    # --- what a name stands for --------------------------------------------------------------------------------

    def provide(self, needed: Iterable[str], graded: bool = False) -> None:
        """Put what `needed` stands for into the namespace. What nobody defines is left out: NameError says it best.

        Where the test asks for a report (`graded`), even what is not defined has a proxy: the report says so.
        Raises Stopped where the student's kernel can't be asked, or a locked cell fails here.
        """
        ask = []
        for name in sorted(set(needed)):
            if name in self._students or name in self._course.filled:
                if name in self._students or name not in self._bound or name in self._course.changed:
                    ask.append(name)
            elif self.link.classes_there and self._can_be_there(name):
                ask.append(name)
            elif name == "get_ipython":
                self.space[name] = Shell(self).get
            elif name in _ASKED:
                self.space.setdefault(name, _ASKED[name])
            elif name.startswith("__") or self._from_locked(name) or name in self.space:
                continue
            elif not (self._from_star(name) or hasattr(builtins, name) or self._from_given(name)):
                ask.append(name)
        if ask:
            self._from_student(ask, graded)

    def _can_be_there(self, name: str) -> bool:
        """Whether it is a class of the course's own, or a library whose objects the student's code is to change."""
        known = [one for one in (*self.locked, *self._course.given, *self._course.imported) if name in one.binds]
        drawing = any(module.partition(".")[0] in _THERE for one in known for module in _modules(one))
        return drawing or any(isinstance(one.node, ast.ClassDef) or _is_courses_class(name, one) for one in known)

    def _from_locked(self, name: str) -> bool:
        first = self._bound_when.get(name, 0)
        chosen = [one for one in self._locked if name in one.binds and self.locked.index(one) >= first]
        for statement in chosen:
            if statement in self._locked:
                self._locked.remove(statement)  # each runs once, and never again for what it needs itself
        for statement in chosen:
            self.provide(statement.needs - {name})
            self._run_locked(statement, self.space)
        return bool(chosen)

    def _from_star(self, name: str) -> bool:
        for statement in [statement for statement in self._locked if statement.star]:
            self._locked.remove(statement)
            self._run_locked(statement, self._starred)
        if name in self._starred:
            self.space[name] = self._starred[name]
        return name in self._starred

    def _from_given(self, name: str) -> bool:
        """Imports and helpers in cells that students get as they are; one that fails here is left to the kernel."""
        for statement in [one for one in self._given if name in one.binds or one.star]:
            self._given.remove(statement)
            self.provide(statement.needs - {name})
            space: dict[str, Any] = {} if statement.star else self.space
            self.import_parts(statement)
            with contextlib.suppress(ImportError):
                exec(_compiled(statement), space)
            self._starred |= space if statement.star else {}
        if name not in self.space and name in self._starred:
            self.space[name] = self._starred[name]
        return name in self.space

    def _from_student(self, names: Sequence[str], graded: bool) -> None:
        found = self.link.look(list(names))
        for name in names:
            if graded and name in self._students and not proxy.is_proxy(found.get(name)):
                found[name] = proxy.make(self.link, Claims(), name)
        for name, value in found.items():
            self._fetched[name] = self.space[name] = self._librarys_own(name, value)
            self._pushed[name] = self.space[name]
        for name in set(names) - set(found):
            self.space.pop(name, None)

    def _take(self, name: str, value: Any) -> None:
        """Take over what a name of the notebook's stands for now.

        What the test itself has bound stays its own, but where the solution's functions change it, too.
        """
        fetched = name in self._fetched
        known = self._fetched if fetched else self._pushed
        before = known.get(name)
        if name not in known or self.space.get(name) is not before or not (fetched or self.link.believes(CHANGED)):
            return
        if not become(before, value):
            self._pushed[name] = self.space[name] = value
            self._fetched |= {name: value} if fetched else {}
        self._note_content(name)

    def _note_content(self, name: str) -> None:
        value = self.space[name]
        self._contents[name] = self.link.text_of(value) if name in self._touched and can_change(value) else ""

    def _librarys_own(self, name: str, value: Any) -> Any:
        """What the solution imports under this name, where the student's is that, too; else what it is of theirs.

        A function of their own in the place of a library's is neither: a test that relies on it decides nothing.
        """
        statements = [one for one in self._course.imported if name in one.binds]
        if not statements or not proxy.is_proxy(value):
            return value
        space: dict[str, Any] = {"__name__": "__main__"}
        try:
            exec(_compiled(statements[-1]), space)
        except ImportError:
            return value
        own, said = space.get(name), proxy.claims_of(value).origin
        if self.link.classes_there and _of_course(own):
            return value  # a module of the course's may keep something that the student's calls have changed
        if said == (getattr(own, "__name__", ""), "") or said == _origin(own):
            return own
        raise self.link.stop("course", "Shadowed", f"{name} is not what the course's own solution imports by that name")

    def _run_locked(self, statement: Statement, space: dict[str, Any]) -> None:
        try:
            self._import_or_run(statement, space)
        except Exception as error:
            if isinstance(statement.node, ast.Expr):
                return  # a call for its own sake: what it shows is of no use here
            by_student = BY_STUDENT in getattr(error, "__notes__", ())
            fault: Fault = "student" if by_student else "course"
            line = ast.unparse(statement.node).splitlines()[0]
            # In silence, the student's code may have chosen what the error says.
            words = "" if self.session.silent else f": {error}"
            told = f"the course's own line `{line}` failed{words}"
            raise self.link.stop(fault, type(error).__name__, told) from error

    def _import_or_run(self, statement: Statement, space: dict[str, Any]) -> None:
        try:
            exec(_compiled(statement), space)
        except ImportError:
            ways = [one for one in self._locked if isinstance(one.node, ast.Expr) and one.binds & _WAYS]
            if not ways:
                raise
            for way in ways:
                self._locked.remove(way)
                self.provide(way.needs)
                exec(_compiled(way), self.space)
            exec(_compiled(statement), space)

    def begin(self, cell: str, text: str = "") -> None:
        """A test cell begins: let go of what was the student's, whose cells may have given names another meaning."""
        self.link.begin(cell, text)
        self.link.patches = Patches([one.node for one in statements(text)], self.space)
        for name, value in self._fetched.items():
            if self.space.get(name) is value:
                del self.space[name]
        for known in (self._fetched, self._pushed, self._touched, self._contents):
            known.clear()

    def import_parts(self, statement: Statement) -> None:
        """Import what the notebook imports of the same packages: `import matplotlib` finds `patches` there by then."""
        packages = {name.partition(".")[0] for name in _modules(statement)}
        for one in (*self._course.given, *self._course.imported, *self.locked) if packages else ():
            for name in _modules(one):
                if name.partition(".")[0] in packages:
                    with contextlib.suppress(Exception):  # where it is needed, its own line will say what is wrong
                        importlib.import_module(name)

    # --- what test cells define --------------------------------------------------------------------------------

    def note(self, statement: Statement) -> None:
        """Note that a test cell is about to bind what this statement binds."""
        self.import_parts(statement)
        self._touched |= statement.changes
        for name in statement.changes & set(self._pushed) - set(self._contents):
            self._note_content(name)
        for name in statement.binds - (statement.changes & set(self._fetched)):
            self._bound[name] = statement
            self._bound_when[name] = len(self.locked)

    def defined_there(self, statement: Statement) -> bool:
        """Have a class that derives from one of the student's defined where that is; False for any other statement.

        Its objects are the student's then: what they say is evidence.
        """
        node = statement.node
        bases = [base.id for base in node.bases if isinstance(base, ast.Name)] if isinstance(node, ast.ClassDef) else []
        if not isinstance(node, ast.ClassDef) or not any(proxy.is_proxy(self.space.get(base)) for base in bases):
            return False
        for needed in sorted(statement.needs & set(self._bound)):
            self._push(needed)
        self.link.ask("run", "the notebook", ast.unparse(node))
        self.space |= self.link.look([node.name])
        self._pushed[node.name] = self.space[node.name]
        return True

    def end(self) -> None:
        """The test cell has ended: what it has left patched is its own again, on both sides."""
        self.link.patches.undo()
        self._push_patches()
        for name in sorted(self._course.changed & set(self._bound)):
            self._push(name)

    def _push_patches(self) -> None:
        for module, name, value in self.link.patches.changed():
            self.link.tell("patch", module, name, *value)

    def push(self) -> None:
        """Let the student's kernel know what the test has bound, deleted or patched of what is needed there."""
        self._push_patches()
        changed = [name for name in self.needed_there if name in self._bound or name in self._fetched]
        for name in sorted(changed):
            self._push(name)

    def _push(self, name: str) -> None:
        nothing = object()
        value, before = self.space.get(name, nothing), self._pushed.get(name, nothing)
        if value is before:
            if name in self._contents and can_change(value) and self.link.text_of(value) != self._contents[name]:
                self.link.tell("refill", name, value)
                self._note_content(name)
            return
        self._pushed[name] = value
        self._contents.pop(name, None)
        statement = self._bound.get(name)
        if value is nothing:
            self.link.tell("unbind", name)
        elif statement is not None and isinstance(statement.node, _KEPT_AS_TEXT) and not proxy.is_proxy(value):
            for needed in statement.needs & set(self._bound):
                self._push(needed)
            self.link.tell("run", ast.unparse(statement.node))
        else:
            self.link.tell("bind", name, value)
            if name in self._touched:
                self._note_content(name)


def _modules(statement: Statement) -> list[str]:
    """The modules that a statement imports, or imports something from."""
    node = statement.node
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


def _is_courses_class(name: str, statement: Statement) -> bool:
    """Whether a statement imports by this name a class from a module beside the notebook."""
    node = statement.node
    if not isinstance(node, ast.ImportFrom) or not node.module or node.level:
        return False
    own = next((alias.name for alias in node.names if (alias.asname or alias.name) == name), "")
    try:
        found = getattr(importlib.import_module(node.module), own, None)
    except Exception:  # its own line will say what is wrong
        return False
    return isinstance(found, type) and _of_course(found)


def _compiled(statement: Statement) -> Any:
    return compile(ast.Module([statement.node], []), "<locked cell>", "exec", dont_inherit=True, optimize=0)


def _of_course(value: Any) -> bool:
    """Whether something is from a module beside the notebook."""
    module = sys.modules.get(str(getattr(value, "__module__", None) or getattr(value, "__name__", "")))
    return str(getattr(module, "__file__", None) or "").startswith(f"{Path.cwd()}{os.sep}")


def _origin(value: object) -> tuple[str, str]:
    found = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    return (str(found[0]), str(found[1])) if all(type(one) is str for one in found) else ("?", "?")
