"""The error that a user can cause, and the end that a signal asks for."""


class UserError(Exception):
    """Something the user can mend: bad input, bad configuration, bad use.

    Its message is one line that names the file (and line or record, where there is one) and says what to do.
    The command line prints it without a traceback and exits with code 2.
    """


def first_line(error: BaseException) -> str:
    """The first line of what an error says, or its type where it says nothing: for a message of one line."""
    return str(error).strip().partition("\n")[0] or type(error).__name__


class Terminated(BaseException):
    """SIGTERM arrived; the command line exits with code 143."""
