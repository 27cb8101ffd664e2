"""The kernel's own programs cannot tell a simulated server from a real one, nor its servers a simulated client."""

from __future__ import annotations

import hashlib
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from capture_samples.recorder.laboratory import Laboratory, await_line
from dissect.errors import ConnectionFailedError
from dissect.lab.applications.dhcp_client import DHCPClient
from dissect.lab.applications.dhcp_server import DHCPServer
from dissect.lab.applications.dns_server import DNSServer
from dissect.lab.applications.dns_zone import Zone
from dissect.lab.applications.http_client import Response, fetch
from dissect.lab.applications.http_folder import FolderContent
from dissect.lab.applications.http_server import HTTPServer
from dissect.lab.applications.stream_services import Daytime, Echo
from dissect.lab.applications.tftp_server import TFTPServer
from dissect.lab.async_program import AsyncProgram
from dissect.lab.program import RunsPrograms
from dissect.lab.waiting import sleep
from tests.lab.applications.beside_kernel import KERNEL, SIMULATED, meeting, need

pytestmark = pytest.mark.usefixtures("tun")

DATA = Random(1).randbytes(300_000)
ZONE = Zone(
    "example.com",
    {
        "@": {"NS": "ns", "MX": "10 mail"},
        "ns": {"A": "10.1.0.2"},
        "mail": {"A": "192.0.2.25", "AAAA": "2001:db8::25"},
        "www": {"CNAME": "web"},
        "web": {"A": ["192.0.2.80", "192.0.2.81"]},
        "big": {"TXT": ["x" * 200] * 20},
        "_sip._udp": {"SRV": "1 2 5060 mail"},
    },
)


def test_curl_fetches_files_parts_and_lists(laboratory: Laboratory, tmp_path: Path) -> None:
    need("curl")
    folder, got = tmp_path / "served", tmp_path / "got"
    folder.mkdir()
    (folder / "data.bin").write_bytes(DATA)
    (folder / "page.html").write_text("<h1>Hello</h1>")
    with meeting(laboratory) as met:
        met.serve(HTTPServer(FolderContent(folder)), HTTPServer(FolderContent(folder), port=81, chunk_size=3000))

        def work() -> None:
            url = f"http://{SIMULATED}"
            met.ask("curl", "-sS", "-f", "-o", str(got), f"{url}/data.bin")
            assert got.read_bytes() == DATA
            met.ask("curl", "-sS", "-f", "-o", str(got), f"{url}:81/data.bin")
            assert got.read_bytes() == DATA, "in chunks"
            met.ask("curl", "-sS", "-f", "-r", "1000-1999", "-o", str(got), f"{url}/data.bin")
            assert got.read_bytes() == DATA[1000:2000]
            got.write_bytes(DATA[:250_000])
            met.ask("curl", "-sS", "-f", "-C", "-", "-o", str(got), f"{url}/data.bin")
            assert got.read_bytes() == DATA, "what was missing"
            assert 'href="./data.bin"' in met.ask("curl", "-sS", "-f", f"{url}/")
            assert re.search(r"Content-Length: 300000\r\n", met.ask("curl", "-sS", "-I", f"{url}/data.bin"))
            told = "%{http_code} %{num_connects} %{content_type};"
            both = met.ask(
                *("curl", "-sS", "-w", told, "-o", "/dev/null", "-o", "/dev/null", "-o", "/dev/null"),
                *(f"{url}/page.html", f"{url}/none", f"{url}/page.html"),
            )
            assert (
                both == "200 1 text/html; charset=utf-8;404 0 text/html; charset=utf-8;200 0 text/html; charset=utf-8;"
            )
            up = met.ask(
                "curl", "-sS", "--path-as-is", "-w", "%{http_code}", "-o", "/dev/null", f"{url}/../served/page.html"
            )
            assert up == "404"
            assert met.ask("curl", "-sS", "-0", "-d", "x" * 2000, "-w", "%{http_code}", "-o", "/dev/null", url) == "405"

        met.run(work)


def test_dig_is_answered_over_udp_and_tcp(laboratory: Laboratory) -> None:
    need("dig")
    with meeting(laboratory) as met:
        met.serve(DNSServer([ZONE]))

        def dig(*words: str) -> str:
            return met.ask("dig", f"@{SIMULATED}", "+tries=1", *words)

        def work() -> None:
            assert dig("+short", "www.example.com").split() == ["web.example.com.", "192.0.2.80", "192.0.2.81"]
            whole = dig("example.com", "MX")
            assert "flags: qr aa rd;" in whole
            assert re.search(r"example\.com\.\s+3600\s+IN\s+MX\s+10 mail\.example\.com\.", whole)
            assert re.search(r"mail\.example\.com\.\s+3600\s+IN\s+AAAA\s+2001:db8::25", whole)
            assert "EDNS: version: 0, flags:; udp: 1232" in whole
            missing = dig("nobody.example.com")
            assert "status: NXDOMAIN" in missing
            assert re.search(r"example\.com\.\s+300\s+IN\s+SOA", missing)
            big = dig("big.example.com", "TXT")
            assert "Truncated, retrying in TCP mode" in big
            assert big.count('xxxxx"') == 20
            assert dig("+short", "+tcp", "_sip._udp.example.com", "SRV").split() == [
                "1",
                "2",
                "5060",
                "mail.example.com.",
            ]
            assert "status: REFUSED" in dig("www.example.net")
            assert "Malformed" not in dig("+noedns", "example.com", "ANY")

        met.run(work)


