"""Between one notebook's test cells and its kernel: what is asked there, what is lent both ways, and what is believed.

A question takes arguments along and brings an answer back: plain data, or proxies for what stays in the kernel. With it
come what the student's code printed and warned of, and what it made of arguments that can be changed.
"""

from __future__ import annotations

import builtins
import contextlib
import json
import random
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ...base.plain import plain
from ..kernel import wire
from ..kernel.changes import become, can_change
from ..kernel.client import END_OF_INPUT
from ..kernel.replies import Answer, NoAnswer, Question, Raised, read_call
from ..kernel.session import Session, SessionError
from ..kernel.tuples import object_behind
from . import proxy
from .claims import Claims, read_claims
from .crossing import is_open, may_set, name_in_library, of_lent, pickled, special_of
from .given import NOTHING, Given
from .patches import Patches
from .surroundings import SEEDED, SharedFiles, own_temporary_folder
from .thrown import BY_STUDENT, Fault, Mirrors, Stopped

Place = tuple[str, int, str]
"""A test cell, the number of its statement, and what was asked there."""
_SEEDS = re.compile(r"\b(seed|setstate|set_state)\s*\(")
CHANGED = "changed"
"""What is noted where a call changes what it was given."""
_SAME_VERDICT = {
    "ne": "eq", "gt": "lt", "le": "lt", "ge": "lt", "int": "float", "index": "float", "complex": "float",
    "round": "float", **{f"i{name}": name for name in ("add", "sub", "mul", "truediv")},
}  # fmt: skip
"""What a verdict is noted as."""
_INPUT = builtins.input


@dataclass(slots=True)
class Trace:
    """Where the course's own solution has an object rather than plain data, and where it changes what it was given.

    In the test cells of `classes_there`, or in all, classes of the course's own are those of the student's kernel.
    """

    places: set[Place] = field(default_factory=set)
    classes_there: frozenset[str] = frozenset()
    all_classes_there: bool = False


