"""Systems that are not Linux: everything imports there, and what needs no wire runs, without what they lack.

A process is deprived of it all: the modules, names and signals that Python has on Linux, and not on Windows or macOS.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

DEPRIVED = """
import builtins, importlib.abc, os, select, signal, socket, sys, time

ABSENT = set("fcntl termios tty pty resource pwd grp syslog crypt spwd readline".split())

class Nowhere(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Nowhere())
for name in ABSENT:
    sys.modules.pop(name, None)

def deprive(module, *beginnings, but=()):
    for name in dir(module):
        if name.startswith(beginnings) and name not in but:
            delattr(module, name)

deprive(socket, "AF_PACKET", "AF_NETLINK", "AF_UNIX", "PF_PACKET", "PACKET_", "NETLINK_", "SOCK_CLOEXEC",
        "SOCK_NONBLOCK", "SO_MARK", "SO_BINDTODEVICE", "CMSG_", "SCM_", "MSG_ERRQUEUE", "MSG_DONTWAIT", "if_")
for method in ("recvmsg", "recvmsg_into", "sendmsg"):
    # `socket.socket` inherits them from a class of C, which cannot be changed.
    setattr(socket.socket, method, property(lambda self: (_ for _ in ()).throw(AttributeError("not on this system"))))
deprive(signal, "SIG", "setitimer", "ITIMER", "alarm", "pthread_", "siginterrupt", "sigwait", "pause",
        but=("SIGINT", "SIGTERM", "SIGABRT", "SIGFPE", "SIGILL", "SIGSEGV", "SIG_DFL", "SIG_IGN"))
deprive(select, "poll", "epoll", "POLL", "EPOLL")
deprive(time, "clock_", "CLOCK_", "pthread_", "tzset")
deprive(os, "fork", "geteuid", "getuid", "getegid", "getgid", "getpgid", "setsid", "killpg", "mkfifo", "mknod", "pread",
        "pwrite", "sched_", "chown", "fchmod", "fchown", "setns", "unshare", "eventfd", "memfd", "sendfile",
        "O_NONBLOCK", "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "posix_fadvise", "POSIX_", "umask", "wait3", "wait4",
        "openpty")
"""
"""What other systems lack, taken from this process before anything of dissect is imported."""


def deprived(code: str, *arguments: object, folder: Path = REPOSITORY, before: str = "") -> str:
    """What a program prints in such a process, with the console of another system: its encoding is not UTF-8.

    `before` is run while all is there.
    """
    done = subprocess.run(
        [sys.executable, "-c", before + DEPRIVED + code, *map(str, arguments)],
        capture_output=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252"},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("cp1252")
    return done.stdout.decode("cp1252")


def test_every_module_imports() -> None:
    told = deprived(
        """
import importlib, json, pkgutil
import dissect
failed = {}
for module in pkgutil.walk_packages(dissect.__path__, "dissect."):
    if module.name in ("dissect.__main__", "dissect.doors.spark"):
        continue
    try:
        importlib.import_module(module.name)
    except Exception as error:
        failed[module.name] = f"{type(error).__name__}: {error}"
for name in dissect.__all__:
    getattr(dissect, name)
print(json.dumps(failed))
""",
        # Of what is not ours, this looks for the system once and asks it for what that has.
        before="import platformdirs._runtime",
    )
    assert json.loads(told) == {}


def test_captures_are_read_built_filtered_and_written(tmp_path: Path) -> None:
    told = deprived(
        """
from pathlib import Path
from dissect import *
capture = str(Path(sys.argv[1], "capture_samples", "first_ping.pcap"))
packets = list(read(capture, display_filter="icmp.type == 8"))
frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(dport=5300) / b"question"
assert parse(bytes(frame)) == frame
write("out.pcapng", [frame, *packets])
lab = Network(seed=1)
a, b = lab.host("a", "10.0.0.1/24"), lab.host("b", "10.0.0.2/24")
lab.link(a, b)
ping = lab.start_program(a, Ping("10.0.0.2", count=1))
lab.run()
print(len(packets), len(list(read("out.pcapng"))), ping.lines[1])
""",
        REPOSITORY,
        folder=tmp_path,
    )
    assert told.startswith("3 4 64 bytes from 10.0.0.2")


COMMANDS = {
    "read": ["read", "{samples}/first_ping.pcap", "-c", "1"],
    "fields": ["read", "{samples}/first_ping.pcap", "-T", "fields", "-e", "ip.src", "-Y", "icmp"],
    "json": ["read", "{samples}/first_ping.pcap", "-T", "json", "-c", "1"],
    "write": ["write", "{samples}/first_ping.pcap", "some.pcapng", "-p", "1-2"],
    "diff": ["diff", "{samples}/first_ping.pcap", "{samples}/first_ping.pcap"],
    "hex": ["hex", "{samples}/notes_arp.pcap"],
    "replay": ["replay", "{samples}/notes_arp.pcap"],
    "lab": ["lab", "first_ping"],
    "drill": ["drill", "{repository}/tests/lab/drill/scripts/closing/four_segments.pkt"],
    "stats": ["stats", "{samples}/tcp_chat.pcap", "conv", "tcp"],
    "alarms": ["alarms", "{samples}/notes_tcp.pcap"],
    "follow": ["follow", "{samples}/tcp_chat.pcap"],
    "repl": ["repl", "-c", "print(IPv4())"],
}


def test_commands_run(tmp_path: Path) -> None:
    places = {"samples": (REPOSITORY / "capture_samples").as_posix(), "repository": REPOSITORY.as_posix()}
    asked = {name: [word.format(**places) for word in words] for name, words in COMMANDS.items()}
    told = deprived(
        """
import contextlib, io, json
from dissect.commands.main import main
told = {}
for name, words in json.loads(sys.argv[1]).items():
    output, errors = io.TextIOWrapper(io.BytesIO(), "cp1252"), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        status = main(words)
    output.flush()
    told[name] = [status, len(output.buffer.getvalue()), errors.getvalue()]
print(json.dumps(told))
""",
        json.dumps(asked),
        folder=tmp_path,
    )
    statuses = {name: (status, said) for name, (status, _, said) in json.loads(told).items()}
    assert statuses == dict.fromkeys(COMMANDS, (0, ""))
    assert {name for name, (_, size, _) in json.loads(told).items() if not size} == {"write", "diff", "alarms"}


LINUX = {
    "host": ["host", "--tap", "tap0", "--ip", "10.0.0.2/24"],
    "interface": ["host", "--interface", "eth0", "--ip", "10.0.0.2/24"],
    "replay": ["replay", "{samples}/first_ping.pcap", "--interface", "eth0"],
    "drill": ["drill", "--tap", "{repository}/tests/lab/drill/scripts/closing/four_segments.pkt"],
}


@pytest.mark.parametrize("name", LINUX)
def test_what_needs_linux_says_so(name: str) -> None:
    places = {"samples": (REPOSITORY / "capture_samples").as_posix(), "repository": REPOSITORY.as_posix()}
    told = deprived(
        """
import contextlib, io, json
from dissect.commands.main import main
sys.platform = "darwin"
errors = io.StringIO()
with contextlib.redirect_stderr(errors):
    print(main(json.loads(sys.argv[1])))
print(errors.getvalue())
""",
        json.dumps([word.format(**places) for word in LINUX[name]]),
    )
    status, _, said = told.partition("\n")
    assert status == "2"
    assert "Linux" in said
    assert len(said.strip().splitlines()) == 1
