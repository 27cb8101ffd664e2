"""dissect repl: the names are there, and what comes through a pipe is run."""

from __future__ import annotations

import builtins
import subprocess
from collections.abc import Callable, Iterator

import pytest

from dissect.commands import repl
from tests.commands.conftest import Outcome

Run = Callable[..., Outcome]
Program = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.mark.parametrize(
    ("code", "status", "output"),
    [
        ("print(IPv4(ttl=3))", 0, b"IPv4(ttl=3)\n"),
        ("frame = Ethernet() / ARP()\nprint(len(frame))", 0, b"42\n"),
        (
            "def double(n):\n    return 2 * n\n\nprint(double(4), dissect.parse(b'x' * 14).type == 0x7878)",
            0,
            b"8 True\n",
        ),
        ("raise SystemExit(3)", 3, b""),
        ("", 0, b""),
    ],
)
def test_what_comes_through_a_pipe_is_run(program: Program, code: str, status: int, output: bytes) -> None:
    done = program("repl", stdin=code.encode())
    assert (done.returncode, done.stdout, done.stderr) == (status, output, b"")


def test_code_as_an_argument(run: Run) -> None:
    assert run("repl", "-c", "print(TCP(flags='SA').flags)") == (0, "SA\n", "")


@pytest.mark.parametrize(("code", "last"), [("1/0", "ZeroDivisionError"), ("print(", "SyntaxError")])
def test_a_mistake_shows_where_in_the_users_code(run: Run, code: str, last: str) -> None:
    status, output, errors = run("repl", "-c", code)
    assert (status, output) == (1, "")
    assert errors.splitlines()[-1].startswith(last)
    assert "repl.py" not in errors


def test_a_misspelt_field_that_is_assigned_to_is_told_with_the_one_that_is_meant(run: Run) -> None:
    status, _, errors = run("repl", "-c", "header = IPv4()\nheader.tll = 3")
    assert status == 1
    assert errors.splitlines()[-1].endswith("did you mean 'ttl'?")


def test_every_name_is_public() -> None:
    known = repl.names()
    assert {"dissect", "Ethernet", "parse", "read", "write"} <= set(known)
    assert not [name for name in known if name.startswith("_")]


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[str, str]]:
    """Type lines at the prompt that there is without IPython, and return what it shows."""
    answers: Iterator[str] = iter(())

    def missing(name: str) -> object:
        raise ImportError(name)

    def typed(prompt: str = "") -> str:
        try:
            return next(answers)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr(repl, "import_module", missing)
    monkeypatch.setattr(builtins, "input", typed)

    def shown(*lines: str) -> tuple[str, str]:
        nonlocal answers
        answers = iter(lines)
        assert repl._converse() == 0
        return capsys.readouterr()

    return shown


def test_an_error_at_the_plain_prompt_is_shown_alone(plain: Callable[..., tuple[str, str]]) -> None:
    _, errors = plain("1/0")
    assert errors.endswith("ZeroDivisionError: division by zero\n\n") or "ZeroDivisionError" in errors
    assert "ImportError" not in errors
    _, errors = plain("IPv4(ttl=300)", "(Ethernet() / IPv4()).ttl", "parse(")
    assert "IPv4.ttl is 300, expected" in errors
    assert "write [IPv4].ttl" in errors
    assert "record.py" not in errors
    assert "chain.py" not in errors


def test_a_refusal_in_a_program_shows_the_users_lines_alone(run: Run) -> None:
    _, _, errors = run("repl", "-c", "def made():\n    return IPv4(ttl=300)\nmade()")
    assert [line.split(",")[0] for line in errors.splitlines() if "File" in line] == ['  File "<-c>"'] * 2


def test_the_plain_prompt_where_ipython_is_missing(plain: Callable[..., tuple[str, str]]) -> None:
    output, errors = plain("frame = Ethernet()", "print(frame)")
    assert output == "Ethernet()\n"
    assert errors.startswith(repl.GREETING)
    assert repl.GREETING.count("\n") == 3
