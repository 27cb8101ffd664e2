"""SSH as Wireshark sees it."""

from __future__ import annotations

from typing import Any

from dissect.declaration.symbols import retold
from dissect.protocols.ssh import (
    SSH,
    SSH1Encrypted,
    SSH1Packet,
    SSHCiphertext,
    SSHDHInit,
    SSHDHReply,
    SSHECDHReply,
    SSHEncrypted,
    SSHGroup,
    SSHGroupRequest,
    SSHKeyExchangeInit,
    SSHPacket,
    SSHVersion,
)
from dissect.wireshark.beginnings import BEGUN, begun_protocol, is_begun
from dissect.wireshark.field_types import BOOLEAN, BYTES, STRING, UINT8, UINT32
from dissect.wireshark.notices import PROTOCOL
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight, sight_of
from dissect.wireshark.sight_fields import computed, noted
from dissect.wireshark.text import escaped

__all__ = ["EncryptedSight", "HostKeySight", "KeyExchangeInitSight", "PacketSight", "SSHSight", "VersionSight"]

_MESSAGES = {
    1: "Disconnect", 2: "Ignore", 3: "Unimplemented", 4: "Debug", 5: "Service Request", 6: "Service Accept",
    20: "Key Exchange Init", 21: "New Keys",
}  # fmt: skip

_MESSAGES_1 = {0: "No Message", 1: "Disconnect", 2: "Public Key", 3: "Session Key", 4: "User"}
_IN_A_GROUP = (SSHDHInit, SSHDHReply, SSHGroupRequest, SSHGroup)


_LINE_END = b"\r\n"
_LEAST_ENCRYPTED = 5
"""Wireshark looks for a length in front of what is encrypted, and for something behind it."""


def _is_snapped(header: Any) -> bool:
    """Whether the header is a packet that the capture cut."""
    return header.is_cut and bool(header.bytes_left_out) and header.declares("packet_length") is not None


class SSHSight(Sight, of=SSH):
    """A message of one end, which a list names in front of its messages."""

    joins_with = ", "
    reads = (("packet_length",), ("padding_length",), Stop(_is_snapped))

    @computed("seq_num", UINT32, is_learnt=True, title="Sequence number", only_with=("seq_num",))
    def seq_num(self, header: Any) -> int | None:
        """The number of the packet in its direction; with Diffie-Hellman in a group Wireshark counts once more."""
        number: int | None = header.learnt("seq_num")
        return None if number is None else number + isinstance(header, _IN_A_GROUP)

    @computed("direction", BOOLEAN, title="Direction")
    def direction(self, header: Any) -> int | None:
        """1 where the server says it."""
        is_first = not header.learnt("shares_layer")
        return int(header.learnt("way")) if is_first and self._is_told(header) else None

    def _is_told(self, header: Any) -> bool:
        """Whether it is known who says it, and reading comes to the end of the segment, where that is told."""
        is_read = not header.learnt("is_unfinished") and not sight_of(header).stops_short(header)
        return is_read and header.learnt("way") is not None

    def protocol(self, header: Any) -> str:
        """Return the name of the protocol, with its version where that is known."""
        if is_begun(header):
            return begun_protocol(header)
        version = header.learnt("spoken_version")
        return f"SSHv{version}" if version else "SSH"

    def payload(self, header: Any) -> Any:
        """Return what follows; nothing behind a message that ends early."""
        return None if self.stops_short(header) else super().payload(header)

    def info(self, header: Any) -> str:
        """Return who says it, and what; nothing of a packet that the capture cut."""
        if is_begun(header):
            return BEGUN
        if _is_snapped(header):
            return ""
        words = self.said(header)
        if header.learnt("shares_layer") or not self._is_told(header):
            return words
        return f"{self._who(header)}: {words}"

    def behind_fence(self, header: Any, before: str, words: str) -> str:
        """Return who says it in front of all, also of what TCP has to say."""
        is_first = not (header.learnt("shares_layer") or header.learnt("follows_in_info"))
        if not before or not is_first or not self._is_told(header):
            return super().behind_fence(header, before, words)
        said = self.said(header)
        return f"{self._who(header)}: {before}{self.joins_with + said if said else ''}"

    def _who(self, header: Any) -> str:
        return "Server" if header.learnt("way") else "Client"

    def said(self, header: Any) -> str:
        """Return what the message is."""
        return header.info()  # type: ignore[no-any-return]


class VersionSight(SSHSight, of=SSHVersion):
    """A version."""

    def said(self, header: Any) -> str:
        """Return the line, in which what can't be printed is spelt out."""
        line: bytes = header.raw("protocol")
        return f"Protocol ({escaped(line.rstrip(_LINE_END))})"


