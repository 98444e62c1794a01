"""The same as `coopclaims evaluate`."""

import sys

from coopclaims.cli import main

if __name__ == "__main__":
    sys.exit(main(["evaluate", *sys.argv[1:]]))
