"""Formgrader's handlers, with what they must not do taken away, so that nothing that was handed in can act in them.

Each handler here is one of nbgrader's, changed:

- `?path=FOLDER` is refused, since nbgrader would run that folder's nbgrader_config.py in the server's own process;
- handed-in files go out as downloads, sandboxed, and from the submission's own folder alone;
- a submission's page is made with this kit's filters and templates, and its scripts are only those that bear the
  number of this one answer, so that no text of a student's can become one;
- points that a person gives are followed by what handing in late costs of them;
- on the other pages every value is escaped, and data, with names from a roster in it, does not go out as HTML.

One address is new: IN_LAB.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader import apihandlers, handlers
from tornado import web
from traitlets.config import Config

from ..gradebook.lateness import refresh
from .pages import FILTERS, page_templates

NOT_BY_ADDRESS = (
    "Formgrader is not moved to another folder by an address: that would run the folder's nbgrader_config.py. "
    "Start it in the course's folder: autograder --course FOLDER formgrader"
)
IN_LAB = "/formgrader-in-lab"
"""Leads to JupyterLab with Formgrader open, which the server's own words for its address can't: they put the token
behind the question that nbgrader's part of JupyterLab listens for, as a second one."""
SCRIPTLESS = "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:"
ON_A_SUBMISSION = (
    f"{SCRIPTLESS}; script-src 'nonce-{{nonce}}'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "object-src 'none'; frame-src 'none'"
)
"""What the page of a submission may do: run nbgrader's scripts, and ask this server to save a grade."""


class _Guarded:
    """What is different in every handler of Formgrader's pages. It stands before nbgrader's class."""

    settings: dict[str, Any]
    policy = ""
    """Further words of the answer's Content-Security-Policy."""

    @property
    def content_security_policy(self) -> str:
        """JupyterHandler asks for it when it begins an answer."""
        given = super().content_security_policy  # type: ignore[misc]
        return "; ".join(filter(None, (given, self.policy)))

    def render(self, name: str, **values: Any) -> str:
        """As nbgrader renders its templates, with every value escaped: parts of addresses are among them."""
        templates = self.settings.setdefault(
            "autograder_templates", Environment(loader=FileSystemLoader([handlers.template_path]), autoescape=True)
        )
        return str(templates.get_template(name).render(**values))


class Formgrader(_Guarded, handlers.FormgraderHandler):
    """The address that nbgrader moves to another folder by."""

    def prepare(self) -> Any:
        if "path" in self.request.arguments:
            raise web.HTTPError(403, reason="path is refused", log_message=NOT_BY_ADDRESS)
        return super().prepare()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        if status_code != 403 or "path" not in self.request.arguments:
            super().write_error(status_code, **kwargs)
            return
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(NOT_BY_ADDRESS)


class InLab(JupyterHandler):
    """See IN_LAB."""

    @web.authenticated
    def get(self) -> None:
        """Whoever comes with the token has a cookie from here on."""
        self.redirect(url_path_join(self.base_url, "lab") + "?formgrader=true")


class Submission(_Guarded, handlers.SubmissionHandler):
    """A submission's page."""

    @cached_property
    def nonce(self) -> str:
        """What a script has to bear in this answer to be run."""
        return secrets.token_urlsafe(16)

    @property
    def policy(self) -> str:  # type: ignore[override]
        return ON_A_SUBMISSION.format(nonce=self.nonce)

    @property
    def exporter(self) -> _Page:
        """What nbgrader's handler makes the page with."""
        if "autograder_exporter" not in self.settings:  # nbgrader has read the course's configuration by now
            self.settings["autograder_exporter"] = _exporter(self.settings["nbgrader_formgrader"].config)
        return _Page(self.settings["autograder_exporter"], self.nonce)


@dataclass(frozen=True, slots=True)
class _Page:
    """Makes one submission's page, whose scripts bear the nonce."""

    made_by: HTMLExporter
    nonce: str

    def from_filename(self, filename: str, resources: dict[str, Any]) -> tuple[str, Any]:
        """As HTMLExporter does."""
        page, found = self.made_by.from_filename(filename, resources={**resources, "autograder_nonce": self.nonce})
        return str(page), found


def _exporter(config: Config) -> HTMLExporter:
    """One with this kit's templates and filters, whatever the course's configuration names."""
    ours = Config()
    ours.HTMLExporter.filters = dict(FILTERS)
    ours.HTMLExporter.extra_template_basedirs = page_templates()
    ours.HTMLExporter.template_name = "formgrade"
    merged = Config()
    merged.merge(config)
    merged.merge(ours)
    return HTMLExporter(config=merged)  # type: ignore[no-untyped-call]


class _Data(_Guarded):
    """What is different in every handler that answers with data, which nbgrader's scripts read as text."""

    policy = "default-src 'none'; sandbox"

    def set_default_headers(self) -> None:
        super().set_default_headers()  # type: ignore[misc]
        self.set_header("Content-Type", "text/plain; charset=UTF-8")  # type: ignore[attr-defined]


class SubmittedFile(_Guarded, handlers.SubmissionFilesHandler):
    """A file beside a submission's notebook: a download, which no browser runs as a page of this server's."""

    policy = "default-src 'none'; sandbox"

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Content-Disposition", "attachment")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")

    def parse_url_path(self, url_path: str) -> str:
        """The file below the course's folder. Answers 404 for what lies outside the submission's own."""
        _, _, inside = url_path.lstrip("/").partition("/")
        if Path(inside).is_absolute() or ".." in Path(inside).parts:
            raise web.HTTPError(404)
        return str(super().parse_url_path(url_path))


class Grade(_Data, apihandlers.GradeHandler):
    """Points by hand, of which handing in late costs a part at once."""

    def put(self, grade_id: str) -> None:
        super().put(grade_id)
        found = self.gradebook.find_grade_by_id(grade_id)
        refresh(self.gradebook, found.assignment.name, found.student.id)


OURS = {
    apihandlers.GradeHandler: Grade,
    handlers.FormgraderHandler: Formgrader,
    handlers.SubmissionHandler: Submission,
    handlers.SubmissionFilesHandler: SubmittedFile,
}


def guarded() -> Iterator[tuple[Any, ...]]:
    """Formgrader's addresses, each with nbgrader's handler made safe."""
    yield IN_LAB, InLab
    for pattern, handler, *options in (*handlers.default_handlers, *apihandlers.default_handlers):
        yield pattern, _guarded(handler), *options


def _guarded(handler: type) -> type:
    if not issubclass(handler, handlers.BaseHandler):  # nbgrader's own scripts and fonts
        return handler
    before = _Data if issubclass(handler, apihandlers.BaseApiHandler) else _Guarded
    return OURS.get(handler) or type(f"Guarded{handler.__name__}", (before, handler), {})
