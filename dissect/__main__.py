"""`python -m dissect` is `dissect`."""

import sys

from dissect.commands.main import main

if __name__ == "__main__":
    sys.exit(main())
