"""The names that an `nbgrader_config.py` may use, such as `autograder.plugins.Execute`. They stay where they are.

| setting | name |
|---|---|
| `c.Autograde.exporter_class` | `SubmissionExporter`: reads a submission as a stranger's file |
| `c.Autograde.sanitize_preprocessors` | `Restore`: gives every cell the role that the gradebook says |
| `c.Autograde.autograde_preprocessors` | `Execute`: student code in a sandbox, tests outside it |
| the same | `SaveGrades`: scores into the gradebook |
| `c.AssignLatePenalties.plugin_class` | `LatePolicy`: per cent a day, grace, days that are free |
| `c.GenerateFeedback.preprocessors` | `HideHidden`: drops what students must not see |
| `c.HTMLExporter.filters` | `safe_markdown`, `highlighted_code`, `coloured`, `raw_text`, `as_it_is` |
| `c.HTMLExporter.extra_template_basedirs` | `page_templates()`: pages without scripts of their own, names escaped |
| `c.CourseDirectory.root` is given to | `keep_private()`: others may not read what is the instructor's |
| `c.ExportApp.plugin_class` | `CsvExport`, `CanvasExport`, `MoodleExport`, `GradescopeExport` |
| `c.ZipCollectApp.extractor_plugin`, `.collector_plugin` | `Extractor`, `Collector` |
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_WHERE = {
    "instructor.collect.plugins": ("Collector", "Extractor"),
    "instructor.export.canvas": ("CanvasExport",),
    "instructor.export.grades_csv": ("CsvExport",),
    "instructor.export.gradescope": ("GradescopeExport",),
    "instructor.export.moodle": ("MoodleExport",),
    "instructor.feedback.filters": ("as_it_is", "coloured", "highlighted_code", "raw_text", "safe_markdown"),
    "nbgrader.steps.execute": ("Execute",),
    "nbgrader.steps.hide": ("HideHidden",),
    "nbgrader.gradebook.lateness": ("LatePolicy",),
    "nbgrader.web.pages": ("page_templates",),
    "nbgrader.private": ("keep_private",),
    "nbgrader.steps.sanitize": ("Restore", "SubmissionExporter"),
    "nbgrader.steps.save": ("SaveGrades",),
}
"""Where each name is defined. An nbgrader command imports what it uses, and that alone: it is started often."""

__all__ = sorted(name for names in _WHERE.values() for name in names)  # noqa: PLE0605  (a list of texts it is)


def __getattr__(name: str) -> Any:
    for module, names in _WHERE.items():
        if name in names:
            return getattr(import_module(f".{module}", __package__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
