"""Findings and points, rendered as text or HTML, in the reader's language."""

from .record import StepLine
from .report import Report, failed_report, make_report
from .text import render_text

__all__ = ["Report", "StepLine", "failed_report", "make_report", "render_text"]
