"""What a fresh installation is to do: `python -I smoke.py VERSION [EXTRA...]`, away from the sources.

It imports nothing but what was installed, and ends with a traceback at the first thing that is not so.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

SAMPLE = "capture_samples/first_ping.pcap"
TYPED = """\
from dissect import IPv4, LLDPSystemName, Packet, QUICInitial, read

packets: list[Packet] = list(read("capture.pcap"))
ttl: int = IPv4(dst="10.0.0.2").ttl
declared: list[type] = [LLDPSystemName, QUICInitial]
"""
WRONG = 'from dissect import IPv4, IPv44\n\nttl: str = IPv4(dst="10.0.0.2").ttl\nIPv4(tttl=3)\n'
PLUGIN = """\
from dissect import Ethernet, IPv4
from dissect.testing import expect

def test_golden(capture_snapshot):
    assert [Ethernet() / IPv4(dst="10.0.0.2")] == capture_snapshot

def test_expectation():
    expect([Ethernet() / IPv4(dst="10.0.0.2")], "ip.ttl == 64", count=1)
"""


def run(*words: str, status: int = 0) -> str:
    """Return what a program of the environment prints."""
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == status, (words, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout + done.stderr


def dissect(*words: str, status: int = 0) -> str:
    """Return what the installed program prints."""
    scripts = Path(sysconfig.get_path("scripts"))
    return run(str(scripts / "dissect"), *words, status=status)


def pip(*packages: str) -> None:
    """Install what the next step takes beside the package itself."""
    run(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages)


def installed_alone() -> set[str]:
    """Return the names of the distributions that are there."""
    from importlib.metadata import distributions

    return {each.metadata["Name"].lower() for each in distributions()}


def commands() -> list[str]:
    """Return the sub-commands that the help names."""
    listed = dissect("--help").partition("COMMAND\n")[2].partition("\n\n")[0]
    return [line.split()[0] for line in listed.splitlines() if line.startswith("    ") and line[4] != " "]


def try_program(version: str) -> None:
    """Try the command line: reading, a line at the prompt, the help and the manual page of each command."""
    assert dissect("--version").strip() == f"dissect {version}"
    assert "Who has 10.0.0.2? Tell 10.0.0.1" in dissect("read", SAMPLE)
    assert dissect("read", SAMPLE, "-Y", "icmp.type == 8", "-T", "fields", "-e", "icmp.seq").split() == ["1", "2", "3"]
    assert dissect("repl", "-c", "print(IPv4(ttl=3).ttl)").strip() == "3"
    assert "did you mean" in dissect("read", SAMPLE, "-Y", "ip.tttl == 3", status=2)
    dissect("write", SAMPLE, "some.pcapng", "-p", "1-2")
    assert "2" in dissect("info", "some.pcapng")
    named = commands()
    assert {"read", "write", "repl"} <= set(named), named
    manual = Path(sysconfig.get_path("data")) / "share" / "man" / "man1"
    for command in named:
        assert f"dissect {command}" in dissect(command, "--help")
        assert (manual / f"dissect-{command}.1").stat().st_size > 500
    assert version in (manual / "dissect.1").read_text(encoding="utf-8")


def try_library(version: str) -> None:
    """Try the package in Python, and its metadata."""
    from importlib.metadata import entry_points, metadata
    from importlib.metadata import version as stated

    import dissect as package

    assert "site-packages" in str(package.__file__)
    assert stated("dissect-workbench") == version
    told = metadata("dissect-workbench")
    assert told["License-Expression"] == "MIT"
    assert told["Requires-Python"] == ">=3.11"
    assert told["Description-Content-Type"] == "text/markdown"
    assert "dissect.testing" in {each.value for each in entry_points(group="pytest11")}
    frame = package.Ethernet() / package.IPv4(dst="10.0.0.2") / package.UDP(dport=5300) / b"question"
    assert package.parse(bytes(frame)) == frame
    assert len(list(package.read(SAMPLE))) == 8


def try_types() -> None:
    """Have mypy check programs of somebody else: it sees the package's types, and what is wrong with one program."""
    pip("mypy")
    Path("typed.py").write_text(TYPED, encoding="utf-8")
    Path("wrong.py").write_text(WRONG, encoding="utf-8")
    mypy = (sys.executable, "-m", "mypy", "--strict", "--no-incremental")
    assert "Success" in run(*mypy, "typed.py")
    said = run(*mypy, "wrong.py", status=1)
    assert 'variable has type "str"' in said, said
    assert "tttl" in said, said
    assert "IPv44" in said, said


def try_plugin() -> None:
    """Have pytest find the plugin, and make and hold a golden."""
    pip("pytest")
    Path("test_plugin.py").write_text(PLUGIN, encoding="utf-8")
    pytest = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_plugin.py")
    assert "1 failed, 1 passed" in run(*pytest, status=1)
    assert "created" in run(*pytest, "--capture-update")
    assert "2 passed" in run(*pytest)


def try_missing_extras() -> None:
    """What takes an extra that is not there says which, in one sentence."""
    said = dissect("sql", f"select count(*) from '{SAMPLE}'", status=2)
    assert "dissect-workbench[" in said, said
    assert len(said.strip().splitlines()) == 1, said


def try_extras(extras: set[str]) -> None:
    """Try a thing that takes each extra; AssertionError for an extra that has none here."""
    import dissect as package

    tried = set()
    if {"tables", "queries"} <= extras:
        assert package.read_table(SAMPLE, ["ip.src", "frame.len"]).num_rows == 8
        assert package.sql(f"select count(*) from '{SAMPLE}'").fetchall() == [(8,)]
        dissect("table", SAMPLE, "-e", "ip.src", "-o", "rows.parquet")
        tried |= {"tables", "queries"}
    if "compression" in extras:
        for ending in ("zst", "lz4"):
            package.write(f"packed.pcap.{ending}", list(package.read(SAMPLE)))
            assert len(list(package.read(f"packed.pcap.{ending}"))) == 8
        tried.add("compression")
    if "notebooks" in extras:
        import IPython

        assert IPython.version_info
        assert package.packet_sizes(SAMPLE).axes
        tried.add("notebooks")
    if "spark" in extras:
        from dissect.doors.spark import DissectSource

        assert DissectSource.name() == "dissect"
        tried.add("spark")
    if "tls" in extras:
        import cryptography

        assert cryptography.__version__
        tried.add("tls")
    if "terminal" in extras:
        import dissect.terminal.app as app

        assert app.__doc__
        tried.add("terminal")
    assert tried == extras, f"smoke.py tries nothing of {extras - tried}"


def main() -> None:
    """Try it all."""
    version, *extras = sys.argv[1:]
    if extras:
        try_extras(set(extras))
    else:
        heavy = installed_alone() & {"numpy", "pyarrow", "matplotlib", "duckdb", "cryptography", "textual"}
        assert not heavy, heavy
        try_missing_extras()
    try_program(version)
    try_library(version)
    if not extras:
        try_types()
        try_plugin()
    print(f"dissect {version} works, {'with ' + ', '.join(extras) if extras else 'without extras'}")


if __name__ == "__main__":
    main()
