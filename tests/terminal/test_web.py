"""The workbench in browser tabs: who gets one, and who does not; and what a browser is given."""

from __future__ import annotations

import base64
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import dissect
from tests.conftest import REPOSITORY
from tests.terminal.test_hostile import frames
from tests.views.browser import started


class Served:
    """The program in a process of its own; `port` and `token` are of the address that it told."""

    def __init__(self, capture: Path | str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dissect", "browse", str(capture), "--web"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
            env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        assert self.address.startswith("http://127.0.0.1:")
        self.port = int(self.address.split(":")[2].split("/")[0])
        self.token = self.address.partition("token=")[2]

    def asked(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and text of what is answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path, headers={"Host": f"127.0.0.1:{self.port}"} | headers)
        answer = connection.getresponse()
        found = answer.status, dict(answer.getheaders()), answer.read().decode("utf-8", "replace")
        connection.close()
        return found

    def tabs(self) -> list[str]:
        """The processes of tabs."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return children.read_text().split() if children.exists() else []

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status


@pytest.fixture(scope="module")
def subprocess_server() -> Iterator[Served]:
    served = Served("capture_samples/web_request.pcap")
    yield served
    assert served.end() == 0


def test_only_the_address_that_was_printed_opens_it(subprocess_server: Served) -> None:
    served = subprocess_server
    assert served.asked("/")[0] == 403
    assert served.asked("/?token=wrong")[0] == 403
    assert served.asked("/static/js/textual.js")[0] == 403
    assert served.asked("/download/key")[0] == 403
    assert served.asked("/ws")[0] == 403
    assert served.asked(f"/?token={served.token}", Origin="http://[")[0] == 403
    status, headers, _ = served.asked(f"/?token={served.token}")
    assert (status, headers["Location"]) == (303, "/")
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    pair = cookie.partition(";")[0]
    status, headers, page = served.asked("/", Cookie=pair)
    assert status == 200
    assert served.token not in page
    assert "googleapis" not in page
    assert headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert served.asked("/static/js/textual.js", Cookie=pair)[0] == 200
    assert served.asked("/", Cookie=pair.replace("=", "=x"))[0] == 403


def test_other_names_and_other_pages_are_refused(subprocess_server: Served) -> None:
    served = subprocess_server
    pair = f"dissect-{served.port}={served.token}"
    own = f"127.0.0.1:{served.port}"
    for host in ("evil.example", f"evil.example:{served.port}", "", "[", "127.0.0.1.evil.example"):
        assert served.asked("/", Cookie=pair, Host=host)[0] == 403, host
    for host in ("localhost:9000", "[::1]:80", own):
        status, _, page = served.asked("/", Cookie=pair, Host=host)
        assert status == 200
        # Behind ssh -L the page goes where it came from.
        assert f"ws://{host}/ws" in page
    for origin in ("http://evil.example", "null", f"http://evil.example:{served.port}"):
        assert served.asked("/ws", Cookie=pair, Origin=origin)[0] == 403, origin
    assert served.asked("/ws", Cookie=pair)[0] == 403
    # This one may, and is told that it is no web socket.
    assert served.asked("/ws", Cookie=pair, Origin=f"http://{own}")[0] in (400, 426)
    assert served.tabs() == []


@pytest.mark.long
def test_in_a_browser(tmp_path: Path) -> None:
    path = tmp_path / "hostile.pcapng"
    dissect.write(
        path, [*dissect.read(REPOSITORY / "capture_samples" / "web_request.pcap"), *frames()], format="pcapng"
    )
    served = Served(path)
    try:
        with started(tmp_path / "profile", "no tab is opened") as browser:
            browser.send("Network.enable")
            browser.visit(served.address)
            assert browser.run("location.href") == f"http://127.0.0.1:{served.port}/"

            def received() -> bytes:
                frames = (event["params"]["response"] for event in browser.events
                          if event.get("method") == "Network.webSocketFrameReceived")  # fmt: skip
                return b"".join(base64.b64decode(frame["payloadData"]) for frame in frames if frame["opcode"] == 2)

            def waits_for(text: bytes) -> None:
                end = time.monotonic() + 60
                while text not in received():
                    assert time.monotonic() < end, f"{text!r} does not come"
                    browser.run("0")
                    time.sleep(0.05)

            waits_for(b"GET /index.html")
            waits_for(b"HTTP/1.1 200 OK")
            assert b"\x1b]0;owned" not in received()
            assert b"\\033]0;owned" in received()
            assert "-first-byte" in browser.run("document.body.className")
            assert len(served.tabs()) == 1
            if folder := os.environ.get("SCREENSHOTS"):
                browser.picture(Path(folder) / "browse_web.png")
        end = time.monotonic() + 20
        while served.tabs():
            assert time.monotonic() < end, "the process of a closed tab goes on"
            time.sleep(0.1)
    finally:
        assert served.end() == 0
