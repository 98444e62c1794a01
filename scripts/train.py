"""The same as `coopclaims train`, for use with `accelerate launch`."""

import sys

from coopclaims.cli import main

if __name__ == "__main__":
    sys.exit(main(["train", *sys.argv[1:]]))
