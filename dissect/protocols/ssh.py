"""SSH up to its key exchange: versions, lists of algorithms, and what two ends exchange to agree on keys."""

from __future__ import annotations

from typing import Any

from dissect.declare import Dialogue, FramingError, Header, line, octets, text, u8, u32
from dissect.protocols.tcp import TCP

__all__ = [
    "SSH",
    "SSH1Encrypted",
    "SSH1Packet",
    "SSHCiphertext",
    "SSHDHInit",
    "SSHDHReply",
    "SSHECDHInit",
    "SSHECDHReply",
    "SSHEncrypted",
    "SSHGroup",
    "SSHGroupRequest",
    "SSHKeyExchangeInit",
    "SSHPacket",
    "SSHVersion",
    "version_of",
]

KEXINIT, NEWKEYS = 20, 21
_HEAD = 6
_REPLIES = (31, 33)
GROUP_EXCHANGE = "diffie-hellman-group-exchange"
"""What the methods begin with in which the server chooses the group (RFC 4419)."""
_CIPHERS = ("aes", "chacha20")
"""What the names of the usual ciphers begin with."""
_CURVES = ("ecdh-sha2-", "curve25519-sha256", "curve448-sha512")
"""What the methods begin with that exchange points of curves (RFC 5656 and 8731)."""
_LONGEST_LINE = 35000
_PUBLIC_KEY, _SESSION_KEY = 2, 3
"""The last message of version 1 that a server, and a client, sends in the clear."""


def version_of(line: bytes) -> int:
    """Return the version that a client speaks with this line: 2 also for one that speaks both."""
    return 1 if line.startswith(b"SSH-1.") and not line.startswith(b"SSH-1.99-") else 2


class SSHDialogue(Dialogue):
    """A line with the version, packets with a length, and behind NEWKEYS what nobody can read.

    Which version is spoken the client tells, which knows what the server offers (RFC 4253, section 5.1).
    """

    follows_in_info = False

    def __init__(self) -> None:
        self._version = 0
        self._has_greeted = [False, False]
        self._is_encrypted = [False, False]
        self._offers: list[Any] = [None, None]
        self._has_keys = False
        """Whether the server has answered with its key, so that all is agreed on."""

    @property
    def method(self) -> str:
        """The method of the key exchange that both ends offer first; "" where it is not known."""
        return self._agreed("kex")

    def _agreed(self, name: str) -> str:
        """Return the first algorithm that the client offers and the server has; "" for none."""
        if None in self._offers or any(each.is_cut for each in self._offers):
            return ""
        asked, offered = (getattr(each, name).split(",") for each in self._offers)
        return next((each for each in asked if each in offered), "")

    def _greets(self, way: int, data: bytes) -> bool:
        return not self._has_greeted[way] and data[:4].upper() == b"SSH-"[: len(data)]

    def size(self, way: int, data: bytes) -> int | None:
        """Return the size of a line, or of a packet."""
        if self._greets(way, data):
            end = data.find(b"\n", 0, _LONGEST_LINE)
            return None if end < 0 else end + 1
        if not self._version or (self._version > 1 and self._is_encrypted[way]):
            raise FramingError("nobody knows where this ends")
        if len(data) < 4:
            return None
        size = int.from_bytes(data[:4], "big")
        size += 4 + (_padding(size) if self._version == 1 else 0)
        if size < _HEAD:
            raise FramingError("a packet has a message")
        return size

    def speaks(self, way: int, data: bytes) -> type[Header]:
        """Return what a message is, as far as it was agreed on."""
        if self._greets(way, data) and len(data) >= 4:
            return SSHVersion
        if not self._version or len(data) < 4:
            return SSHEncrypted
        if self._version == 1:
            return SSH1Encrypted if self._is_encrypted[way] else SSH1Packet
        if self._is_encrypted[way]:
            cipher = self._agreed("encryption_to_client" if way else "encryption_to_server")
            is_known = self._has_keys and cipher.startswith(_CIPHERS) and not self.method.startswith(GROUP_EXCHANGE)
            return SSHCiphertext if is_known else SSHEncrypted
        if len(data) < _HEAD or int.from_bytes(data[:4], "big") + 4 < _HEAD:
            return SSHEncrypted
        return form_of(data[5], self.method)

    def took(self, way: int, data: bytes) -> None:
        """Follow versions, offers and the new keys."""
        if self._greets(way, data):
            self._has_greeted[way] = True
            if way == 0:
                self._version = version_of(data)
        elif self._version == 1:
            packet = SSH1Packet.decode(data, 0, len(data), 0)
            if packet.has("message") and packet.message == (_PUBLIC_KEY if way else _SESSION_KEY):
                self._is_encrypted[way] = True
        elif self._version and not self._is_encrypted[way] and len(data) >= _HEAD:
            if data[5] == KEXINIT:
                self._offers[way] = SSHKeyExchangeInit.decode(data, 0, len(data), 0)
            elif data[5] in _REPLIES:
                self._has_keys = True
            elif data[5] == NEWKEYS:
                self._is_encrypted[way] = True


