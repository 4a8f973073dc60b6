"""nbgrader's execution step, made ours."""

from __future__ import annotations

import subprocess
from contextlib import AbstractContextManager
from typing import Any, cast

from nbformat import NotebookNode
from nbgrader.preprocessors import Execute as NbgraderExecute

from ..notebook import is_test


class Execute(NbgraderExecute):
    """Runs a submission's cells as nbgrader does, except that words on stderr never cost a point.

    nbgrader gives a test cell 0 for any text on stderr, and TensorFlow logs there whenever it likes to.
    """

    def setup_kernel(self, **kwargs: Any) -> AbstractContextManager[None]:
        """A kernel's own log goes nowhere: the cells' outputs travel as messages."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return cast(AbstractContextManager[None], super().setup_kernel(**quiet, **kwargs))

    def preprocess(self, nb: NotebookNode, resources: Any, km: Any = None) -> tuple[NotebookNode, Any]:
        nb, resources = super().preprocess(nb, resources, km)
        for cell in nb.cells:
            if cell.cell_type == "code" and is_test(cell):
                cell.outputs = [
                    output
                    for output in cell.outputs
                    if not (output.output_type == "stream" and output.name == "stderr")
                ]
        return nb, resources
