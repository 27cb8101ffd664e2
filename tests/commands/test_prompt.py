"""What dissect adds to prompts: run as Python's completer, and in a real IPython shell."""

from __future__ import annotations

import readline
from pathlib import Path
from typing import Any

import pytest

import dissect
from dissect import TCP, Ethernet, IPv4
from dissect.commands.prompt import completer, hint, load_ipython_extension
from dissect.commands.repl import names

SAMPLES = Path(__file__).parents[2] / "capture_samples"


def _error(thing: Any, name: str) -> AttributeError:
    with pytest.raises(AttributeError) as caught:
        getattr(thing, name)
    return caught.value


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ttl", "the IPv4 layer has it: write [IPv4].ttl"),
        ("hexdmp", "did you mean 'hexdump'?"),
        ("widnow", "did you mean [TCP].window?"),
        ("qqqqqq", None),
    ],
)
def test_a_misspelt_attribute_says_what_was_meant(name: str, expected: str | None) -> None:
    assert hint(_error(Ethernet() / IPv4() / TCP(), name)) == expected


def test_so_does_one_that_is_assigned_to() -> None:
    header = IPv4()
    with pytest.raises(AttributeError) as caught:
        header.tll = 3  # type: ignore[attr-defined]  # that is asked
    assert "did you mean 'ttl'?" in str(hint(caught.value))


def test_the_errors_of_others_are_left_alone() -> None:
    assert hint(_error(3, "ttl")) is None


def test_python_completes_fields_and_values(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "frame[IPv4].tt"
    monkeypatch.setattr(readline, "get_line_buffer", lambda: line)
    monkeypatch.setattr(readline, "get_endidx", lambda: len(line))
    complete = completer({**names(), "frame": Ethernet() / IPv4()})
    assert [complete("].tt", state) for state in range(2)] == ["].ttl", None]
    line = "ARP(opcode='rep"
    assert complete("rep", 0) == "reply"
    line = "frame.hexd"
    assert str(complete("frame.hexd", 0)).startswith("frame.hexdump(")


def _offered(shell: Any, typed: str) -> list[str]:
    completer = pytest.importorskip("IPython.core.completer")
    with completer.provisionalcompleter():
        return [completion.text for completion in shell.Completer.completions(typed, len(typed))]


def test_an_ipython_shell_completes_and_hints(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    shells = pytest.importorskip(
        "IPython.core.interactiveshell", reason="IPython is not installed: 'make test' installs it."
    )
    shell = shells.InteractiveShell(user_ns=names(), ipython_dir=str(tmp_path), profile_dir=None)
    try:
        load_ipython_extension(shell)
        shell.run_cell("frame = Ethernet() / IPv4() / TCP()")
        assert "reply" in _offered(shell, "ARP(opcode='rep")
        assert "ttl=" in _offered(shell, "IPv4(tt")
        assert "window" in _offered(shell, "frame[TCP].win")
        shell.run_cell("frame.ttl")
        assert "the IPv4 layer has it: write [IPv4].ttl" in capsys.readouterr().out
        shell.run_cell("TCP(flags='SYN')")
        shown = capsys.readouterr().out
        assert "TCP.flags is 'SYN'" in shown.splitlines()[-1]
        assert "record.py" not in shown
        shell.run_cell("frame[ARP]")
        shown = capsys.readouterr().out
        assert "no ARP here" in shown
        assert "chain.py" not in shown
        shell.run_cell("int('x')")
        assert "invalid literal" in capsys.readouterr().out
        shell.run_cell(f"%dissect read {SAMPLES / 'first_ping.pcap'} -Y 'icmp.type == 8' -c 3")
        assert "Echo (ping) request" in capsys.readouterr().out
        shell.run_cell("%dissect read nowhere.pcap")
        assert capsys.readouterr().err.startswith("dissect: nowhere.pcap: No such file")
        shell.run_cell("%dissect read 'nowhere.pcap")
        assert capsys.readouterr().err == """dissect: No closing quotation in "read 'nowhere.pcap"\n"""
    finally:
        shell.history_manager.end_session()
        shell.restore_sys_module_state()


def test_the_extension_is_reached_by_the_name_of_the_package() -> None:
    assert dissect.load_ipython_extension is load_ipython_extension  # type: ignore[attr-defined]
