"""Write docs/reference/layers.md, the list of layers and operations that an exercise may use, from the table itself.

python tools/layer_table.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from autograder.graph.layers import (
    FOREIGN,
    OPERATIONS,
    activations,
    attention,
    convolutions,
    dense,
    merging,
    noise,
    normalizations,
    operations,
    pooling,
    recurrent,
    shaping,
)
from autograder.graph.layers.activations import ACTIVATIONS, AS_LAYERS
from autograder.graph.layers.entry import NOT_KEPT, REQUIRED, LayerType

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "layers.md"

TITLES: tuple[tuple[str, ModuleType], ...] = (
    ("Convolutions", convolutions),
    ("Poolings", pooling),
    ("Size, border, form and order", shaping),
    ("Dense layers and embeddings", dense),
    ("Normalizations", normalizations),
    ("Where tensors meet", merging),
    ("Attention", attention),
    ("Recurrent layers", recurrent),
    ("In training alone", noise),
)

BEFORE = """# Layers that an exercise may use

A block or a model is read as data, layer by layer, and computed a second time in NumPy float64, independently of
TensorFlow. Both need to know the layer: this page lists those that are known. It is made from the table
(`autograder/graph/layers`) by `python tools/layer_table.py`; a test keeps it in step.

Any number of axes, several inputs and outputs, shared layers, and models within models are fine. One layer that is
called twice is told from two layers: the finding's setting is `shared`. What isn't listed is refused by its name, as
are layers, activations, initializers and dtypes of one's own. `autograder build` names all that is refused at once.

Of settings in **bold** the table has no default: Keras writes them down. Of an array that is drawn (`kernel`,
`recurrent_kernel`, `embeddings`, ...) the initializer and its seed count even where they are Keras's default.
Regularizers and constraints count where they are given. `data_format="channels_first"` and other dtypes than float32
are read and compared, and not computed.
"""


def page() -> str:
    """The page as it should be."""
    parts = [BEFORE]
    for title, module in TITLES:
        parts += [f"## {title}\n", *_table(module.KINDS)]
    layers = [entry for entry in activations.KINDS if entry.name in AS_LAYERS]
    names = ", ".join(f"`{name}`" for name in ACTIVATIONS)
    parts += [
        "## Activations\n",
        f"By name, as `activation=`, in `Activation(...)` or as a function of `keras.activations`: {names}.\n",
        "`sparsemax` is read and not computed. As layers:\n",
        *_table(layers),
        "## Others\n",
        "`Identity` is left out. `TimeDistributed` takes a layer of those above, `Bidirectional` apart. `Sequential`",
        "and functional models are read as if their layers stood in the outer one.\n",
        "Named in a finding, their settings not read, and never computed:",
        ", ".join(f"`{name}`" for name in sorted(FOREIGN)) + ".\n",
        "## Operations of `keras.ops`\n",
        "By their classes, as Keras writes them down; `a + b`, `a @ b`, `x[:, 0]`, `-x` are among them:\n",
        ", ".join(f"`{name}`" for name in sorted({*_operations()})) + ".\n",
        "An array that NumPy or `keras.ops` has made is a `Constant` with its numbers, at most 65,536 of them. One of",
        "the outputs of a layer that has several is a `Part`; all outputs of a model that has several are `Outputs`.\n",
        "## Add a layer\n",
        "One entry in one of the modules: what Keras writes down of it (`fields`), the shape rule with the weights and",
        "what the layer costs (`plan`), and the computation (`forward`). `tests/graph/test_layers.py` holds each entry",
        "against Keras on drawn settings and sizes: say there how it is made.\n",
    ]
    return "\n".join(parts)


def _operations() -> Iterator[str]:
    shown = {new: old for old, new in operations.SPELLED.items() if new not in OPERATIONS}
    for name in OPERATIONS:
        yield shown.get(name, name)


def _table(entries: tuple[LayerType, ...] | list[LayerType]) -> Iterator[str]:
    yield "| layer | settings | not computed |\n|---|---|---|"
    for entry in entries:
        yield f"| `{entry.name}` | {', '.join(_settings(entry))} | {_limits(entry)} |"
    yield ""


def _settings(entry: LayerType) -> Iterator[str]:
    for name, (_, default) in {**entry.fields, **{k: (None, v) for k, v in entry.of_call.items()}}.items():
        if name in NOT_KEPT or name.endswith(("_regularizer", "_constraint")):
            continue
        if name.endswith("_initializer"):
            yield f"`{name}`"
        else:
            yield f"**`{name}`**" if default is REQUIRED else f"`{name}={default!r}`"


def _limits(entry: LayerType) -> str:
    return ", ".join([*(f"`{name}` in training" for name in entry.random), *filter(None, [entry.limits])])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
