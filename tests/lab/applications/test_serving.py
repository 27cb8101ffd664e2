"""Services by the words that name them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dissect.errors import DissectError
from dissect.lab.applications.dhcp_server import DHCPServer
from dissect.lab.applications.dns_server import DNSServer
from dissect.lab.applications.http_folder import FolderContent
from dissect.lab.applications.http_server import HTTPServer
from dissect.lab.applications.serving import KNOWN, service
from dissect.lab.applications.stream_services import Daytime, Discard, Echo


def test_a_text_names_a_port_a_service_and_what_it_serves(tmp_path: Path) -> None:
    web = service(f"8080=http:{tmp_path}")
    assert isinstance(web, HTTPServer)
    assert isinstance(web.content, FolderContent)
    assert (web.port, web.content.folder.path) == (8080, tmp_path.resolve())
    zone = tmp_path / "zone.toml"
    zone.write_text('origin = "home.lan"')
    names = service(f"53=dns:{zone}")
    assert isinstance(names, DNSServer)
    assert [each.origin for each in names.zones] == ["home.lan"]
    lends = service("67=dhcp:10.0.0.5-10.0.0.9")
    assert isinstance(lends, DHCPServer)
    assert [type(service(f"7={name}")) for name in ("echo", "discard", "daytime")] == [Echo, Discard, Daytime]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("echo", "the service is 'echo', expected a port and a service as 80=http:FOLDER or 7=echo"),
        ("0=echo", "the service is '0=echo', expected a port"),
        ("70000=echo", "expected a port"),
        ("7=ecko", "there is no service 'ecko'; did you mean 'echo'?"),
        ("7=x", f"there is no service 'x'; expected one of {', '.join(KNOWN)}"),
        ("7=echo:x", "the service is '7=echo:x', expected 7=echo"),
        ("80=http", "the service is '80=http', expected 80=http:FOLDER"),
        ("80=http:/none", "/none is no folder"),
        ("53=dns:/none", "the service '53=dns:/none' can't be: No such file or directory"),
        ("68=dhcp:10.0.0.5", "DHCP is at port 68, expected 67"),
        ("67=dhcp:x", "the pool's IPv4 address is 'x'"),
    ],
)
def test_what_names_none_is_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(DissectError, match=re.escape(sentence)):
        service(text)
