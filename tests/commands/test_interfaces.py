from __future__ import annotations

import json
from collections.abc import Callable

from capture_samples.recorder.laboratory import Laboratory
from tests.commands.conftest import Outcome


def test_table_and_json(run: Callable[..., Outcome], laboratory: Laboratory) -> None:
    host = laboratory.host("left")
    host.ip("link", "add", "br0", "address", "02:00:00:00:09:09", "type", "bridge")
    with host.entered():
        table, objects = run("interfaces"), run("interfaces", "--json")
    rows = {line.split()[1]: line.split() for line in table.output.splitlines() if line.split()[:1] in (["1"], ["2"])}
    assert rows["lo"][2:6] == ["unknown", "ethernet", "65536", "127.0.0.1/8"]
    assert rows["br0"][2:7] == ["down", "ethernet,", "bridge", "1500", "02:00:00:00:09:09"]
    loopback, bridge = json.loads(objects.output)
    assert (loopback["name"], loopback["link_name"], loopback["addresses"]) == ("lo", "ethernet", ["127.0.0.1/8"])
    assert (bridge["kind"], bridge["is_up"], bridge["received"]["packets"]) == ("bridge", False, 0)
    assert (table.status, objects.status) == (0, 0)
