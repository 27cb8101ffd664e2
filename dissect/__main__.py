"""`python -m dissect` is `dissect`."""

import sys

from dissect.commands.main import run

if __name__ == "__main__":
    sys.exit(run())
