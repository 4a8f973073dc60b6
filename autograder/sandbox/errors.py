"""What a caller of the sandbox may have to tell people."""

from ..base.errors import UserError


class SandboxError(Exception):
    """A sandbox that should have worked did not come up."""


class SandboxUnavailable(UserError):
    """This machine can't give the protection asked for; the message says what is missing and what to do."""