class SSH(
    Header,
    name="ssh",
    title="SSH Protocol",
    source="RFC 4253",
    over={TCP: (22, 29418)},
    framing=SSHDialogue,
    shows_beginning=True,
):
    """A version, a packet, or encrypted bytes."""


class SSHVersion(SSH, variant=lambda data: data[:4].upper() == b"SSH-"):
    r"""The version of an end (RFC 4253, section 4.2).

    >>> bytes(SSHVersion("SSH-2.0-example"))
    b'SSH-2.0-example\r\n'
    """

    protocol: str = line("protocol", default="SSH-2.0-dissect", kw_only=False, title="Protocol")

    def info(self) -> str:
        """Return the version."""
        return f"Protocol ({self.protocol})"


class SSHEncrypted(SSH):
    """What is no packet where one should stand."""

    data: bytes = octets("", default=b"", length="rest", kw_only=False, title="Encrypted data")

    def info(self) -> str:
        """Return how many bytes these are."""
        return f"Encrypted packet (len={len(self.data)})"


class SSHCiphertext(SSH):
    """What stands behind new keys: packets that only both ends can read."""

    data: bytes = octets("", default=b"", length="rest", kw_only=False, title="Encrypted packets")

    def info(self) -> str:
        """Return nothing: there is nothing to tell."""
        return ""


class SSHPacket(SSH):
    """A packet in the clear: its length, its padding, and a message (RFC 4253, section 6)."""

    packet_length: int = u32("packet_length", default=12, title="Packet Length", doc="Without itself")
    padding_length: int = u8("padding_length", default=10, title="Padding Length")
    message: int = u8("message_code", default=NEWKEYS, title="Message Code")
    rest: bytes = octets("", default=b"", length="rest", title="Message and padding")

    def info(self) -> str:
        """Return the number of the message."""
        return f"Message {self.message}"


def _padding(length: int) -> int:
    """Return the bytes in front of a message of version 1, which make it a multiple of 8."""
    return 8 - length % 8


class SSH1Encrypted(SSH):
    """A packet of version 1 behind its keys, of which the length alone can be read."""

    packet_length: int = u32("packet_length", default=0, title="Packet Length", doc="Without itself and the padding")
    padding: bytes = octets("", default=bytes(8), length=lambda packet: _padding(packet.packet_length), title="Padding")
    data: bytes = octets("payload", default=b"", length="rest", title="Payload")

    def info(self) -> str:
        """Return how many bytes these are."""
        return f"Encrypted packet (len={self.packet_length})"


class SSH1Packet(SSH):
    """A packet of version 1 in the clear: its length, its padding, a message, and a CRC behind it."""

    packet_length: int = u32("packet_length", default=5, title="Packet Length", doc="Without itself and the padding")
    padding: bytes = octets("", default=bytes(3), length=lambda packet: _padding(packet.packet_length), title="Padding")
    message: int = u8("message_code", default=0, title="Message Code")
    data: bytes = octets("payload", default=bytes(4), length="rest", title="Payload", doc="With the CRC")

    def info(self) -> str:
        """Return the number of the message."""
        return f"Message {self.message}"


def form_of(message: int, method: str) -> type[SSH]:
    """Return the class of a packet with this message, in a key exchange by this method."""
    forms: dict[int, Any] = {30: SSHDHInit, 31: SSHDHReply}
    if method.startswith(GROUP_EXCHANGE):
        forms = {31: SSHGroup, 32: SSHDHInit, 33: SSHDHReply, 34: SSHGroupRequest}
    elif method.startswith(_CURVES):
        forms = {30: SSHECDHInit, 31: SSHECDHReply}
    forms[KEXINIT] = SSHKeyExchangeInit
    found: type[SSH] = forms.get(message, SSHPacket)
    return found


