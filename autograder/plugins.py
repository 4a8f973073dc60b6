"""The names that an `nbgrader_config.py` may use, such as `autograder.plugins.Execute`. They stay where they are.

| setting | name |
|---|---|
| `c.Autograde.exporter_class` | `SubmissionExporter`: reads a submission as a stranger's file |
| `c.Autograde.sanitize_preprocessors` | `Restore`: gives every cell the role that the gradebook says |
| `c.Autograde.autograde_preprocessors` | `Execute`: student code in a sandbox, tests outside it |
| the same | `SaveGrades`: scores into the gradebook |
| `c.GenerateFeedback.preprocessors` | `HideHidden`: drops what students must not see |
| `c.HTMLExporter.filters` | `safe_markdown`, `highlighted_code`, `coloured`, `raw_text`, `as_it_is` |
| `c.ExportApp.plugin_class` | `CsvExport`, `CanvasExport`, `MoodleExport`, `GradescopeExport` |
| `c.ZipCollectApp.extractor_plugin`, `.collector_plugin` | `Extractor`, `Collector` |
"""

from __future__ import annotations

from .instructor.collect.plugins import Collector, Extractor
from .instructor.export.canvas import CanvasExport
from .instructor.export.grades_csv import CsvExport
from .instructor.export.gradescope import GradescopeExport
from .instructor.export.moodle import MoodleExport
from .instructor.feedback.filters import as_it_is, coloured, highlighted_code, raw_text, safe_markdown
from .nbgrader.execute import Execute
from .nbgrader.hide import HideHidden
from .nbgrader.sanitize import Restore, SubmissionExporter
from .nbgrader.save import SaveGrades

__all__ = [
    "CanvasExport",
    "Collector",
    "CsvExport",
    "Execute",
    "Extractor",
    "GradescopeExport",
    "HideHidden",
    "MoodleExport",
    "Restore",
    "SaveGrades",
    "SubmissionExporter",
    "as_it_is",
    "coloured",
    "highlighted_code",
    "raw_text",
    "safe_markdown",
]
