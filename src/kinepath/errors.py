"""The errors that kinepath raises on purpose."""

from __future__ import annotations


class KinepathError(Exception):
    """Something about the input, named so that its owner can mend it.

    The message is one line that names the clip or file and the cause. Scripts print it without a
    traceback; anything else that is raised is a defect of the program.

    Parameters
    ----------
    cause : str
        What is wrong and with what.
    remedy : str, optional
        What its owner can do about it. ``str(error)`` is then ``"cause; remedy"``.
    """

    def __init__(self, cause: str = "", *, remedy: str | None = None) -> None:
        super().__init__(cause if remedy is None else f"{cause}; {remedy}")
        self.cause = cause
        self.remedy = remedy
