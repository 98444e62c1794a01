"""The one error that a user can cause."""


class UserError(Exception):
    """Something the user can mend: bad input, bad configuration, bad use.

    Its message is one line that names the file (and line or record, where there is one) and says what to do.
    The command line prints it without a traceback and exits with code 2.
    """
