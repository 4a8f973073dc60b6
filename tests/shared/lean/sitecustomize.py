"""Python processes that tests start import this first: stock nbgrader's commands then start in half the time.

See autograder/base/lean_imports.py, which does so for the kit's own commands.
"""

import sys

sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # what can't be imported