class SecretSight(SSHSight):
    """Bytes that nobody can read, of which too few end early."""

    def stops_short(self, header: Any) -> bool:
        """Whether there is nothing behind a length."""
        return bool(header.has("data") and len(header.raw("data")) < _LEAST_ENCRYPTED) or super().stops_short(header)


class CiphertextSight(SecretSight, of=SSHCiphertext):
    """Encrypted packets."""


class EncryptedSight(SecretSight, of=SSHEncrypted):
    """Bytes that nobody can read, as a packet."""

    @computed("packet_length_encrypted", BYTES, title="Packet Length (encrypted)")
    def encrypted_length(self, header: Any) -> bytes | None:
        """The first bytes, which may be a length."""
        return header.raw("data")[:4] if len(header.raw("data")) >= _LEAST_ENCRYPTED else None

    @computed("encrypted_packet", BYTES, title="Encrypted Packet")
    def encrypted_bytes(self, header: Any) -> bytes | None:
        """The bytes behind them."""
        return header.raw("data")[4:] or None


class PacketOf1Sight(SSHSight):
    """A packet of version 1: the bytes in front of its message are a number."""

    @computed("padding_length", UINT8, title="Padding Length")
    def padding_size(self, header: Any) -> int | None:
        """How many bytes stand in front of the message."""
        return len(header.raw("padding")) or None


class EncryptedOf1Sight(PacketOf1Sight, of=SSH1Encrypted):
    """A packet that nobody can read."""


class ClearOf1Sight(PacketOf1Sight, of=SSH1Packet):
    """A packet that everybody can read."""

    def said(self, header: Any) -> str:
        """Return the name of the message."""
        return _MESSAGES_1.get(header.message, f"Unknown ({header.message})") if header.has("message") else ""


class PacketSight(SSHSight, of=SSHPacket):
    """A packet of which the message is not looked into."""

    hides = {"rest": lambda packet: True}

    @computed("padding_string", BYTES, title="Padding String")
    def padding(self, header: Any) -> bytes | None:
        """The bytes at the end."""
        size = header.padding_length
        rest: bytes = header.raw("rest")
        return rest[len(rest) - size :] if 0 < size <= len(rest) else None

    @computed("payload", BYTES, title="Payload")
    def contents(self, header: Any) -> bytes | None:
        """The message itself."""
        size, rest = header.padding_length, header.raw("rest")
        return rest[: len(rest) - size] or None if size <= len(rest) else None

    def said(self, header: Any) -> str:
        """Return the name of the message."""
        return _MESSAGES.get(header.message, f"Unknown ({header.message})")


class KeyExchangeInitSight(SSHSight, of=SSHKeyExchangeInit):
    """Lists of algorithms, and their fingerprints."""

    def _algorithms(self, header: Any, *, server: bool) -> str | None:
        if header.is_cut or header.learnt("way") != int(server):
            return None
        side = "client" if server else "server"
        names = ["kex", *(f"{kind}_to_{side}" for kind in ("encryption", "mac", "compression"))]
        return ";".join(getattr(header, name) for name in names)

    @computed("kex.hassh_algorithms", STRING, title="hasshAlgorithms")
    def hassh_algorithms(self, header: Any) -> str | None:
        """What tells a client apart."""
        return self._algorithms(header, server=False)

    @computed("kex.hassh", STRING, title="hassh")
    def hassh(self, header: Any) -> str | None:
        """The same in 32 digits."""
        return _digest(self._algorithms(header, server=False))

    @computed("kex.hasshserver_algorithms", STRING, title="hasshServerAlgorithms")
    def hasshserver_algorithms(self, header: Any) -> str | None:
        """What tells a server apart."""
        return self._algorithms(header, server=True)

    @computed("kex.hasshserver", STRING, title="hasshServer")
    def hasshserver(self, header: Any) -> str | None:
        """The same in 32 digits."""
        return _digest(self._algorithms(header, server=True))


def _digest(algorithms: str | None) -> str | None:
    return None if algorithms is None else retold(_digest_of, algorithms)


def _digest_of(algorithms: str) -> str:
    # Loaded for those who look at it.
    from hashlib import md5

    return md5(algorithms.encode("latin-1", "replace"), usedforsecurity=False).hexdigest()


def _strings(data: bytes) -> list[bytes]:
    """Return what stands in a key or signature: strings behind their lengths (RFC 4251, section 5)."""
    found: list[bytes] = []
    place = 0
    while place + 4 <= len(data):
        size = int.from_bytes(data[place : place + 4], "big")
        found.append(data[place + 4 : place + 4 + size])
        place += 4 + size
    return found


def _part(header: Any, field: str, number: int, begins: bytes) -> bytes | None:
    """Return a part of a key or signature whose type begins so."""
    parts = _strings(header.raw(field))
    return parts[number] if len(parts) > number and parts[0].startswith(begins) else None


