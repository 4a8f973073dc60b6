"""`nbgrader zip_collect` by the rules of `autograder collect`; nbgrader_config.py names these classes.

It goes from downloaded/ASSIGNMENT/archive/ to submitted/. The extractor does the work and leaves one folder a student
for the collector to read, because zip_collect asks about one file at a time and gives up on a second submission.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from nbgrader.plugins.zipcollect import ExtractorPlugin, FileNameCollectorPlugin

from ...base.course import find_course
from ...base.plain import plain
from .collect import sorted_out, write_work


class Extractor(ExtractorPlugin):
    """Unpacks and sorts what lies in archive/ into extracted/STUDENT/, and logs what is left out."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Fill the folder `extracted_path`, which is empty, from the folder `archive_path`."""
        archive = Path(archive_path)
        with sorted_out(find_course(archive), archive, archive.parent.name) as found:
            for sentence in (*found.left_out, *found.notes):
                self.log.warning("%s", plain(sentence))
            for work in found.students:
                write_work(work, Path(extracted_path) / work.student)


class Collector(FileNameCollectorPlugin):
    """Reads the student and the file from a path that `Extractor` has made."""

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """The "groupdict" that nbgrader asks for: the student's id, and the file's path in their folder."""
        app: Any = self.parent
        place = app.collect_directory_structure.format(
            downloaded=app.downloaded_directory,
            assignment_id=app.coursedir.assignment_id,
            collect_step=app.extracted_directory,
        )
        # A student may call a folder as that place is called: only the first of the name is it.
        student, *file = Path(submitted_file).relative_to(Path(app.coursedir.root, place)).parts
        return {"student_id": student, "file_id": str(PurePosixPath(*file))} if file else None
