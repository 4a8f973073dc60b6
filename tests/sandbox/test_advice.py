"""What to do is told from what bubblewrap and the kernel answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.sandbox.advice import Answers, advise, ask

REFUSED = "No permissions to creating new namespace"
CONTAINER = Answers(
    REFUSED, "/venv/bwrap", False, True, True, False, "6.8.0-generic", {"user/max_user_namespaces": "9"}
)
UBUNTU = {"kernel/apparmor_restrict_unprivileged_userns": "1"}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (replace(CONTAINER, error=""), ""),
        (CONTAINER, "Docker and Podman: start the container with `--security-opt seccomp=unconfined "),
        (replace(CONTAINER, pod=True), "`seccompProfile: {type: Unconfined}` and `procMount: Unmasked`"),
        (replace(CONTAINER, settings=UBUNTU), "`--security-opt seccomp=unconfined"),  # in Docker, on Ubuntu
        (
            replace(CONTAINER, error="setting up uid map: Permission denied", filtered=False, settings=UBUNTU),
            "profile autograder-bwrap /venv/bwrap flags=(unconfined) { userns, }",
        ),
        (replace(CONTAINER, settings={"user/max_user_namespaces": "0"}), "sysctl user.max_user_namespaces=15000"),
        (replace(CONTAINER, settings={"kernel/unprivileged_userns_clone": "0"}), "unprivileged_userns_clone=1"),
        (replace(CONTAINER, some=True), "Podman: start the container with `--security-opt unmask=ALL"),
        (replace(CONTAINER, filtered=False), "`unshare --user --map-root-user true` must work"),
        (replace(CONTAINER, filtered=False, release="4.4.0-19041-Microsoft"), "wsl --set-version"),
        (replace(CONTAINER, landlock=False), "Landlock needs Linux 5.13"),
        (
            replace(CONTAINER, landlock=False, release="6.6.87.2-microsoft-standard-WSL2"),
            "`kernelCommandLine = lsm=landlock` under `[wsl2]`",
        ),
    ],
)
def test_the_cure_fits_the_answer(said: Answers, words: str) -> None:
    advice = advise(said)
    assert words in advice
    assert bool(words) == bool(advice)
    assert "\n" not in advice


def test_this_machine_is_asked() -> None:
    said = ask("", "/usr/bin/bwrap", False, True)
    assert said.release
    assert all(value.isdigit() for value in said.settings.values())
