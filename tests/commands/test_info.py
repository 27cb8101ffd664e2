"""`dissect info`: text, table and JSON of captures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from dissect.captures import write
from dissect.captures.live_file import LivePcapng, Statistics
from dissect.captures.pcapng_blocks import Interface
from dissect.packets.packet import Packet
from tests.captures.blocks import enhanced, interface, option, section
from tests.commands.conftest import Outcome

Run = Callable[..., Outcome]


def capture(tmp_path: Path) -> Path:
    path = tmp_path / "a.pcap"
    packets = [Packet(bytes(60), time_ns=1_000_000_000), Packet(bytes(40), time_ns=3_500_000_000, original_length=100)]
    write(path, packets, snap_length=96)
    return path


def test_text(run: Run, tmp_path: Path) -> None:
    done = run("info", capture(tmp_path))
    assert done.status == 0
    lines = dict(line.split(":", 1) for line in done.output.splitlines())
    told = {name: value.strip() for name, value in lines.items()}
    assert told["Format"] == "pcap"
    assert told["Link type"] == "ethernet (1): Ethernet"
    assert told["Packets"] == "2"
    assert told["Data size"] == "160 bytes"
    assert told["Captured size"] == "100 bytes"
    assert told["Snap length"] == "96 bytes"
    assert told["First time"] == "1970-01-01T00:00:01.000000Z"
    assert told["Duration"] == "2.500000 seconds"
    assert told["Data rate"] == "64.0 bytes/s"
    assert told["Packet rate"] == "0.8 packets/s"
    assert told["Average packet"] == "80.0 bytes"
    assert told["Strict time order"] == "yes"


def test_json(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "b.pcapng"
    described = option("little", 2, b"eth0") + option("little", 9, b"\x09")
    path.write_bytes(
        section(options=option("little", 1, b"why\n\x1b[2J"))
        + interface(snap_length=96, options=described)
        + enhanced(options=option("little", 1, b"here"))
    )
    done = run("info", "--json", capture(tmp_path), path)
    first, second = json.loads(done.output)
    assert (done.status, first["packets"], first["interfaces"][0]["link_type"]) == (0, 2, "ethernet")
    assert (second["format"], second["packet_comments"], second["strict_time_order"]) == ("pcapng", 1, True)
    assert second["sections"][0]["comments"] == ["why\n\x1b[2J"]
    where = second["interfaces"][0]
    assert (where["name"], where["snap_length"], where["time_resolution"], where["packets"]) == ("eth0", 96, "10^-9", 1)
    text = run("info", path)
    assert "why\\n\\x1b[2J" in text.output
    assert "\x1b" not in text.output
    assert "  name: eth0" in text.output


def test_a_table_has_a_row_for_each_file(run: Run, tmp_path: Path) -> None:
    path = capture(tmp_path)
    done = run("info", "-T", path, path)
    head, first, second = (line.split("\t") for line in done.output.splitlines())
    assert first == second
    assert dict(zip(head, first, strict=True))["packets"] == "2"
    assert dict(zip(head, first, strict=True))["strict_time_order"] == "true"


def test_a_table_begins_with_its_columns_even_where_the_first_file_is_none(run: Run, tmp_path: Path) -> None:
    done = run("info", "-T", tmp_path / "missing.pcap", capture(tmp_path))
    assert done.status == 2
    assert [line.split("\t")[0] for line in done.output.splitlines()] == ["file", str(tmp_path / "a.pcap")]


def test_damage_is_told_and_the_other_files_are_too(run: Run, tmp_path: Path) -> None:
    path = capture(tmp_path)
    damaged = tmp_path / "damaged.pcap"
    damaged.write_bytes(path.read_bytes()[:-3])
    done = run("info", damaged, tmp_path / "missing.pcap", path)
    assert done.status == 2
    assert done.output.count("SHA256") == 2
    said = done.errors.splitlines()
    assert len(said) == 2
    assert "damaged.pcap: record 2 at byte 100 is cut short" in said[0]
    assert "missing.pcap: No such file" in said[1]
    (told,) = json.loads(run("info", "--json", damaged).output)
    assert told["packets"] == 1
    assert "cut short" in told["damage"]


def test_what_an_interface_counted_and_lost_is_told(run: Run, tmp_path: Path) -> None:
    described = Interface.of(1)
    form = LivePcapng([described])
    path = tmp_path / "a.pcapng"
    blocks = b"".join(block.raw for block in form.ending([Statistics(1, 2, 100, 7, 2)]))
    path.write_bytes(form.beginning() + form.shape(0)(1, bytes(60), 60, 0) + blocks)
    (told,) = json.loads(run("info", "--json", path).output)
    (where,) = told["interfaces"]
    assert (where["received"], where["dropped"], where["dropped_by_system"]) == (100, 9, 7)
    assert "  dropped: 9\n" in run("info", path).output
