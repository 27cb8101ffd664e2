"""Sharkd, tshark's library as a server: it judges a thousand filters in the time that tshark needs for ten."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Sharkd:
    """A running sharkd that has read one capture."""

    def __init__(self, program: str, capture: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [program, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self._asked = 0
        self._ask("load", file=str(capture))

    def _ask(self, method: str, **parameters: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._asked += 1
        request = {"jsonrpc": "2.0", "id": self._asked, "method": method, "params": parameters}
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def passed(self, text: str) -> list[int] | None:
        """Return the numbers of the frames that a filter lets through; None where it is refused."""
        answer = self._ask("frames", filter=text)
        return None if "error" in answer else [frame["num"] for frame in answer["result"]]

    def close(self) -> None:
        """End the server."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()
