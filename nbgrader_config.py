"""nbgrader's configuration: its own commands and Formgrader's buttons then grade through this kit."""

from autograder.plugins import keep_private, page_templates

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "residual-networks"
c.CourseDirectory.root = __import__("os").path.dirname(__import__("os").path.abspath(__file__))
keep_private(c.CourseDirectory.root)  # gradebook, submissions and logs, where others use the machine, too

# Where students work on this very machine, hand out and collect through nbgrader's exchange (docs/guides/hubs.md): a
# folder that everybody may write to, and students' own nbgrader_config.py needs these two lines with the same words.
# c.CourseDirectory.course_id = "residual-networks"
# c.Exchange.root = "/srv/nbgrader/exchange"

# What an assignment's own exercises are defined in, and the wrong answers they are proven with: no student's business.
c.CourseDirectory.ignore.extend(["exercises.py", "mistakes.py"])

# One stub for both languages: nbgrader has one for each programming language.
c.ClearSolutions.code_stub = {
    "python": "# YOUR CODE HERE (在这里写你的代码)\nraise NotImplementedError()",
}

c.ClearSolutions.text_stub = "YOUR ANSWER HERE (在这里写你的答案)"

# Student code runs in a sandbox, test cells outside it; docs/design/security.md says what that protects. Limits are
# settings of SandboxProvisioner; what can be set is listed by `jupyter kernelspec provisioners` and in that page.
c.Execute.timeout = 180

# A submission is read as a stranger's file, and its cells get the roles that the gradebook says.
c.Autograde.exporter_class = "autograder.plugins.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "autograder.plugins.Restore",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "autograder.plugins.Execute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbgrader.preprocessors.LimitOutput",
    "autograder.plugins.SaveGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# What handing in late costs: nothing, unless you say so. Extensions for single students stand in extensions.csv.
c.AssignLatePenalties.plugin_class = "autograder.plugins.LatePolicy"
# c.LatePolicy.percent_a_day = 10  # of the points, for each day begun
# c.LatePolicy.grace_minutes = 15
# c.LatePolicy.free_days = 0
# c.LatePolicy.at_most_percent = 50
c.LimitOutput.max_lines = 2000
c.LimitOutput.max_traceback = 30

# Hidden tests' source and values stay with the instructor; their reports go out. No page runs what a student wrote.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "autograder.plugins.HideHidden",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
c.HTMLExporter.filters = {
    "markdown2html": "autograder.plugins.safe_markdown",
    "highlight_code": "autograder.plugins.highlighted_code",
    "ansi2html": "autograder.plugins.coloured",
    "clean_html": "autograder.plugins.raw_text",
    "strip_files_prefix": "autograder.plugins.as_it_is",
}
c.HTMLExporter.extra_template_basedirs = page_templates()

# A score that could not be computed is exported as empty, not as 0.
c.ExportApp.plugin_class = "autograder.plugins.CsvExport"

# `nbgrader zip_collect` sorts downloads from learning platforms as `autograder collect` does.
c.ZipCollectApp.extractor_plugin = "autograder.plugins.Extractor"
c.ZipCollectApp.collector_plugin = "autograder.plugins.Collector"
