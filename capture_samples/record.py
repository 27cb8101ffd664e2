#!/usr/bin/env python3
"""Records the capture samples, each by name: `record.py first_ping`, `record.py --all`, `record.py --list`."""

import sys

from recorder.command_line import run

sys.exit(run())
