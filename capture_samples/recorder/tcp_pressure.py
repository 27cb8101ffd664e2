"""Scenarios of TCP under pressure: full buffers, lost segments, congestion."""

from __future__ import annotations

import re
import socket
import time

from .connections import CLIENT_PORT, accepted, connected, receive_exactly
from .laboratory import Host, Laboratory
from .sample import recorded
from .topologies import routed, two_hosts


def _full(sender: socket.socket) -> int:
    """Send until the socket takes no more for half a second; return how many bytes it took."""
    sender.settimeout(0.5)
    sent = 0
    try:
        while True:
            sent += sender.send(b"0123456789abcdef" * 64)
    except TimeoutError:
        return sent


def _small_buffers(client: Host, server: Host) -> None:
    # In bytes: smallest, initial, largest. Few and short segments fill them.
    for host in (client, server):
        host.configure(tcp_wmem="4096 16384 16384", tcp_rmem="4096 16384 16384")


@recorded(
    shows="a receiver that never reads: the window shrinks to zero, and the sender probes it ever more rarely",
    how="The client sends until its own buffer is full too; the server never reads; small buffers on both sides.",
)
def tcp_zero_window(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    _small_buffers(client, server)
    with laboratory.capture(client):
        near, _far = connected(client, server)
        _full(near)
        time.sleep(6)


@recorded(
    shows="a zero window that opens again: probes, a window update, the rest of the data",
    how="The server reads nothing for two seconds, then everything; small buffers on both sides.",
)
def tcp_window_update(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    _small_buffers(client, server)
    with laboratory.capture(client):
        near, far = connected(client, server)
        sent = _full(near)
        time.sleep(1.5)
        receive_exactly(far, sent)
        near.close()
        far.recv(1)
        far.close()


@recorded(
    shows="a deadlock: both sides send, neither reads, both windows are zero and both sides probe",
    how="Client and server each send until their buffers are full and only then would read; small buffers.",
)
def tcp_deadlock(laboratory: Laboratory) -> None:
    client, server = two_hosts(laboratory)
    _small_buffers(client, server)
    with laboratory.capture(client):
        near, far = connected(client, server)
        _full(near)
        _full(far)
        time.sleep(2.5)


DROP_SOME = """
    table ip loss {
        counter dropped { }
        chain forward {
            type filter hook forward priority 0;
            tcp dport 8000 ip length > 100 numgen random mod 100 < 12 counter name dropped drop
        }
    }
"""


def _dropped(router: Host) -> int:
    found = re.search(r"packets (\d+)", router.ask("nft", "list", "counter", "ip", "loss", "dropped"))
    return int(found.group(1)) if found else 0


def _lossy_transfer(laboratory: Laboratory, *, at_receiver: bool) -> None:
    network = routed(laboratory)
    router = network.routers[0]
    router.rules(DROP_SOME)
    listener = network.server.tcp(port=8000)
    listener.listen(5)
    near = network.client.tcp(port=CLIENT_PORT)
    with laboratory.capture(network.server if at_receiver else network.client):
        near.connect((network.server_address, 8000))
        far = accepted(listener)
        # Chance decides what is lost: go on until it took three segments at least, so that every recording shows it.
        for _ in range(30):
            block = b"0123456789abcdef" * 512
            near.sendall(block)
            receive_exactly(far, len(block))
            if _dropped(router) >= 3:
                break
        near.close()
        far.recv(1)
        far.close()


@recorded(
    shows="loss seen by the sender: duplicate acknowledgements with SACK blocks, retransmissions",
    how="The client sends blocks of 8192 bytes; the router drops one segment with data in eight, at random.",
    tools=("nft",),
)
def tcp_loss(laboratory: Laboratory) -> None:
    _lossy_transfer(laboratory, at_receiver=False)


@recorded(
    shows="loss seen by the receiver: gaps in the sequence numbers that are filled later",
    how=(
        "The client sends blocks of 8192 bytes; the router drops one segment with data in eight, at random; "
        "captured behind the router."
    ),
    tools=("nft",),
)
def tcp_loss_receiver(laboratory: Laboratory) -> None:
    _lossy_transfer(laboratory, at_receiver=True)


@recorded(
    shows="explicit congestion notification: negotiated, marked by the router, echoed (ECE) and confirmed (CWR)",
    how="Both hosts have tcp_ecn on; the router marks a few of the client's datagrams as having met congestion.",
    tools=("nft",),
)
def tcp_congestion_notification(laboratory: Laboratory) -> None:
    network = routed(laboratory)
    network.client.configure(tcp_ecn=1)
    network.server.configure(tcp_ecn=1)
    network.routers[0].rules("""
        table ip congestion {
            chain forward {
                type filter hook forward priority 0;
                tcp dport 8000 ip length > 100 numgen inc mod 6 == 3 ip ecn set ce
            }
        }
    """)
    listener = network.server.tcp(port=8000)
    listener.listen(5)
    near = network.client.tcp(port=CLIENT_PORT)
    with laboratory.capture(network.client):
        near.connect((network.server_address, 8000))
        far = accepted(listener)
        for _ in range(3):
            near.sendall(b"0123456789abcdef" * 256)
            receive_exactly(far, 4096)
        near.close()
        far.recv(1)
        far.close()
