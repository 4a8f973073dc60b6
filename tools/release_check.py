"""`make release-check`: would a release of what is committed be a good one? Nothing is published or changed.

Exit status 1 where something fails, with a list of it. `--without NAME` leaves a check out, such as `build`, which runs
every instructor's notebook and takes minutes.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from functools import cached_property
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)((a|b|rc)\d+)?")
HEADING = re.compile(r"^## \[(?P<name>[^\]]+)\](?: - (?P<date>\d{4}-\d\d-\d\d))?$", re.MULTILINE)
COPYLEFT = re.compile(r"\bA?GPL", re.IGNORECASE)
"""Licences that say what may be done with a program that only imports the library; LGPL does not."""


@dataclass(frozen=True)
class Release:
    """What would be released: the files that are committed, unpacked in `tree`, and what is built from them."""

    tree: Path
    scratch: Path

    @cached_property
    def project(self) -> dict[str, object]:
        """The section of pyproject.toml."""
        found: dict[str, object] = tomllib.loads((self.tree / "pyproject.toml").read_text())["project"]
        return found

    @cached_property
    def built(self) -> tuple[Path, Path]:
        """The wheel and the sdist. Raises CalledProcessError."""
        run([sys.executable, "-m", "build", "--no-isolation", "--outdir", self.scratch / "dist", self.tree])
        return next((self.scratch / "dist").glob("*.whl")), next((self.scratch / "dist").glob("*.tar.gz"))


def run(command: Iterable[object], folder: Path = ROOT) -> str:
    """What a command printed. Raises CalledProcessError."""
    words = list(map(str, command))
    return subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True).stdout


# --- checks: each yields a sentence for everything that is wrong ---------------------------------------------------


def check_tree(_release: Release) -> Iterator[str]:
    """All is committed, and generated files are as they come out."""
    if changed := run(["git", "status", "--porcelain"]).splitlines():
        yield f"{len(changed)} files are not committed, such as {changed[0][3:]}"


def check_version(release: Release) -> Iterator[str]:
    """A version of the form that is promised, which was not released before."""
    version = str(release.project["version"])
    if not VERSION.fullmatch(version):
        yield f"{version} is no semantic version such as 0.3.0"
    if f"v{version}" in run(["git", "tag", "--list"]).split():
        yield f"v{version} was released before: raise the version in pyproject.toml"


def check_changelog(release: Release) -> Iterator[str]:
    """Its newest section is this version's, with a date, and nothing waits above it."""
    yield from changelog_problems((release.tree / "CHANGELOG.md").read_text(), str(release.project["version"]))


def changelog_problems(text: str, version: str) -> Iterator[str]:
    """What is wrong with a changelog of this version."""
    found = list(HEADING.finditer(text))
    if not found or found[0]["name"] != "Unreleased":
        yield "CHANGELOG.md does not begin with a section [Unreleased], which may be empty"
        return
    end = found[1].start() if len(found) > 1 else len(text)
    if text[found[0].end() : end].strip():
        yield f"CHANGELOG.md has lines under [Unreleased]: move them under [{version}]"
    if len(found) < 2 or found[1]["name"] != version:
        yield f"CHANGELOG.md has no section [{version}] below [Unreleased]"
    elif not found[1]["date"]:
        yield f"CHANGELOG.md gives [{version}] no date, as in '## [{version}] - 2026-01-31'"


def check_docs(_release: Release) -> Iterator[str]:
    """The site builds, where a broken link fails."""
    try:
        run(["make", "docs"])
    except subprocess.CalledProcessError as error:
        yield f"`make docs` fails: {_last(error)}"


