"""What keeps an overview from being made."""

from __future__ import annotations


class OverviewError(Exception):
    """There is nothing to give an overview of, or nowhere to write it; the message says what to do."""