class Link:
    """The way to one session's kernel. `known` gives the solution's trace, None where there is none to be had.

    With `recording`, this is the solution itself: all is believed, and noted there.
    """

    def __init__(
        self,
        session: Session,
        known: Callable[[], Trace | None] = lambda: None,
        recording: Trace | None = None,
    ) -> None:
        self.session = session
        self._known, self._recording = known, recording
        self.cell, self.number = "", 0
        """Where the test is: its cell, and the number of the statement."""
        self.stopped: Stopped | None = None
        """What has stopped the test cell, whether or not the test has caught it."""
        self.doubted = False
        """Whether an object's word was not taken because the solution's trace is not to be had."""
        self.takes_changes = True
        """Whether what becomes of an argument in the kernel becomes of the test's own, too."""
        self.changed_more = False
        """Whether arguments were changed that the solution leaves alone."""
        self.mirrors = Mirrors()
        self._given = Given(self._refer)
        self._lent: list[Any] = []
        self._thrown: list[Exception] = []
        self._proxies: dict[tuple[int, int], Any] = {}
        self._seeds: object = None
        self.acted = False
        """Whether the student's kernel has been asked or given anything that may change what it has."""
        self.seeding = False
        """Whether the test sets the state of random numbers, which the student's code then draws from, too."""
        self.files: SharedFiles | None = None
        """The files that are handed from one side to the other."""
        self._files_of = -1
        self.on_change: Callable[[str, Any], None] = lambda _name, _value: None
        """Takes over what a name of the notebook's has come to stand for, while the test runs."""
        self.patches = Patches([], {})
        self.before_asking: Callable[[], None] = lambda: None
        """Lets the kernel know what the test has bound."""
        session.read_input = self._read_input

    def begin(self, cell: str, text: str) -> None:
        """A test cell begins; `text` is its own."""
        self.cell, self.number = cell, 0
        self._given.begin(self.kernel)
        seeding = bool(_SEEDS.search(text))
        self.stopped, self.doubted, self.changed_more, self.takes_changes = None, False, False, True
        self.seeding = seeding
        self._seeds = self._state() if seeding else None

    @property
    def is_solution(self) -> bool:
        """Whether this is the course's own solution, of which all may be told."""
        return self._recording is not None

    @property
    def kernel(self) -> int:
        """A number that changes with the kernel."""
        return self.session.kernels

    def require_kernel(self, number: int) -> None:
        """Raises Stopped where a proxy is of an earlier kernel, with which its object is gone."""
        if number != self.kernel:
            raise self.stop("student", "DeadKernelError", "")

    def stop(self, fault: Fault, kind: str, message: str) -> Stopped:
        """A Stopped to be raised; it counts even where the test's own `except:` catches it."""
        self.stopped = self.stopped or Stopped(fault, kind, message)
        return self.stopped

    @contextlib.contextmanager
    def stopping(self) -> Iterator[None]:
        """Stop the test cell where the student's kernel can't be asked within the block."""
        try:
            yield
        except NoAnswer as none:
            raise self.stop("student", none.error.type, none.error.message) from None
        except SessionError as error:
            raise self.stop("course", "SessionError", str(error)) from None

    @property
    def classes_there(self) -> bool:
        """Whether classes of the course's own are those of the student's kernel, for this test cell."""
        if self._recording is not None:
            return self._recording.all_classes_there
        known = self._known()
        return known is not None and self.cell in known.classes_there

    # --- what is believed --------------------------------------------------------------------------------------

    def believes(self, what: str) -> bool:
        """Whether an object's word on this counts here: the solution has an object in this place, too.

        Which of Python's ways to the same verdict an object's class has, such as `<` or `>`, makes no difference.
        """
        what = _SAME_VERDICT.get(what, what)
        if self._recording is not None:
            self._recording.places.add((self.cell, self.number, what))
            return True
        known = self._known()
        self.doubted |= known is None
        return known is not None and (self.cell, self.number, what) in known.places

    def verdict(self, who: str, what: str) -> None:
        """Raises Stopped where an object's word on this would decide, and does not count."""
        if self.believes(what):
            return
        if self.doubted:
            raise self.stop("course", "CannotCross", f"the test asks {who} for `{what}`, which stays with the student")
        raise self.stop("student", "CannotCross", f"{who} stands where the test needs plain data")

    # --- questions ---------------------------------------------------------------------------------------------

    def ask(self, what: str, who: str, *positional: object, **named: object) -> Any:
        """Ask about objects of the student's, see `objects.Objects.do`. Raises what their code raises, or Stopped."""
        self.before_asking()
        self.acted |= what not in ("look", "begin")
        if self.seeding:
            self._hand_over_seeds()
        for name, content in (self.files.written() if self.files else {}).items():
            self.acted = True
            self.tell("write", name, content)
        return self._ask(what, who, positional, named)

    def _ask(self, what: str, who: str, positional: Sequence[object], named: Mapping[str, object]) -> Any:
        request = self._request(positional, named, what in ("call", "getitem", "setitem", "setattr"))
        try:
            with self.stopping(), self.patches.put(back=True), own_temporary_folder():
                answer = self.session.ask(who, Question(what, request), self._meet, self._called)
        except wire.CannotCross as problem:
            fault: Fault = "course" if self.believes("cannot cross") or self.doubted else "student"
            raise self.stop(fault, "CannotCross", f"{who}: {problem}.") from None
        except Raised as raised:
            self._take_effects(raised.answer)
            own = raised.thrown.lent
            tests = own is not None and 0 <= own < len(self._thrown)
            error = self._thrown[own] if own is not None and tests else self.mirrors.raised(raised)
            raise error from error.__cause__
        self._take_effects(answer)
        return answer.value

    def begin_there(self) -> None:
        """Let the notebook know that a test cell begins, and have beside it what cells have written that is new."""
        if self.files is not None:
            new, self._files_of = self._files_of != self.kernel, self.kernel
            self.ask("begin", "the notebook", new)

    def look(self, names: list[str]) -> dict[str, Any]:
        """What the notebook has under these names, those left out that it has nothing under."""
        found = self.ask("look", "looking at the notebook's names", names)
        if type(found) is not dict or not set(found) <= set(names):
            raise self.stop("student", "DeadKernelError", "")
        return {name: proxy.named(one, name) if proxy.is_proxy(one) else one for name, one in found.items()}

    def tell(self, what: str, *positional: object) -> None:
        """Have a name bound or unbound in the notebook; what keeps it from that shows itself where the name is used."""
        self.acted = True
        before = self.stopped
        with contextlib.suppress(Exception, Stopped, SystemExit):
            self._ask(what, "the notebook", positional, {})
        self.stopped = before

    def text_of(self, value: object) -> str:
        """What something that can be changed holds now, to see whether it has changed; "" where that can't be told."""
        try:
            return wire.dumps(value, self._refer)
        except Exception:
            return ""

    def _request(self, positional: Any, named: Any, changeable: bool) -> str:
        def known(value: object) -> list[Any] | None:
            if not changeable or not can_change(value) or not any(value is one for one in arguments):
                return None
            return self._given.reference(value, self.kernel)

        arguments = [*positional, *named.values()]
        try:
            changed = wire.dumps(self._given.changed(self.kernel), self._refer, self._given.known)
            text = wire.dumps((list(positional), dict(named)), self._refer, known)
            folder = self.files.folder if self.files else "/nowhere"  # which is the current one there, too
            return json.dumps([one.replace(f"{folder}/", "").replace(f'"{folder}"', '"."') for one in (changed, text)])
        except wire.CannotCross as problem:
            who = proxy.words_for(positional[0]) if positional and proxy.is_proxy(positional[0]) else "the notebook"
            raise self.stop(
                "course",
                "CannotCross",
                f"{who} was given {problem}. A test cell can hand over numbers, text, containers, arrays, tables, "
                "functions, and what the student's own code has returned.",
            ) from None

    def _refer(self, value: object) -> list[Any] | None:
        behind = object_behind(value)
        value = value if behind is None else behind
        if proxy.is_proxy(value):
            return proxy.reference_to(value)
        if (name := name_in_library(value)) is not None:
            return ["global", *name]
        special = special_of(value)
        if not callable(value) and not is_open(value) and not special:
            return pickled(value)
        number = next((number for number, one in enumerate(self._lent) if one is value), len(self._lent))
        if number == len(self._lent):
            self._lent.append(value)
        name, doc = vars(type(value)).get("__name__") and getattr(value, "__name__", ""), getattr(value, "__doc__", "")
        return ["lent", number, *(str(one or "") for one in (name, doc)), is_open(value), special]

    def _meet(self, kind: str, rest: list[Any]) -> object:
        if kind == "object" and type(rest[0]) is int:
            return self._stands_for(rest[0], read_claims(rest[1]))
        if kind == "given" and (thing := self._given.thing(rest[0])) is not NOTHING:
            return thing
        if kind == "lent" and type(rest[0]) is int and 0 <= rest[0] < len(self._lent):
            return self._lent[rest[0]]
        raise wire.WireError(f"not of a known kind: {kind[:20]!r}")

    def _stands_for(self, number: int, claims: Claims) -> Any:
        """The proxy of that object that there is already, so that `is` tells what is the same there.

        For a class of exceptions it is a class made here, which `except` and `pytest.raises` take.
        """
        mirror = self.mirrors.class_for(claims.own) if claims.own else None
        if mirror is not None:
            return mirror
        key = self.kernel, number
        if key not in self._proxies:
            self._proxies[key] = proxy.make(self, claims, number=number)
        return self._proxies[key]

    # --- what comes back besides -------------------------------------------------------------------------------

    def _take_effects(self, answer: Answer) -> None:
        if answer.printed:
            sys.stdout.write(answer.printed)
        if answer.complained:
            sys.stderr.write(answer.complained)
        for name, message in answer.warned:
            self._warn(name, message)
        for name, content in answer.files.items():
            if self.files is not None:
                self.files.take(name, content)
        for name, value in answer.names.items():
            self.on_change(name, value)
        for number, value in answer.given.items():
            if (thing := self._given.thing(number)) is not NOTHING:
                self._take_change(number, thing, value)

    @staticmethod
    def _warn(name: str, message: str) -> None:
        kind = getattr(builtins, name, UserWarning)
        known = isinstance(kind, type) and issubclass(kind, Warning)
        try:
            warnings.warn_explicit(plain(message), kind if known else UserWarning, "<cell>", 1, "__main__")
        except Warning as error:  # the test wants warnings to be errors
            error.add_note(BY_STUDENT)
            raise

    def _take_change(self, number: int, mine: Any, theirs: Any) -> None:
        """Where the solution changes its argument, too, that is what the function is for; else see `changed_more`."""
        if not self.believes(CHANGED):
            self.changed_more = True
        if self.takes_changes:
            become(mine, theirs)
            self._given.agree(number)

    def _called(self, path: Path) -> str:
        """Call a function of the test's for the student's code; gives the reply as `answers` reads it."""
        number, what, positional, named = read_call(path, self._meet)
        if not 0 <= number < len(self._lent):
            raise self.stop("student", "DeadKernelError", "")
        try:
            with self.patches.put(back=False):
                found: Any
                if what == "setattr":  # as in `_take_change`: only where the solution does so, too
                    found = may_set(self._lent[number], positional[0]) and self.believes(CHANGED)
                    if found:
                        setattr(self._lent[number], *positional)
                else:
                    found = of_lent(self._lent[number], what, positional, named)
            value = wire.packed(found, self._refer, self._given.known)
        except wire.CannotCross as problem:
            raise self.stop("course", "CannotCross", f"a function of the test's gave {problem}") from None
        except Exception as error:
            error.add_note(BY_STUDENT)  # whose code called it, perhaps with arguments that it does not take
            self._thrown.append(error)
            told = [type(error).__name__, str(error)[:4000], len(self._thrown) - 1]
            return json.dumps({"ask": None, "raised": told})
        return json.dumps({"ask": None, "raised": None, "value": value})

    def _read_input(self, prompt: str) -> str:
        """What the student's `input` reads: the test's own, where it has put one in its place."""
        if builtins.input is _INPUT:
            return END_OF_INPUT
        return str(builtins.input(prompt))

    def _hand_over_seeds(self) -> None:
        """Where the test has seeded Python's or NumPy's generator, the student's code draws the same numbers."""
        state = self._state()
        if state != self._seeds:
            self._seeds = state
            self.tell("seed", *state[:2])

    @staticmethod
    def _state() -> tuple[Any, Any, int]:
        numpys: Any = np.random.get_state(legacy=True)
        return random.getstate(), (numpys[0], numpys[1].tolist(), *numpys[2:]), SEEDED[0]
