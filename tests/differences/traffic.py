"""A conversation as two runs of one program would have it: alike in what it means, unlike in what changes each time."""

from __future__ import annotations

from dissect import TCP, Ethernet, IPv4, Packet, Timestamps

VOLATILE = ("times", "sequence-numbers", "ports", "ip-addresses", "mac-addresses", "ip-ids")


def conversation(run: int) -> list[Packet]:
    """Handshake, question, answer, end, with everything volatile taken from the number of the run."""
    client, server = f"10.{run}.0.1", f"10.{run}.0.2"
    macs = f"02:00:00:00:{run:02x}:01", f"02:00:00:00:{run:02x}:02"
    port, first, other_first = 40000 + run, 0xFFFFFFF0 + run, 1000 * run
    packets: list[Packet] = []
    ids = [100 * run, 7000 * run]
    for from_client, flags, seq, ack, data in (
        (True, "S", 0, 0, b""),
        (False, "SA", 0, 1, b""),
        (True, "A", 1, 1, b""),
        (True, "PA", 1, 1, b"question"),
        (False, "PA", 1, 9, b"answer"),
        (True, "FA", 9, 7, b""),
    ):
        ours, theirs = (first, other_first) if from_client else (other_first, first)
        ids[from_client] += 1
        frame = (
            Ethernet(src=macs[not from_client], dst=macs[from_client])
            / IPv4(
                src=client if from_client else server,
                dst=server if from_client else client,
                id=ids[from_client] & 0xFFFF,
            )
            / TCP(
                sport=port if from_client else 80,
                dport=80 if from_client else port,
                flags=flags,
                seq=ours + seq & 0xFFFFFFFF,
                ack=theirs + ack & 0xFFFFFFFF if "A" in flags else 0,
                options=[Timestamps(value=run * 99 + len(packets))],
                payload=data,
            )
        )
        packets.append(Packet(bytes(frame), number=len(packets) + 1, time_ns=10**18 * run + 10**6 * len(packets)))
    return packets