def test_sockets_of_the_kernel_hear_their_echo(laboratory: Laboratory) -> None:
    with meeting(laboratory) as met:
        met.serve(Echo(), Daytime())
        stream, datagrams, clock = met.namespace.tcp(), met.namespace.udp(), met.namespace.tcp()

        def work() -> None:
            stream.connect((SIMULATED, 7))
            stream.sendall(DATA[:100_000])
            stream.shutdown(socket.SHUT_WR)
            back = bytearray()
            while piece := stream.recv(65536):
                back += piece
            assert back == DATA[:100_000]
            for size in (0, 1, 1472, 9000):
                datagrams.sendto(DATA[:size], (SIMULATED, 7))
                assert datagrams.recv(65536) == DATA[:size]
            clock.connect((SIMULATED, 13))
            assert re.fullmatch(rb"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT\r\n", clock.recv(100))

        met.run(work)


def test_tftp_of_busybox_and_curl_gets_and_leaves_files(laboratory: Laboratory, tmp_path: Path) -> None:
    need("busybox", "curl")
    got, left = tmp_path / "got", tmp_path / "left"
    left.write_bytes(DATA)
    server = TFTPServer({"data.bin": DATA, "short.txt": "hello"}, takes_files=True)
    with meeting(laboratory) as met:
        met.serve(server)

        def work() -> None:
            for options in ((), ("-b", "1428")):
                met.ask("busybox", "tftp", *options, "-g", "-r", "data.bin", "-l", str(got), SIMULATED)
                assert got.read_bytes() == DATA
                name = f"left{len(options)}"
                met.ask("busybox", "tftp", *options, "-p", "-r", name, "-l", str(left), SIMULATED)
                assert server.received[name] == DATA
            met.ask("curl", "-sS", "-o", str(got), "--tftp-blksize", "4000", f"tftp://{SIMULATED}/data.bin")
            assert got.read_bytes() == DATA
            assert met.ask("curl", "-sS", f"tftp://{SIMULATED}/short.txt") == "hello"
            assert met.ask("curl", "-s", f"tftp://{SIMULATED}/none", status=68) == ""

        met.run(work)


def test_udhcpc_gets_a_lease_and_gives_it_back(laboratory: Laboratory, tmp_path: Path) -> None:
    need("busybox")
    script = tmp_path / "told"
    script.write_text('#!/bin/sh\necho "$1 $ip $mask $router $dns $domain $lease"\n')
    script.chmod(0o755)
    server = DHCPServer(
        "10.1.0.50-10.1.0.60", routers=[SIMULATED], name_servers=["9.9.9.9"], domain="home.lan", lease_ns=600 * 10**9
    )
    with meeting(laboratory, kernel=False) as met:
        met.serve(server)

        def work() -> None:
            said = met.ask(
                *("busybox", "udhcpc", "-i", "tap0", "-f", "-q", "-n", "-R", "-s", str(script)),
                *("-r", "10.1.0.55", "-T", "1"),
            )
            assert "bound 10.1.0.55 24 10.1.0.2 9.9.9.9 home.lan 600" in said

        met.run(work)
    assert [line.partition(" to ")[0] for line in server.lines[:2]] == ["offers 10.1.0.55", "lends 10.1.0.55"]


def test_a_lease_and_a_name_from_dnsmasq_and_a_page_from_python(laboratory: Laboratory, tmp_path: Path) -> None:
    need("dnsmasq")
    leases = tmp_path / "leases"
    (tmp_path / "page.bin").write_bytes(DATA)
    with meeting(laboratory, simulated=False) as met:
        serving = met.namespace.start(
            *("dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--interface=tap0", "--bind-interfaces", "--no-hosts"),
            *("--dhcp-range=10.1.0.50,10.1.0.60,10m", f"--dhcp-leasefile={leases}", "--dhcp-authoritative"),
            *("--address=/www.home.lan/10.1.0.1", "--domain=home.lan", "--no-resolv", "--log-dhcp", "--no-ping"),
            *("--user=root", "--pid-file="),
        )
        web = met.namespace.start(
            sys.executable,
            "-u",
            "-m",
            "http.server",
            "80",
            "--bind",
            KERNEL,
            "-d",
            str(tmp_path),
            stdout=subprocess.DEVNULL,
        )
        await_line(serving, b"DHCP, sockets bound exclusively")
        client = DHCPClient(probes=False, host_name="simulated")
        met.serve(client)

        async def main(host: RunsPrograms) -> Response:
            await client.bound
            while True:
                try:
                    page = await fetch(host, "http://www/page.bin")
                    break
                except ConnectionFailedError:
                    # The kernel's server may not have begun yet.
                    await sleep(50_000_000)
            client.release()
            return page

        program = AsyncProgram(main)
        met.serve(program)

        def work() -> None:
            end = time.monotonic() + 30
            while not (client.finished and program.finished) and time.monotonic() < end:
                time.sleep(0.02)
            while leases.read_text() and time.monotonic() < end:
                time.sleep(0.02)

        met.run(work)
        assert web.poll() is None
    assert isinstance(program.result, Response), program.lines
    assert hashlib.sha256(program.result.body).digest() == hashlib.sha256(DATA).digest()
    assert client.lines[-1].startswith("DHCPRELEASE of 10.1.0.5")
    assert not leases.read_text(), "it was given back"
