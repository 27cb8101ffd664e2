"""`dissect fields`: names, types and meanings."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.commands.conftest import Outcome

Run = Callable[..., Outcome]


def test_columns_are_aligned(run: Run) -> None:
    status, output, errors = run("fields", "udp")
    assert (status, errors) == (0, "")
    lines = output.splitlines()
    assert lines[0].split(maxsplit=2) == ["udp", "FT_PROTOCOL", "User Datagram Protocol"]
    assert ["udp.port", "FT_UINT16", "udp.srcport or udp.dstport"] in [line.split(maxsplit=2) for line in lines]
    types = {line.index("FT_") for line in lines}
    assert len(types) == 1
    assert [line.split()[0] for line in lines] == sorted(line.split()[0] for line in lines)


def test_json(run: Run) -> None:
    told = json.loads(run("fields", "ip.p", "-T", "json").output)
    assert [each["name"] for each in told] == ["ip.proto"]
    assert told[0]["type"] == "FT_UINT8"
    assert told[0]["meaning"] == "Protocol"
    assert told[0]["values"]["UDP"] == 17
    assert told[0]["source"] == "RFC 791"
    assert len(json.loads(run("fields", "-T", "json").output)) > 400


def test_a_wrong_prefix(run: Run) -> None:
    said = "dissect: no field's name begins with 'ip.tlt'; did you mean 'ip.ttl'?\n"
    assert run("fields", "ip.tlt") == (2, "", said)