class SSHKeyExchangeInit(SSH):
    """The algorithms that an end offers, the best first (RFC 4253, section 7.1)."""

    packet_length: int = u32("packet_length", default=0, title="Packet Length", doc="Without itself")
    padding_length: int = u8("padding_length", default=0, title="Padding Length")
    message: int = u8("message_code", default=KEXINIT, title="Message Code")
    cookie: bytes = octets("cookie", size=16, default=bytes(16), title="Cookie")
    kex_length: int = u32("kex_algorithms_length", default=0, title="kex_algorithms length")
    kex: str = text("kex_algorithms", length="kex_length", default="", title="kex_algorithms string")
    host_key_length: int = u32(
        "server_host_key_algorithms_length", default=0, title="server_host_key_algorithms length"
    )
    host_key: str = text(
        "server_host_key_algorithms", length="host_key_length", default="", title="server_host_key_algorithms string"
    )
    encryption_to_server_length: int = u32(
        "encryption_algorithms_client_to_server_length",
        default=0,
        title="encryption_algorithms_client_to_server length",
    )
    encryption_to_server: str = text(
        "encryption_algorithms_client_to_server",
        length="encryption_to_server_length",
        default="",
        title="encryption_algorithms_client_to_server string",
    )
    encryption_to_client_length: int = u32(
        "encryption_algorithms_server_to_client_length",
        default=0,
        title="encryption_algorithms_server_to_client length",
    )
    encryption_to_client: str = text(
        "encryption_algorithms_server_to_client",
        length="encryption_to_client_length",
        default="",
        title="encryption_algorithms_server_to_client string",
    )
    mac_to_server_length: int = u32(
        "mac_algorithms_client_to_server_length", default=0, title="mac_algorithms_client_to_server length"
    )
    mac_to_server: str = text(
        "mac_algorithms_client_to_server",
        length="mac_to_server_length",
        default="",
        title="mac_algorithms_client_to_server string",
    )
    mac_to_client_length: int = u32(
        "mac_algorithms_server_to_client_length", default=0, title="mac_algorithms_server_to_client length"
    )
    mac_to_client: str = text(
        "mac_algorithms_server_to_client",
        length="mac_to_client_length",
        default="",
        title="mac_algorithms_server_to_client string",
    )
    compression_to_server_length: int = u32(
        "compression_algorithms_client_to_server_length",
        default=0,
        title="compression_algorithms_client_to_server length",
    )
    compression_to_server: str = text(
        "compression_algorithms_client_to_server",
        length="compression_to_server_length",
        default="",
        title="compression_algorithms_client_to_server string",
    )
    compression_to_client_length: int = u32(
        "compression_algorithms_server_to_client_length",
        default=0,
        title="compression_algorithms_server_to_client length",
    )
    compression_to_client: str = text(
        "compression_algorithms_server_to_client",
        length="compression_to_client_length",
        default="",
        title="compression_algorithms_server_to_client string",
    )
    languages_to_server_length: int = u32(
        "languages_client_to_server_length", default=0, title="languages_client_to_server length"
    )
    languages_to_server: str = text(
        "languages_client_to_server",
        length="languages_to_server_length",
        default="",
        title="languages_client_to_server string",
    )
    languages_to_client_length: int = u32(
        "languages_server_to_client_length", default=0, title="languages_server_to_client length"
    )
    languages_to_client: str = text(
        "languages_server_to_client",
        length="languages_to_client_length",
        default="",
        title="languages_server_to_client string",
    )
    follows: int = u8("first_kex_packet_follows", default=0, title="First KEX Packet Follows")
    reserved: bytes = octets("kex.reserved", size=4, default=bytes(4), title="Reserved")
    padding: bytes = octets("padding_string", default=b"", length="rest", title="Padding String")

    def info(self) -> str:
        """Return what it is."""
        return "Key Exchange Init"


class SSHECDHInit(SSH):
    """The client's ephemeral public key on a curve (RFC 5656, section 4)."""

    packet_length: int = u32("packet_length", default=0, title="Packet Length", doc="Without itself")
    padding_length: int = u8("padding_length", default=0, title="Padding Length")
    message: int = u8("message_code", default=30, title="Message Code")
    key_length: int = u32("ecdh.q_c_length", default=0, title="ECDH client's ephemeral public key length")
    key: bytes = octets("ecdh.q_c", default=b"", length="key_length", title="ECDH client's ephemeral public key (Q_C)")
    padding: bytes = octets("padding_string", default=b"", length="rest", title="Padding String")

    def info(self) -> str:
        """Return what it is."""
        return "Elliptic Curve Diffie-Hellman Key Exchange Init"


