"""Train the instructor's small residual net from many seeds: `python -m benchmarks.seeds --seeds 20`.

Each training runs in a process of its own, one after another, and ends with a weights file, which is then judged as a
student's is: by the oracle, on the public test images and on hidden ones. Prints a row for each seed, and at the end
the smallest and the middle one. With `--keep` the first seed's weights become the course's own solution.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.base.course import find_course
from autograder.base.notebooks import is_left_out, is_test, read_node
from autograder.evidence.collect import collect
from autograder.graph import parse_graph, shapes_of
from autograder.instructor.build.authoring import read_set
from autograder.lesson import ASSIGNMENT, signs
from autograder.lesson.images.hidden import draw_or_load, keep_hidden, load_hidden, pictures
from autograder.lesson.training.building import kept_solution
from autograder.lesson.training.demands import KIND, WEIGHTS_FILE, demands_of
from autograder.lesson.training.judge import judge

SET = read_set(find_course(), ASSIGNMENT)
(EXERCISE,) = (exercise for exercise in SET.exercises if exercise.kind == KIND)
NOTEBOOK = Path("source") / ASSIGNMENT / "signs.ipynb"
SECRET = "the benchmark's own, of which no course's hidden images are drawn"


@dataclass(frozen=True, slots=True)
class Run:
    """One training: seconds by the clock and of processor time, and the shares of images recognised."""

    seed: int
    seconds: float
    processor_seconds: float
    public: float
    hidden: float
    points: float
    parameters: int


def main() -> int:
    """Run the command; 1 if a seed's network earns less than all points."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.seeds", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="how many seeds, from --first on")
    parser.add_argument("--first", type=int, default=0, metavar="SEED")
    parser.add_argument("--notebook", type=Path, default=NOTEBOOK, help="default: %(default)s")
    parser.add_argument("--keep", action="store_true", help="make the first seed's weights the course's own solution")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is not None:
        print(json.dumps(asdict(one(options.notebook.resolve(), options.one, options.folder))))
        return 0
    return all_of_them(options)


def all_of_them(options: argparse.Namespace) -> int:
    """Every seed in a process of its own."""
    runs: list[Run] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hidden, number = folder / "hidden.h5", demands_of(EXERCISE).hidden_images
        keep_hidden(hidden, SECRET, draw_or_load(hidden, SECRET, number))
        print("| seed | seconds | processor seconds | public test images | hidden images | points |")
        print("|---|---|---|---|---|---|", flush=True)
        for seed in range(options.first, options.first + options.seeds):
            command = [sys.executable, "-m", "benchmarks.seeds", "--one", str(seed), "--folder", name]
            done = subprocess.run(
                [*command, "--notebook", str(options.notebook)], capture_output=True, text=True, check=False
            )
            if done.returncode:
                print(done.stderr, file=sys.stderr)
                return 1
            run = Run(**json.loads(done.stdout.splitlines()[-1]))
            runs.append(run)
            print(_row(str(seed), run), flush=True)
            if options.keep and len(runs) == 1:
                shutil.copyfile(folder / WEIGHTS_FILE, kept_solution(SET))
    for word, pick in (("least", min), ("middle", statistics.median), ("most", max)):
        values = [pick(column) for column in zip(*(_figures(run) for run in runs), strict=True)]
        print(_row(f"**{word}**", Run(0, *values, runs[0].parameters)))
    print(f"{runs[0].parameters:,} parameters")
    return int(min(run.points for run in runs) < EXERCISE.max_points)


def _figures(run: Run) -> tuple[float, ...]:
    return run.seconds, run.processor_seconds, run.public, run.hidden, run.points


def _row(name: str, run: Run) -> str:
    shares = f"{run.public:.1%} | {run.hidden:.1%}"
    return f"| {name} | {run.seconds:.1f} | {run.processor_seconds:.1f} | {shares} | {run.points:g} |"


def one(notebook: Path, seed: int, folder: Path) -> Run:
    """Train the notebook's network from one seed, in this process, and judge what it saved in `folder`."""
    import keras

    with contextlib.redirect_stdout(io.StringIO()):
        names = _run(notebook)
        data = signs.load()
        keras.utils.set_random_seed(seed)  # of the weights that no seed is given for
        before = _processor_seconds()
        trained = signs.train(names["small_resnet"](), data, seed=seed, save_to=folder / WEIGHTS_FILE)
        processor_seconds = _processor_seconds() - before
    evidence = collect(names["small_resnet"], EXERCISE, EXERCISE.public_cases[0], graph_alone=True)
    public = judge(
        EXERCISE, evidence, folder / WEIGHTS_FILE, pictures(data.test_set_x, data.test_set_y), hidden=False
    ).measured
    verdict = judge(EXERCISE, evidence, folder / WEIGHTS_FILE, load_hidden(folder / "hidden.h5"), hidden=True)
    assert public is not None
    assert verdict.measured is not None
    assert evidence.graph is not None
    return Run(
        seed,
        trained.seconds,
        processor_seconds,
        public.accuracy,
        verdict.measured.accuracy,
        sum(verdict.points.values()),
        shapes_of(parse_graph(evidence.graph)).parameters,
    )


def _run(notebook: Path) -> dict[str, object]:
    """What the notebook's cells define, without those that test or train."""
    names: dict[str, object] = {"__name__": "__main__"}
    before = Path.cwd()
    os.chdir(notebook.parent)
    try:
        for cell in read_node(notebook).cells:
            if cell.cell_type == "code" and not is_test(cell) and not is_left_out(cell):
                exec(compile(cell.source, notebook.name, "exec"), names)
    finally:
        os.chdir(before)
    return names


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
