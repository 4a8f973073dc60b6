"""`nbgrader zip_collect` by the rules of `autograder collect`; nbgrader_config.py names these classes.

It goes from downloaded/ASSIGNMENT/archive/ to submitted/. The extractor does the work and leaves one folder a student
for the collector to read, because zip_collect asks about one file at a time and gives up on a second submission.
"""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath

from nbgrader.plugins.zipcollect import ExtractorPlugin, FileNameCollectorPlugin

from ...base.course import find_course
from ...nbgrader.staging import TIMESTAMP
from .collect import look_up
from .roster import Roster
from .sort import sort
from .unpack import copy_content, unpack


class Extractor(ExtractorPlugin):
    """Unpacks and sorts what lies in archive/ into extracted/STUDENT/, and logs what is left out."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Fill the folder `extracted_path`, which is empty, from the folder `archive_path`."""
        archive, extracted = Path(archive_path), Path(extracted_path)
        assignment, students = look_up(find_course(archive), archive.parent.name)
        with tempfile.TemporaryDirectory(prefix="collect-") as store:
            unpacked = unpack(archive, Path(store))
            found = sort(unpacked.files, assignment, Roster(students))
            for sentence in (*unpacked.left_out, *found.left_out, *found.notes):
                self.log.warning(sentence)
            for work in found.students:
                for path, file in work.files.items():
                    copy_content(file, extracted / work.student / path)
                if work.when is not None:
                    (extracted / work.student / TIMESTAMP).write_text(f"{work.when:%Y-%m-%d %H:%M:%S} UTC\n")


class Collector(FileNameCollectorPlugin):
    """Reads the student and the file from a path that `Extractor` has made."""

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """The "groupdict" that nbgrader asks for: the student's id, and the file's path in their folder."""
        parts = PurePosixPath(submitted_file).parts
        below = len(parts) - parts[::-1].index("extracted")
        student, *file = parts[below:]
        return {"student_id": student, "file_id": str(PurePosixPath(*file))} if file else None