class SSHECDHReply(SSH):
    """The server's host key, its ephemeral public key, and its signature of both (RFC 5656, section 4)."""

    packet_length: int = u32("packet_length", default=0, title="Packet Length", doc="Without itself")
    padding_length: int = u8("padding_length", default=0, title="Padding Length")
    message: int = u8("message_code", default=31, title="Message Code")
    host_key_length: int = u32("host_key.length", default=0, title="Host key length")
    host_key: bytes = octets("", default=b"", length="host_key_length", title="Host key")
    key_length: int = u32("ecdh.q_s_length", default=0, title="ECDH server's ephemeral public key length")
    key: bytes = octets("ecdh.q_s", default=b"", length="key_length", title="ECDH server's ephemeral public key (Q_S)")
    signature_length: int = u32("host_sig.length", default=0, title="Host signature length")
    signature: bytes = octets("", default=b"", length="signature_length", title="Host signature")
    padding: bytes = octets("padding_string", default=b"", length="rest", title="Padding String")

    def info(self) -> str:
        """Return what it is."""
        return "Elliptic Curve Diffie-Hellman Key Exchange Reply"


class SSHDHInit(SSH):
    """The client's public number (RFC 4253, section 8)."""

    packet_length: int = u32("packet_length", default=0, title="Packet Length", doc="Without itself")
    padding_length: int = u8("padding_length", default=0, title="Padding Length")
    message: int = u8("message_code", default=30, title="Message Code")
    number_length: int = u32("mpint_length", default=0, title="Multi Precision Integer Length")
    number: bytes = octets("dh.e", default=b"", length="number_length", title="DH client e")
    padding: bytes = octets("padding_string", default=b"", length="rest", title="Padding String")

    def info(self) -> str:
        """Return what it is."""
        return (
            "Diffie-Hellman Group Exchange Init" if self.message == _GROUP_INIT else "Diffie-Hellman Key Exchange Init"
        )


_GROUP_INIT, _GROUP_REPLY = 32, 33


class SSHDHReply(SSH):
    """The server's host key, its public number, and its signature of both (RFC 4253, section 8)."""

    packet_length: int = u32("packet_length", default=0, title="Packet Length", doc="Without itself")
    padding_length: int = u8("padding_length", default=0, title="Padding Length")
    message: int = u8("message_code", default=31, title="Message Code")
    host_key_length: int = u32("host_key.length", default=0, title="Host key length")
    host_key: bytes = octets("", default=b"", length="host_key_length", title="Host key")
    number_length: int = u32("mpint_length", default=0, title="Multi Precision Integer Length")
    number: bytes = octets("dh.f", default=b"", length="number_length", title="DH server f")
    signature_length: int = u32("host_sig.length", default=0, title="Host signature length")
    signature: bytes = octets("", default=b"", length="signature_length", title="Host signature")
    padding: bytes = octets("padding_string", default=b"", length="rest", title="Padding String")

    def info(self) -> str:
        """Return what it is."""
        kind = "Group" if self.message == _GROUP_REPLY else "Key"
        return f"Diffie-Hellman {kind} Exchange Reply"


class SSHGroupRequest(SSH):
    """The sizes of groups that the client takes (RFC 4419, section 3)."""

    packet_length: int = u32("packet_length", default=0, title="Packet Length", doc="Without itself")
    padding_length: int = u8("padding_length", default=0, title="Padding Length")
    message: int = u8("message_code", default=34, title="Message Code")
    least: int = u32("dh_gex.min", default=2048, title="DH GEX Min")
    wanted: int = u32("dh_gex.nbits", default=3072, title="DH GEX Number of Bits")
    most: int = u32("dh_gex.max", default=8192, title="DH GEX Max")
    padding: bytes = octets("padding_string", default=b"", length="rest", title="Padding String")

    def info(self) -> str:
        """Return what it is."""
        return "Diffie-Hellman Group Exchange Request"


class SSHGroup(SSH):
    """The group that the server chose: its prime and its generator (RFC 4419, section 3)."""

    packet_length: int = u32("packet_length", default=0, title="Packet Length", doc="Without itself")
    padding_length: int = u8("padding_length", default=0, title="Padding Length")
    message: int = u8("message_code", default=31, title="Message Code")
    prime_length: int = u32("mpint_length", default=0, title="Multi Precision Integer Length")
    prime: bytes = octets("dh_gex.p", default=b"", length="prime_length", title="DH GEX modulus (P)")
    generator_length: int = u32("mpint_length", default=0, title="Multi Precision Integer Length")
    generator: bytes = octets("dh_gex.g", default=b"", length="generator_length", title="DH GEX base (G)")
    padding: bytes = octets("padding_string", default=b"", length="rest", title="Padding String")

    def info(self) -> str:
        """Return what it is."""
        return "Diffie-Hellman Group Exchange Group"
