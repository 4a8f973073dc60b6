"""A small instructor's notebook with the exercise train_signs, as the course's own has it, without its lesson."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

SETUP = """\
# language: {language}
import keras
from keras.layers import (Input, Conv2D, BatchNormalization, Activation, MaxPooling2D, GlobalAveragePooling2D,
                          Dense, Dropout, Rescaling)
from keras.models import Model
from keras.initializers import glorot_uniform
from autograder import check, grade, hint
from autograder import signs

identity_block, convolutional_block = signs.own_blocks()
"""

SOLUTION = """\
def small_resnet(input_shape=(64, 64, 3), classes=6):
    ### BEGIN SOLUTION
    X_input = Input(input_shape)
    X = Rescaling(1 / 127.5, offset=-1)(X_input)
    X = Conv2D(24, (5, 5), strides=(2, 2), padding="same", name="conv1", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name="bn_conv1")(X)
    X = Activation("relu")(X)
    X = MaxPooling2D((2, 2))(X)
    X = convolutional_block(X, f=3, filters=[24, 24, 48], stage=2, block="a", s=1)
    X = convolutional_block(X, f=3, filters=[48, 48, 96], stage=3, block="a", s=2)
    X = identity_block(X, 3, [48, 48, 96], stage=3, block="b")
    X = convolutional_block(X, f=3, filters=[64, 64, 128], stage=4, block="a", s=2)
    X = identity_block(X, 3, [64, 64, 128], stage=4, block="b")
    X = GlobalAveragePooling2D()(X)
    X = Dense(classes, activation="softmax", name="fc" + str(classes), kernel_initializer=glorot_uniform(seed=0))(X)
    return Model(inputs=X_input, outputs=X)
    ### END SOLUTION
"""

TRAIN = """\
data = signs.load()
history = signs.train(small_resnet(), data)
"""

TEST = """\
check(small_resnet)
### BEGIN HIDDEN TESTS
grade(small_resnet)
### END HIDDEN TESTS
"""


def _marks(grade_id: str, **roles: object) -> dict[str, object]:
    given = {
        "grade_id": grade_id,
        "schema_version": 3,
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
    }
    return {"nbgrader": given | roles}


def signs_notebook(solution: str = SOLUTION, language: str = "en") -> NotebookNode:
    """The instructor's version."""
    node = new_notebook(
        cells=[
            new_code_cell(SETUP.format(language=language), metadata=_marks("setup", locked=True)),
            new_code_cell(solution, metadata=_marks("train_signs", solution=True)),
            new_code_cell(TRAIN, metadata={"tags": ["skip-execution"]}),
            new_code_cell(TEST, metadata=_marks("test_train_signs", grade=True, locked=True, points=10)),
        ]
    )
    node.metadata["autograder"] = {"language": language}
    node.metadata["kernelspec"] = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return node


def write(node: NotebookNode, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(node, path)
    return path
