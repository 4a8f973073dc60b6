"""Layers that do something in training alone: they drop numbers, or make them noisy, at random."""

from __future__ import annotations

from pydantic import JsonValue

from .entry import REQUIRED, Fields, LayerType, Rate, Small, Tensor, Work, same_shape


def _as_it_is(work: Work) -> Tensor:
    """Nothing, outside of training (Srivastava et al. 2014; Keras scales up what is kept in training instead)."""
    return work.x


RATE: Fields = {"rate": (Rate, REQUIRED), "seed": (JsonValue, None)}
SHAPED: Fields = {**RATE, "noise_shape": (JsonValue, None)}

KINDS = (
    *(LayerType(name, same_shape, _as_it_is, SHAPED, random=("rate",)) for name in ("Dropout", "AlphaDropout")),
    *(
        LayerType(
            f"SpatialDropout{rank}D",
            same_shape,
            _as_it_is,
            {**SHAPED, **({"data_format": (JsonValue, None)} if rank > 1 else {})},
            random=("rate",),
        )
        for rank in (1, 2, 3)
    ),
    LayerType("GaussianDropout", same_shape, _as_it_is, RATE, random=("rate",)),
    LayerType(
        "GaussianNoise",
        same_shape,
        _as_it_is,
        {"stddev": (Small, REQUIRED), "seed": (JsonValue, None)},
        random=("stddev",),
    ),
    LayerType(
        "ActivityRegularization",
        same_shape,
        _as_it_is,
        {"l1": (Small, 0.0), "l2": (Small, 0.0), "activity_regularizer": (JsonValue, None)},
    ),
)
