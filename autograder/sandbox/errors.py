"""What a caller of the sandbox may have to tell people."""


class SandboxError(Exception):
    """A sandbox that should have worked did not come up."""


class SandboxUnavailable(Exception):
    """This machine can't give the protection asked for; the message says what is missing and what to do."""
