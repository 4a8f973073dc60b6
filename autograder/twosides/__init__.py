"""Student code there, test cells here: a submission's cells run in a kernel that is not trusted, and only plain data
comes back. docs/security.md says what that protects and what not.
"""
