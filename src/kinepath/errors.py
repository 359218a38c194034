"""The errors that kinepath raises on purpose."""


class KinepathError(Exception):
    """Something about the input, named so that its owner can mend it.

    The message is one line that names the clip or file and the cause. Scripts print it without a
    traceback; anything else that is raised is a defect of the program.
    """
