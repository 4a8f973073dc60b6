"""Write the pages of docs/reference that are made from the code: the commands, and what can be configured.

python tools/docs/reference_pages.py
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from traitlets import HasTraits, TraitType

from autograder import plugins
from autograder.arguments import parser
from autograder.sandbox.provisioner import SandboxProvisioner

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"

COMMANDS = """# Commands

`.venv/bin/autograder COMMAND`, in the course's folder. This page is made from the command's own `--help` by
`tools/docs/reference_pages.py`; a test keeps it in step.
"""
CONFIGURATION = """# Configuration

What an `nbgrader_config.py` can set of this kit's classes, beside what nbgrader itself has. It is made from the
classes by `tools/docs/reference_pages.py`; a test keeps it in step.

    c.SandboxProvisioner.memory = 6 * 2**30
"""


def pages() -> dict[Path, str]:
    """Each page as it should be."""
    return {
        REFERENCE / "cli.md": "\n".join([COMMANDS, *_commands(parser())]),
        REFERENCE / "configuration.md": "\n".join([CONFIGURATION, *_names(), *_configuration()]),
    }


def _commands(whole: argparse.ArgumentParser) -> Iterator[str]:
    (commands,) = (action for action in whole._actions if isinstance(action, argparse._SubParsersAction))
    yield f"Before the command: {_described(next(a for a in whole._actions if a.dest == 'course'))}\n"
    yield f"{whole.epilog}\n"
    helps = {choice.dest: choice.help for choice in commands._choices_actions}
    for name, command in commands.choices.items():
        usage = " ".join(command.format_usage().removeprefix("usage: ").split())
        yield f"## {name}\n\n{_sentence(helps[name])}\n\n```text\n{usage}\n```\n"
        for action in command._actions:
            if action.dest != "help":
                yield f"- {_described(action)}"
        yield f"\n{command.epilog}\n" if command.epilog else ""


def _described(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else action.metavar or ("" if action.option_strings else action.dest)
    value = value or ("|".join(map(str, action.choices or ())) or action.dest.upper())
    names = ", ".join(action.option_strings) or str(value)
    shown = f"{names} {value}" if action.option_strings and action.nargs != 0 else names
    return f"`{shown}`" + (f": {action.help}" if action.help else "")


def _sentence(text: str | None) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _names() -> Iterator[str]:
    first, _, table = (plugins.__doc__ or "").partition("\n")
    yield f"## Names\n\n{first}\n{table}"


def _configuration() -> Iterator[str]:
    configurable = {getattr(plugins, name) for name in plugins.__all__} | {SandboxProvisioner}
    for kind in sorted((one for one in configurable if isinstance(one, type)), key=lambda one: one.__name__):
        traits = _own_traits(kind) if issubclass(kind, HasTraits) else {}
        if traits:
            yield f"## {kind.__name__}\n\n| setting | default | what it is |\n|---|---|---|"
            for name, trait in traits.items():
                words = " ".join(trait.help.split()).replace("|", "\\|")
                yield f"| `{name}` | `{trait.default_value_repr()}` | {words} |"
            yield ""


def _own_traits(kind: type[HasTraits]) -> dict[str, TraitType[object, object]]:
    traits = kind.class_traits(config=True)
    return {name: trait for name, trait in traits.items() if trait.this_class.__module__.startswith("autograder")}


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
