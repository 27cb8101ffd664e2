"""What Wireshark takes to be spoken above TLS: a name that was agreed on goes before ports in their order."""

from __future__ import annotations

import pytest

from dissect.wireshark.tls_applications import application_of

HTTP = "Hypertext Transfer Protocol"


@pytest.mark.parametrize(
    ("name", "ports", "application"),
    [
        ("", (443, 50000), HTTP),
        ("", (50000, 443), HTTP),
        ("", (636, 443), "Lightweight Directory Access Protocol"),
        ("", (4433, 50000), None),
        ("http/1.1", (4433,), HTTP),
        ("h2", (443,), "HyperText Transfer Protocol 2"),
        ("dot", (443,), "Domain Name System"),
        ("spdy/3.1", (443,), "SPDY"),
        # A name that tells nothing leaves it to the ports.
        ("acme-tls/1", (443,), HTTP),
        ("acme-tls/1", (4433,), None),
    ],
)
def test_names_and_ports(name: str, ports: tuple[int, ...], application: str | None) -> None:
    assert application_of(name, *ports) == application