def check_wheel(release: Release) -> Iterator[str]:
    """Wheel and sdist are built, install into an environment of their own, and the command starts there."""
    for archive in release.built:
        place = release.scratch / f"from-{archive.suffix[1:]}"
        python = place / "bin" / "python"
        run([sys.executable, "-m", "venv", "--without-pip", place])  # of Python's own age, and setuptools with it
        (packages,) = (place / "lib").glob("python*/site-packages")
        here = metadata.distribution("setuptools").locate_file("")
        (packages / "others.pth").write_text(f"{here}\n")  # what it depends on is installed here, and not fetched
        pip = [sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps"]
        run([*pip, "--no-build-isolation", "--ignore-installed", archive])
        where = run([python, "-P", "-c", "import autograder; print(autograder.__file__)"], release.scratch)
        if not where.startswith(str(place)):
            yield f"{archive.name}: the package is not found where it was installed, but at {where.strip()}"
        if "COMMAND" not in run([place / "bin" / "autograder", "--help"], release.scratch):
            yield f"{archive.name}: `autograder --help` does not start"


def check_packages(release: Release) -> Iterator[str]:
    """The zips for students and for GitHub are made, and hold no hidden file."""
    for target in ("students", "github"):
        words = ["package", "--for", target, "--to", release.scratch / target, "--wheel", release.built[0]]
        run([sys.executable, "-m", "autograder.cli", "--course", release.tree, *words])
        for path in sorted((release.scratch / target).glob("*.zip")):
            with zipfile.ZipFile(path) as archive:
                names = [
                    name for name in archive.namelist() if re.search(r"hidden|\.seed$|gradebook|(^|/)source/", name)
                ]
            yield from (f"{path.name} holds {name}" for name in names)


def check_licences(release: Release) -> Iterator[str]:
    """The licence goes along; what is needed to run names one that lets everybody use it; nothing is another's."""
    with zipfile.ZipFile(release.built[0]) as archive:
        if not any(name.endswith("licenses/LICENSE") for name in archive.namelist()):
            yield "the wheel has no LICENSE in it"
    yield from licence_problems(needed(str(release.project["name"])))
    for path in run(["git", "grep", "-IlE", r"Copyright \(c\)|SPDX-License"]).splitlines():
        if path not in ("LICENSE", "tools/release_check.py"):
            yield f"{path} names a copyright: is it another's, and does its licence go along?"


def needed(project: str) -> list[Message]:
    """The metadata of all that an installation brings here, with every extra but those for who changes the kit."""
    extras = set(metadata.metadata(project).get_all("Provides-Extra") or ()) - {"dev", "docs"}
    waiting, found = [project], dict[str, Message]()
    while waiting:
        name = waiting.pop()
        wanted = {"", *extras} if name == project else {""}
        for required in map(Requirement, metadata.requires(name) or ()):
            key = re.sub(r"[-_.]+", "-", required.name).lower()
            asked = required.marker is None or any(required.marker.evaluate({"extra": one}) for one in wanted)
            if key in found or key == project or not asked:
                continue
            try:
                found[key] = metadata.metadata(required.name)  # type: ignore[assignment]
            except metadata.PackageNotFoundError:
                continue  # for another system
            waiting.append(required.name)
    return [found[key] for key in sorted(found)]


def licence_problems(packages: Iterable[Message]) -> Iterator[str]:
    """What each package's metadata says of its licence, where that is nothing, or asks too much."""
    for package in packages:
        classified = [text for text in package.get_all("Classifier", ()) if text.startswith("License ::")]
        told = [package.get("License-Expression", ""), *classified, (package.get("License") or "")[:100]]
        said = " ".join(filter(None, told))
        if not said and not package.get_all("License-File"):
            yield f"{package['Name']} does not say what its licence is"
        elif COPYLEFT.search(said.replace("LGPL", "")) and " OR " not in said:
            yield f"{package['Name']} is under {said[:80]}"


def check_build(release: Release) -> Iterator[str]:
    """Built from the committed notebooks, references and student versions come out as they are committed."""
    before = {path: path.read_bytes() for path in _generated(release.tree)}
    # Not in the tree: Python would take the package from there, and its kernels the installed one.
    run([sys.executable, "-m", "autograder.cli", "--course", release.tree, "build"])
    for path in _generated(release.tree):
        if path.read_bytes() != before.get(path):
            yield f"`autograder build` makes another {path.relative_to(release.tree)}"


def _generated(tree: Path) -> list[Path]:
    return sorted((*tree.glob("data/references/*/public.h5"), *tree.glob("release/*/*.ipynb")))


CHECKS: dict[str, Callable[[Release], Iterator[str]]] = {
    "tree": check_tree,
    "version": check_version,
    "changelog": check_changelog,
    "docs": check_docs,
    "wheel": check_wheel,
    "packages": check_packages,
    "licences": check_licences,
    "build": check_build,
}


def problems(release: Release, names: Iterable[str]) -> list[str]:
    """Run these checks, and say what is wrong, each with its check's name."""
    found: list[str] = []
    for name in names:
        print(f"{name}: ", end="", flush=True)
        try:
            wrong = list(CHECKS[name](release))
        except subprocess.CalledProcessError as error:
            wrong = [f"{Path(str(error.cmd[0])).name} {error.cmd[1]} fails: {_last(error)}"]
        print("no" if wrong else "yes")
        found += [f"{name}: {one}" for one in wrong]
    return found


def _last(error: subprocess.CalledProcessError) -> str:
    lines = f"{error.stdout}\n{error.stderr}".strip().splitlines()
    return lines[-1].strip()[:300] if lines else f"status {error.returncode}"


def main() -> int:
    """Check what is committed. Returns 1 where something fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without", action="append", default=[], choices=CHECKS, metavar="NAME")
    left_out = parser.parse_args().without
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        scratch = Path(folder)
        run(["git", "archive", "--output", scratch / "tree.tar", "HEAD"])
        with tarfile.open(scratch / "tree.tar") as archive:
            archive.extractall(scratch / "tree", filter="data")
        found = problems(Release(scratch / "tree", scratch), [name for name in CHECKS if name not in left_out])
    for one in found:
        print(one)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
