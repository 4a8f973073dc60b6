"""What was collected before, and when that was handed in: so that an older download never replaces a newer one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.utils import parse_utc
from pydantic import BaseModel, ConfigDict, ValidationError

from ...base.course import Course
from ...base.files import write_whole
from ...nbgrader.steps.staging import TIMESTAMP
from .sort import Moment


class Receipt(BaseModel):
    """What was put into a student's place: the digest of its files, and when they were handed in.

    `sent_as` is what the platform wrote before the student's own file name, by notebook.
    """

    model_config = ConfigDict(frozen=True)

    digest: str
    when: datetime | None = None
    order: int = 0
    modified: float = 0.0
    sent_as: Mapping[str, str] = {}

    @property
    def moment(self) -> Moment:
        return Moment(self.when, self.order, self.modified)


class Receipts:
    """The receipts of an assignment, one a student, in the course's .autograder/collected/."""

    def __init__(self, course: Course, assignment: str) -> None:
        self._folder = course.results.with_name("collected") / assignment

    def moment(self, student: str, place: Path, digest: str) -> Moment:
        """When what lies in a student's place was handed in, as far as that is known.

        A receipt speaks of the files that it was written for; of others, the time that lies with them.
        """
        known = self._read(student)
        if known is not None and known.digest == digest:
            return known.moment
        return Moment(time_in(place))

    def sent_as(self, student: str) -> Mapping[str, str]:
        """As what the platform that it was collected from knows the student's notebooks; empty where none does."""
        known = self._read(student)
        return known.sent_as if known else {}

    def write(self, student: str, digest: str, moment: Moment, sent_as: Mapping[str, str]) -> None:
        """Raises OSError."""
        receipt = Receipt(
            digest=digest, when=moment.when, order=moment.order, modified=moment.modified, sent_as=sent_as
        )
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(self._path(student), receipt.model_dump_json(), private=True, durable=False)

    def _read(self, student: str) -> Receipt | None:
        try:
            return Receipt.model_validate_json(self._path(student).read_bytes())
        except (OSError, ValidationError):
            return None

    def _path(self, student: str) -> Path:
        return self._folder / f"{hashlib.sha256(student.encode('utf-8', 'surrogateescape')).hexdigest()}.json"


def digest_of(folder: Path) -> str:
    """Changes whenever a file in the folder does, but for the time of handing in. Raises OSError."""
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / TIMESTAMP):
        with path.open("rb") as file:
            one = hashlib.file_digest(file, "sha256").hexdigest()
        whole.update(f"{path.relative_to(folder)}\0{one}\n".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def time_in(folder: Path) -> datetime | None:
    """The time of handing in that lies in a student's folder (UTC, without saying so), None where there is none."""
    try:
        found: datetime = parse_utc((folder / TIMESTAMP).read_text().strip())
    except Exception:  # dateutil raises what it likes
        return None
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
