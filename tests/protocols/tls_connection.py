"""TLS connections for tests: segments of TCP around records, so that a reading pass and the judge see them."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dissect import TCP, Ethernet, IPv4, Packet, write

__all__ = ["connection", "encrypted", "record", "server_context", "written"]


def record(kind: int, body: bytes, version: int = 0x0303) -> bytes:
    """Return a record of a type around bytes."""
    return bytes([kind]) + version.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


def connection(said: Iterable[tuple[str, bytes]], *, port: int = 443, sport: int = 50000) -> list[Packet]:
    """Return the packets of a connection in which a client ("c") and a server ("s") say this, a segment each."""
    frames = [
        TCP(sport=sport, dport=port, seq=999, flags="S"),
        TCP(sport=port, dport=sport, seq=499, ack=1000, flags="SA"),
    ]
    seq, ack = {"c": 1000, "s": 500}, {"c": "s", "s": "c"}
    for who, data in said:
        ports = (sport, port) if who == "c" else (port, sport)
        frames.append(TCP(sport=ports[0], dport=ports[1], seq=seq[who], ack=seq[ack[who]], flags="PA") / data)
        seq[who] += len(data)
    packets = []
    for number, frame in enumerate(frames):
        addresses = ("192.0.2.1", "192.0.2.2") if frame.dport == port else ("192.0.2.2", "192.0.2.1")
        data = bytes(Ethernet() / IPv4(src=addresses[0], dst=addresses[1]) / frame)
        packets.append(Packet(data, number=number + 1, time_ns=10**18 + number * 10**6))
    return packets


def written(path: Path, said: Iterable[tuple[str, bytes]], *, port: int = 443) -> Path:
    """Write such a connection to a capture, and return its path."""
    write(path, connection(said, port=port))
    return path


def server_context(folder: Path) -> ssl.SSLContext:
    """Return the context of a server for www.example.com with a certificate that it signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "www.example.com")])
    begins = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begins)
        .not_valid_after(begins + datetime.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("www.example.com")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, secret)
    return context


def encrypted(
    folder: Path, version: ssl.TLSVersion, ciphers: str, said: Iterable[tuple[str, bytes]]
) -> tuple[list[tuple[str, bytes]], Path]:
    """Have two ends of Python's TLS say this to each other; return the records of both, and the file with the secrets.

    What an end says comes in as many records as it writes; what stands together in `said` as bytes of one end does so
    in one segment.
    """
    keys = folder / "keys.txt"
    server_side = server_context(folder)
    client_side = ssl.create_default_context()
    client_side.check_hostname, client_side.verify_mode = False, ssl.CERT_NONE
    client_side.minimum_version = client_side.maximum_version = version
    client_side.keylog_filename = str(keys)
    if ciphers:
        client_side.set_ciphers(ciphers)
        server_side.set_ciphers(ciphers)
    up, down, up_read, down_write = (ssl.MemoryBIO() for _ in range(4))
    ends = {
        "c": client_side.wrap_bio(down, up, server_hostname="www.example.com"),
        "s": server_side.wrap_bio(up_read, down_write, server_side=True),
    }
    found: list[tuple[str, bytes]] = []

    def carry() -> None:
        for who, source, target in (("c", up, up_read), ("s", down_write, down)):
            data = source.read()
            if data:
                target.write(data)
                found.append((who, data))

    for _ in range(4):
        for end in ends.values():
            with suppress(ssl.SSLWantReadError):
                end.do_handshake()
            carry()
    for who, data in said:
        ends[who].write(data)
        carry()
        with suppress(ssl.SSLWantReadError):
            while ends["s" if who == "c" else "c"].read(1 << 16):
                pass
    return found, keys
