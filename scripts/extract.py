"""The same as `coopclaims extract`."""

import sys

from coopclaims.cli import main

if __name__ == "__main__":
    sys.exit(main(["extract", *sys.argv[1:]]))
