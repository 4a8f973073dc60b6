"""Errors in words: a table from an exception's type and message, and the student's own line, to what it means here.

To explain one more error, add a `Row` to the list where it belongs (`names`, `calls`, `arguments`, `values`, `syntax`,
`keras`, `numpy`, `machine`), and a slip that raises it to tests/corpus/slips.
"""

from .caller import at_call
from .describe import describe_error, explain
from .place import step_of
from .returned import located

__all__ = ["at_call", "describe_error", "explain", "located", "step_of"]
