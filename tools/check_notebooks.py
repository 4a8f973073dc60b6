"""Finds notebooks that carry outputs: python tools/check_notebooks.py [NOTEBOOK or FOLDER]...

A notebook is committed without what running it left behind, so that a change shows what a person changed.
Exit status 0: none does; 1: some do; 2: a path doesn't exist or isn't a notebook.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path


def notebooks(paths: list[Path]) -> Iterator[Path]:
    """The notebooks among these paths and in the folders among them."""
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
        else:
            yield path


def cells_that_ran(notebook: Path) -> list[int]:
    """The numbers, from 1, of the cells that carry an output or a count of having been run."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [
        number
        for number, cell in enumerate(cells, start=1)
        if cell.get("outputs") or cell.get("execution_count") is not None
    ]


def main(arguments: list[str]) -> int:
    """Check each notebook and name those that were saved after running."""
    status = 0
    for notebook in notebooks([Path(argument) for argument in arguments]):
        try:
            ran = cells_that_ran(notebook)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            print(f"{notebook}: can't be read as a notebook ({error})", file=sys.stderr)
            return 2
        if ran:
            print(
                f"{notebook}: cells {', '.join(map(str, ran))} carry outputs or a run count. "
                "Clear them with `jupyter nbconvert --clear-output --inplace`.",
                file=sys.stderr,
            )
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
