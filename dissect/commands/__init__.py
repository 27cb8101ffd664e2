"""The command line: a module per sub-command, with `add_parser(subparsers)` and `run(options) -> int`.

The first line of a module's docstring is what `dissect --help` says about it.
"""
