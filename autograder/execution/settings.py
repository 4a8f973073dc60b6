"""How a submission may run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from traitlets.config import Config

from .kernel.session import Times


@dataclass(frozen=True, slots=True)
class Settings:
    """How a submission may run. Times are in seconds; `sandbox` holds SandboxProvisioner's settings by name.

    `there` names the test cells that are run in the student's kernel, where their points can be forged.
    `fork_server` says whether kernels are forked from a process that has imported what the course's notebooks import.
    """

    timeout: float = 180.0
    startup_timeout: float = 90.0
    submission_timeout: float = 3600.0
    max_kernels: int = 8
    fork_server: bool = True
    there: tuple[str, ...] = ()
    sandbox: Mapping[str, Any] = field(default_factory=dict)

    @property
    def config(self) -> Config:
        return Config({"SandboxProvisioner": dict(self.sandbox)})

    @property
    def times(self) -> Times:
        """What each of the two passes over a notebook may take."""
        return Times(self.timeout, self.startup_timeout, self.submission_timeout)
