"""nbgrader's configuration: its own commands and Formgrader's buttons then grade through this kit."""

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "residual-networks"
c.CourseDirectory.root = __import__("os").path.dirname(__import__("os").path.abspath(__file__))

# One stub for both languages: nbgrader has one for each programming language.
c.ClearSolutions.code_stub = {
    "python": "# YOUR CODE HERE (在这里写你的代码)\nraise NotImplementedError()",
}

# ResNet-50 is built several times in one test cell.
c.ExecutePreprocessor.timeout = 180
c.Execute.timeout = 180

c.Autograde.autograde_preprocessors = [
    "autograder.instructor.execute.Execute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.LimitOutput.max_lines = 2000
c.LimitOutput.max_traceback = 30

# Hidden tests' source stays with the instructor; their reports go out.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
