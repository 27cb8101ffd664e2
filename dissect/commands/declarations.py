"""The options that say which protocols there are, and what numbers stand for: the same for every command that reads."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

__all__ = ["add_declaration_options", "add_key_option", "declared", "load_named"]


def add_declaration_options(parser: argparse.ArgumentParser, *, short: bool = True) -> None:
    """Declare `--protocols` and `-d`, of which the latter has its long form alone where the letter is taken."""
    group = parser.add_argument_group("protocols")
    group.add_argument(
        "--protocols", dest="protocol_files", metavar="FILE.py", action="append", default=[],
        help="read the protocols that a Python file declares, too (see dissect.declare)",
    )  # fmt: skip
    group.add_argument(
        *(("-d", "--decode-as") if short else ("--decode-as",)),
        dest="decode_as", metavar="LAYER==NUMBER,PROTOCOL", action="append", default=[],
        help="read what a number stands for as another protocol: udp.port==9999,vxlan, tcp.port==8888-8890,data, "
        "ethertype==0x88b5,ip",
    )  # fmt: skip


def add_key_option(parser: argparse.ArgumentParser) -> None:
    """Declare `--tls-keys`."""
    parser.add_argument(
        "--tls-keys", metavar="FILE",
        help="decrypt TLS with the secrets in FILE, which programs write for SSLKEYLOGFILE; those that a pcapng holds "
        "are used in any case",
    )  # fmt: skip


def load_named(arguments: list[str]) -> None:
    """Load the files that `--protocols` names, before options are looked at that name a protocol themselves.

    Raises DissectError for a file that is wrong, OSError for one that cannot be read.
    """
    if not any(argument.startswith("--protocols") for argument in arguments):
        return
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--protocols", action="append", default=[])
    try:
        named = parser.parse_known_args(arguments)[0].protocols
    except argparse.ArgumentError:
        # The option has no value: the command's own parser says so.
        return
    from dissect.declaration.outsiders import load_protocols

    for file in named:
        load_protocols(file)


@contextmanager
def declared(options: argparse.Namespace) -> Iterator[None]:
    """While the command runs, numbers stand for what `-d` says, and TLS is decrypted with the keys of `--tls-keys`.

    Raises DissectError for a rule that cannot be.
    """
    rules = getattr(options, "decode_as", [])
    with ExitStack() as stack:
        if rules:
            from dissect.declaration.decode_as import read_rule

            for rule in rules:
                stack.enter_context(read_rule(rule))
        keys = getattr(options, "tls_keys", None)
        if keys is not None:
            from dissect.wireshark.preferences import preferring

            stack.enter_context(preferring({"tls.keylog_file": keys}))
        yield
