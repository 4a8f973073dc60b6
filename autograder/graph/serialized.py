"""Keras's own objects inside a layer's configuration: initializers and dtype policies, as Keras writes them down.

Such an object is known by the module that its class comes from, and not by its name alone: a class of the student's may
be called `GlorotUniform` or `float32`, too, and compute something else.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from pydantic_core import to_json

Setting = bool | int | float | str | None | tuple[int, ...] | tuple[float, ...] | tuple[tuple[int, int], ...]

Name = Annotated[str, Field(max_length=200)]

DEFAULT_INITIALIZERS = {
    "bias_initializer": "Zeros", "beta_initializer": "Zeros", "gamma_initializer": "Ones",
    "moving_mean_initializer": "Zeros", "moving_variance_initializer": "Ones", "alpha_initializer": "Zeros",
}  # fmt: skip
INITIALIZERS = frozenset(
    "Zeros Ones Constant GlorotUniform GlorotNormal HeUniform HeNormal LecunUniform LecunNormal RandomNormal "
    "RandomUniform TruncatedNormal VarianceScaling Orthogonal OrthogonalInitializer Identity "
    "IdentityInitializer".split()
)
ARGUMENTS = frozenset(
    "seed scale mode distribution mean stddev minval maxval value gain input_axes output_axes".split()
)
"""What Keras's own initializers take, all of them together."""
POLICIES = frozenset({"DTypePolicy", "FloatDTypePolicy"})
MAX_SEED = 2**63


class GraphRefused(ValueError):
    """The student's graph holds something that the trusted side does not read.

    `what` names it (a layer class, an activation), `why` is a key of `REFUSALS` in `autograder.report.sentences`.
    """

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{why}: {what}")
        self.what = what[:200]
        self.why = why


def dump(value: JsonValue) -> bytes:
    """The value as JSON again: pydantic's strict mode takes lists for tuples only there. Raises ValueError."""
    return to_json(value)


class Serialized(BaseModel):
    """An object as Keras writes it down."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    module: str | None
    class_name: Name
    config: dict[str, JsonValue]
    registered_name: str | None = None
    shared_object_id: int | None = None

    def is_from(self, module: str) -> bool:
        """Whether its class is the module's own: what a student registers has a name for it, and another module."""
        return self.module == module and self.registered_name is None


class Initializer(Serialized):
    """A serialised initializer; its own arguments are kept as words."""

    def read(self) -> tuple[str, Setting]:
        """The initializer as one word, and its seed.

        `VarianceScaling(1, "fan_avg", "uniform")` is what GlorotUniform is made of (Keras documents it so).
        """
        if self.class_name not in INITIALIZERS or not self.is_from("keras.initializers"):
            raise GraphRefused(self.class_name, "initializer")
        if not self.config.keys() <= ARGUMENTS:
            raise GraphRefused(self.class_name, "initializer")
        arguments = {k: v for k, v in self.config.items() if k != "seed" and v is not None}
        name = self.class_name.removesuffix("Initializer")
        if name == "VarianceScaling" and arguments == {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform"}:
            name, arguments = "GlorotUniform", {}
        words = ", ".join(f"{k}={v}" for k, v in sorted(arguments.items()))
        return (f"{name}({words[:80]})" if words else name), self._seed()

    def _seed(self) -> Setting:
        """A number, or the generator that the numbers come from: whoever shares one draws others each time."""
        seed = self.config.get("seed")
        generator = isinstance(seed, dict)
        if isinstance(seed, dict):
            given = Serialized.model_validate(seed)
            if given.class_name != "SeedGenerator" or not given.is_from("keras.random"):
                raise GraphRefused(self.class_name, "initializer")
            seed = given.config.get("seed")
        if seed is None:
            return None
        if isinstance(seed, bool) or not isinstance(seed, int) or abs(seed) >= MAX_SEED:
            raise GraphRefused(self.class_name, "initializer")
        return f"SeedGenerator({seed})" if generator else seed

    def settings(self, setting: str) -> dict[str, Setting]:
        """What is kept of it as a layer's `setting`: nothing of Keras's default, no seed where nothing is drawn.

        Of an array that is drawn, class and seed count even where they are Keras's default.
        """
        name, seed = self.read()
        seed_name = "seed" if setting == "kernel_initializer" else f"{setting}_seed"
        if setting not in DEFAULT_INITIALIZERS:
            return {setting: name, seed_name: seed}
        settings: dict[str, Setting] = {} if name == DEFAULT_INITIALIZERS[setting] else {setting: name}
        if seed is not None and name not in ("Zeros", "Ones"):
            settings[seed_name] = seed
        return settings


def policy_name(value: JsonValue) -> str:
    """What a layer computes in: "float32" where nothing is said."""
    if value is None:
        return "float32"
    if isinstance(value, dict):
        policy = Serialized.model_validate(value)
        name = policy.config.get("name")
        if policy.class_name not in POLICIES or not policy.is_from("keras") or set(policy.config) != {"name"}:
            raise GraphRefused(policy.class_name, "policy")
        value = name
    if not isinstance(value, str):
        raise GraphRefused("dtype", "policy")
    return value[:40]