class HostKeySight(SSHSight):
    """A host key with its parts, and a signature."""

    @noted("packet_decode.error", "Packet decoded length not equal to packet length", "Warning", PROTOCOL)
    def undecoded(self, header: Any) -> str | None:
        """A signature of a kind whose parts are not told."""
        part = _part(header, "signature", 0, b"")
        if part is None or part == b"ssh-rsa":
            return None
        return f"Decoded {8 + len(part)} bytes, but packet legnth is {header.signature_length} bytes"

    @computed("host_key.type_length", UINT32, title="Host key type length")
    def type_length(self, header: Any) -> int | None:
        """The bytes of the type."""
        part = _part(header, "host_key", 0, b"")
        return None if part is None else len(part)

    @computed("host_key.type", STRING, title="Host key type")
    def key_type(self, header: Any) -> str | None:
        """The type of the key."""
        part = _part(header, "host_key", 0, b"")
        return None if part is None else part.decode("latin-1")

    @computed("host_key.rsa.e", BYTES, title="RSA public exponent (e)")
    def rsa_exponent(self, header: Any) -> bytes | None:
        """The exponent of an RSA key."""
        return _part(header, "host_key", 1, b"ssh-rsa")

    @computed("host_key.rsa.n", BYTES, title="RSA modulus (N)")
    def rsa_modulus(self, header: Any) -> bytes | None:
        """The modulus of an RSA key."""
        return _part(header, "host_key", 2, b"ssh-rsa")

    @computed("host_key.ecdsa.id_length", UINT32, title="ECDSA elliptic curve identifier length")
    def curve_length(self, header: Any) -> int | None:
        """The bytes of the curve's name."""
        part = _part(header, "host_key", 1, b"ecdsa")
        return None if part is None else len(part)

    @computed("host_key.ecdsa.id", STRING, title="ECDSA elliptic curve identifier")
    def curve(self, header: Any) -> str | None:
        """The curve's name."""
        part = _part(header, "host_key", 1, b"ecdsa")
        return None if part is None else part.decode("latin-1")

    @computed("host_key.ecdsa.q_length", UINT32, title="ECDSA public key length")
    def point_length(self, header: Any) -> int | None:
        """The bytes of the public key."""
        part = _part(header, "host_key", 2, b"ecdsa")
        return None if part is None else len(part)

    @computed("host_key.ecdsa.q", BYTES, title="ECDSA public key (Q)")
    def point(self, header: Any) -> bytes | None:
        """The public key."""
        return _part(header, "host_key", 2, b"ecdsa")

    @computed("host_key.eddsa.key_length", UINT32, title="EdDSA public key length")
    def edwards_length(self, header: Any) -> int | None:
        """The bytes of the public key."""
        part = _part(header, "host_key", 1, b"ssh-ed")
        return None if part is None else len(part)

    @computed("host_key.eddsa.key", BYTES, title="EdDSA public key")
    def edwards_key(self, header: Any) -> bytes | None:
        """The public key."""
        return _part(header, "host_key", 1, b"ssh-ed")

    @computed("mpint_length", UINT32, title="Multi Precision Integer Length")
    def number_lengths(self, header: Any) -> list[int] | None:
        """The bytes of the numbers in an RSA key, of the public one if it is of a group, and of an RSA signature."""
        key = [_part(header, "host_key", number, b"ssh-rsa") for number in (1, 2)]
        signature = _part(header, "signature", 1, b"ssh-rsa")
        public = [header.number_length] if isinstance(header, SSHDHReply) and header.has("number_length") else []
        lengths = [*(len(each) for each in key if each is not None), *public]
        return (lengths if signature is None else [*lengths, len(signature)]) or None

    @computed("host_sig.type_length", UINT32, title="Host signature type length")
    def signature_type_length(self, header: Any) -> int | None:
        """The bytes of the type."""
        part = _part(header, "signature", 0, b"")
        return None if part is None else len(part)

    @computed("host_sig.type", STRING, title="Host signature type")
    def signature_type(self, header: Any) -> str | None:
        """The type of the signature."""
        part = _part(header, "signature", 0, b"")
        return None if part is None else part.decode("latin-1")

    @computed("host_sig.rsa", BYTES, title="RSA signature")
    def rsa_signature(self, header: Any) -> bytes | None:
        """An RSA signature."""
        return _part(header, "signature", 1, b"ssh-rsa")


class ECDHReplySight(HostKeySight, of=SSHECDHReply):
    """The reply on a curve."""


class DHReplySight(HostKeySight, of=SSHDHReply):
    """The reply in a group."""

    hides = {"number_length": lambda header: True}
