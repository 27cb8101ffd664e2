"""TLS as Wireshark sees it: records, and what it says of a connection whose version it has learnt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dissect.declaration.derived_fields import Derived
from dissect.declaration.fields import Field
from dissect.declaration.framing import ByBeginning
from dissect.declaration.options import OptionList
from dissect.protocols.tls import (
    HEAD,
    PADDING,
    TLS,
    DecryptedAlert,
    MessagesAlone,
    SSL2ClientHello,
    SSL2Record,
    TLSAlert,
    TLSApplicationData,
    TLSChangeCipherSpec,
    TLSEncryptedHandshake,
    TLSHandshake,
    TLSHeartbeat,
    TLSNoRecord,
    looks_like_ssl2,
    record_size,
    ssl2_size,
    without_rest,
)
from dissect.protocols.tls_handshake import HandshakeFragment, HandshakeMessage
from dissect.protocols.tls_hellos import HelloRetryRequest
from dissect.protocols.tls_key_exchange import UnreadClientKeyExchange, UnreadServerKeyExchange
from dissect.protocols.tls_numbers import ContentType, HandshakeType
from dissect.wireshark.beginnings import BEGUN, begun_protocol, is_alone, is_begun
from dissect.wireshark.field_types import ABSOLUTE_TIME, BYTES, NONE, STRING, UINT8, UINT16, UINT32
from dissect.wireshark.notices import MALFORMED, PROTOCOL, SEQUENCE
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, learnt, noted
from dissect.wireshark.tls_vectors import marked

__all__ = ["VERSION_NAMES", "TLSSight"]

VERSION_NAMES = {
    0x0002: "SSLv2",
    0x0300: "SSLv3",
    0x0301: "TLSv1",
    0x0302: "TLSv1.1",
    0x0303: "TLSv1.2",
    0x0304: "TLSv1.3",
}
"""What Wireshark calls the versions in lists."""
_CONTENT = range(20, 25)
_TLS_1_3 = 0x0304
_SEVERAL = "Multiple Handshake Messages"
"""What stands for several messages, and for a piece of one that neither begins nor ends it."""
_MOST_PLAIN = 1 << 14
_RESUMED = "This session reuses previously negotiated keys (Session resumption)"
_WRONG_LENGTH = "Record fragment length is too small or too large"
_IGNORED = "Ignored Unknown Record"
_NOT_EMPTY = (ContentType.CHANGE_CIPHER_SPEC, ContentType.ALERT, ContentType.HANDSHAKE)


def version_of(header: Any) -> int:
    """Return the version of the connection where it is known, and else that of the record itself."""
    known: int | None = header.learnt("session_version")
    return int(header.version) if known is None else known


def _older_size(data: bytes) -> int | None:
    """Return how many bytes a record takes, also one of SSL 2.0."""
    return ssl2_size(data) if looks_like_ssl2(data) else record_size(data)


def _rule_for(data: bytes) -> Callable[[bytes], int | None]:
    """Return the rule for a direction: one that begins with a record of TLS has none of SSL 2.0."""
    return record_size if not data or data[0] in _CONTENT else _older_size


class TLSSight(Sight, of=TLS):
    """A record behind another one in a segment goes on in its line; of one that the capture cut, the head is seen."""

    framing = ByBeginning(_rule_for)
    joins_with = ", "
    reads = (("record", "content_type"), ("version",), ("length",), Stop(lambda header: header.is_cut))

    def protocol(self, header: Any) -> str:
        """Return the version that the connection has agreed on."""
        if is_begun(header) and not is_alone(header):
            return begun_protocol(header)
        listed = header.learnt("listed_version")
        if listed is None:
            listed = 0 if is_begun(header) else header.raw("version")
        return VERSION_NAMES.get(listed, "SSL")

    def path(self, header: Any) -> tuple[str, ...]:
        """Return the name once for all records of a segment."""
        return (header.name, *(header.name,) * _lists_of_timestamps(header))

    def shares(self, header: Any) -> bool:
        """Whether another record follows, or messages that belong to this one."""
        behind = self.payload(header)
        return behind is not None and bool(behind.learnt("shares_layer"))

    def stops_short(self, header: Any) -> bool:
        """Whether the record ends early; one without a byte at the end of a segment does for Wireshark."""
        if is_begun(header):
            return False
        if header.is_cut:
            return True
        is_empty = header.own_size == HEAD and not header.length
        return is_empty and self.payload(header) is None

    def info(self, header: Any) -> str:
        """Return what the record carries; nothing of one that the capture cut."""
        if is_begun(header):
            return "" if is_alone(header) else BEGUN
        return "" if header.is_cut else self.contents(header)

    def behind_fence(self, header: Any, before: str, words: str) -> str:
        """Return both, with a comma between them where a record is told of."""
        if before and is_begun(header):
            return f"{before} {words}".rstrip() if words else before
        return super().behind_fence(header, before, words)

    def contents(self, header: Any) -> str:
        """Return what a whole record carries; nothing of one without a byte."""
        return super().info(header) if header.own_size > HEAD else ""

    @computed("record", NONE, title="Record Layer")
    def record(self, header: Any) -> int | None:
        """1 for each record."""
        return None if is_begun(header) else 1

    @noted(
        "record.length.invalid", "Record fragment length is too small or too large", "Warning", PROTOCOL, about="length"
    )
    def wrong_length(self, header: Any) -> str | None:
        """The record has no byte where it must have some, or more than the protocol allows."""
        if not header.length and header.content_type in _NOT_EMPTY:
            return f"Zero-length {header.content_type.title} fragments are not allowed"
        most = 256 if version_of(header) == _TLS_1_3 else 2048
        return f"TLSCiphertext length MUST NOT exceed 2^14 + {most}" if header.length > _MOST_PLAIN + most else None


class ChangeCipherSpecSight(TLSSight, of=TLSChangeCipherSpec):
    """What follows is encrypted."""

    @computed("change_cipher_spec", NONE, title="Change Cipher Spec Message")
    def message_mark(self, header: Any) -> int | None:
        """1 for the message."""
        return 1 if header.message else None

    @noted("resumed", "Session resumption", "Chat", SEQUENCE, is_learnt=True)
    def resumed(self, header: Any) -> str | None:
        """A server goes on with keys from before."""
        return _RESUMED if header.learnt("is_resumed") else None

    def contents(self, header: Any) -> str:
        """Return what it is."""
        return "Change Cipher Spec" if header.message else ""


class AlertSight(TLSSight, of=TLSAlert):
    """An alert, or what can't be read of one."""

    @computed("alert_message", NONE, title="Alert Message")
    def alert_mark(self, header: Any) -> int | None:
        """1 for the message."""
        return 1 if header.own_size > HEAD else None

    def contents(self, header: Any) -> str:
        """Return what is told, also where it was encrypted."""
        behind = self.payload(header)
        return behind.info() if isinstance(behind, DecryptedAlert) else super().contents(header)


class ApplicationDataSight(TLSSight, of=TLSApplicationData):
    """What is encrypted; in TLS 1.3 its type is hidden, and the one that is seen means nothing."""

    hides = {"content_type": lambda header: header.learnt("session_version") == _TLS_1_3}

    @computed("record.opaque_type", UINT8, over="content_type", title="Opaque Type", is_learnt=True)
    def opaque_type(self, header: Any) -> int | None:
        """The type that is seen."""
        return int(header.content_type) if header.learnt("session_version") == _TLS_1_3 else None

    inner_type = learnt("record.content_type", UINT8, "Content Type", doc="The type that was encrypted with the rest")

    app_protocol = learnt(
        "app_data_proto", STRING, "Application Data Protocol", doc="What is spoken above TLS, as ports and ALPN tell"
    )

    def contents(self, header: Any) -> str:
        """Return what it is."""
        part = header.learnt("is_message_part")
        if part is not None:
            return str(part)
        behind = self.payload(header)
        if isinstance(behind, (MessagesAlone, DecryptedAlert)):
            return behind.info()
        return "Application Data" if header.own_size > HEAD else ""


class EncryptedHandshakeSight(TLSSight, of=TLSEncryptedHandshake):
    """A record of which nothing can be read; it may be a part of a message that others began."""

    @computed("handshake", NONE, title="Encrypted Handshake Message")
    def mark(self, header: Any) -> int | None:
        """1 for the record."""
        return None if header.learnt("hides_messages") == "decrypted" else 1

    def contents(self, header: Any) -> str:
        """Return that it is encrypted, or the messages that it completes."""
        if header.learnt("hides_messages"):
            behind = self.payload(header)
            return behind.info() if isinstance(behind, MessagesAlone) else ""
        return "Encrypted Handshake Message"


_WITHOUT_SUITE = {12: UnreadServerKeyExchange, 16: UnreadClientKeyExchange}
_UNREAD = OptionList(HandshakeMessage, instead=_WITHOUT_SUITE)
"""Messages of a connection whose cipher suite nobody knows."""
_SHOWN_BEHIND = ("decrypted", "whole")
"""What is said of a record whose messages are shown behind it, decrypted or read as the server's choice tells."""


class HandshakeSight(TLSSight, of=TLSHandshake):
    """Messages; of a record that holds a part of one, or is encrypted, that alone is told."""

    hides = {"messages": lambda header: header.learnt("hides_messages")}

    def entries(self, record: Any, field: Field, found: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the messages, and nothing that is none behind them.

        How keys are exchanged, Wireshark knows of the cipher suite alone: where no server has chosen one, it reads
        nothing of it.
        """
        is_unread = record.learnt("lacks_suite") and any(_is_exchange(each) for each in found)
        messages: tuple[Any, ...] = without_rest(_UNREAD.load(record.raw(field.name)) if is_unread else found)
        return messages

    @computed("handshake", NONE, title="Handshake Protocol")
    def mark(self, header: Any) -> int | None:
        """1 for what is encrypted, and for a part of a message."""
        return 1 if header.learnt("hides_messages") not in (None, *_SHOWN_BEHIND) else None

    @computed("handshake.random_time", ABSOLUTE_TIME, within="handshake.random", title="GMT Unix Time")
    def random_time(self, header: Any) -> list[int]:
        """The first bytes of a random are a time up to TLS 1.2."""
        return [] if header.learnt("hides_messages") else random_times(header)

    @computed("handshake.random_bytes", BYTES, within="handshake.random", title="Random Bytes")
    def random_bytes(self, header: Any) -> list[bytes]:
        """The bytes of a random behind the time."""
        return [] if header.learnt("hides_messages") else random_rests(header)

    def contents(self, header: Any) -> str:
        """Return the messages that the record completes, and that it begins."""
        hidden = header.learnt("hides_messages")
        if not hidden:
            return super().contents(header)
        behind = self.payload(header)
        told = "" if hidden in ("part", *_SHOWN_BEHIND) else hidden
        if isinstance(behind, MessagesAlone):
            return ", ".join(filter(None, [told, behind.info()]))
        return str(told)


class DecryptedAlertSight(Sight, of=DecryptedAlert):
    """What the record in front of it holds."""

    def protocol(self, header: Any) -> str:
        """Return nothing: the record has the line."""
        return ""

    shares = TLSSight.shares

    @computed("alert_message", NONE, title="Alert Message")
    def alert_mark(self, header: Any) -> int:
        """1 for the message."""
        return 1


class MessagesSight(Sight, of=MessagesAlone):
    """Messages that the record in front of them completes."""

    entries = HandshakeSight.entries

    def protocol(self, header: Any) -> str:
        """Return nothing: the record has the line."""
        return ""

    def path(self, header: Any) -> tuple[str, ...]:
        """Return the name once for all records of a segment, and for each certificate that logs say something of."""
        return (header.name, *(header.name,) * _lists_of_timestamps(header))

    shares = TLSSight.shares

    def text(self, header: Any) -> str:
        """Return the line of messages that QUIC carries, without records: Wireshark has one for each all the same."""
        if header.learnt("carried_by") is None:
            return super().text(header)
        messages = without_rest(header.messages)
        begins = header.learnt("begins")
        told = _SEVERAL
        if begins is not None:
            told = f"{HandshakeType(begins).title} (fragment)"
        elif len(messages) == 1:
            (message,) = messages
            told = message.title if isinstance(message, HelloRetryRequest) else str(message.type.title)
        return f"{VERSION_NAMES[_TLS_1_3]} Record Layer: Handshake Protocol: {told}"

    fragment_count = learnt(
        "handshake.fragment.count", UINT32, "Handshake Fragment count", doc="In how many records the message came"
    )

    @computed("handshake", NONE, title="Handshake Protocol", is_learnt=True)
    def part_mark(self, header: Any) -> int | None:
        """1 for a piece of a message, also for the one that completes it."""
        return 1 if header.learnt("is_part") else None

    @computed("handshake.random_time", ABSOLUTE_TIME, title="GMT Unix Time")
    def random_time(self, header: Any) -> list[int]:
        """The first bytes of a random are a time up to TLS 1.2."""
        return random_times(header)

    @computed("handshake.random_bytes", BYTES, title="Random Bytes")
    def random_bytes(self, header: Any) -> list[bytes]:
        """The bytes of a random behind the time."""
        return random_rests(header)


def _is_exchange(message: Any) -> bool:
    """Whether a message exchanges keys as only a cipher suite tells."""
    return not isinstance(message, (bytes, HandshakeFragment)) and int(message.type) in _WITHOUT_SUITE


def _lists_of_timestamps(header: Any) -> int:
    """Return how many certificates are told of by logs: Wireshark reads that as TLS again."""
    if header.learnt("hides_messages") or header.declares("messages") is None or not header.has("messages"):
        return 0
    return sum(
        certificate.signed_timestamps is not None
        for message in header.messages
        for certificate in getattr(message, "chain", ())
        if not isinstance(certificate, bytes) and certificate.has("data")
    )


def _randoms(header: Any) -> list[bytes]:
    """Return the randoms of the hellos, those that have no time in them left out."""
    if header.learnt("has_plain_random"):
        return []
    return [
        bytes(message.random)
        for message in header.messages
        if message.has_random and not isinstance(message, HelloRetryRequest)
    ]


def random_times(header: Any) -> list[int]:
    """Return the times in the randoms of hellos, in nanoseconds since 1970."""
    return [int.from_bytes(random[:4], "big") * 10**9 for random in _randoms(header)]


def random_rests(header: Any) -> list[bytes]:
    """Return the bytes behind the times in the randoms of hellos."""
    return [random[4:] for random in _randoms(header)]


class HeartbeatSight(TLSSight, of=TLSHeartbeat):
    """A heartbeat in the clear, or one that is encrypted."""

    @noted(
        "heartbeat_message.payload_length.invalid",
        "Invalid heartbeat payload length",
        "Error",
        MALFORMED,
        about="payload_length",
    )
    def wrong_payload(self, header: Any) -> str | None:
        """The payload has more bytes than there are."""
        is_wrong = not is_unreadable(header) and header.payload_length + PADDING > len(header.echoed)
        return f"Invalid heartbeat payload length ({header.payload_length})" if is_wrong else None

    hides = dict.fromkeys(("type", "payload_length"), lambda header: is_unreadable(header))

    @computed("heartbeat_message.padding", BYTES, title="Padding")
    def padding(self, header: Any) -> bytes | None:
        """The bytes behind the payload."""
        is_right = not is_unreadable(header) and header.payload_length + PADDING <= len(header.echoed)
        return header.echoed[header.payload_length :] if is_right else None

    def contents(self, header: Any) -> str:
        """Return whether it is a request or an answer."""
        return "Encrypted Heartbeat" if is_unreadable(header) else str(header.info())


def is_unreadable(header: Any) -> bool:
    """Whether a heartbeat is encrypted: its type is none."""
    return not header.type.known


class NoRecordSight(Sight, of=TLSNoRecord):
    """Bytes that are no record: in a connection that is known to be TLS they are passed over."""

    joins_with = ", "
    path = TLSSight.path
    shares = TLSSight.shares

    @noted("ignored_unknown_record", _IGNORED, "Warning", PROTOCOL, is_learnt=True)
    def ignored(self, header: Any) -> str | None:
        """The connection is TLS, and this is none of its records."""
        return _IGNORED if header.learnt("session_version") else None

    def protocol(self, header: Any) -> str:
        """Return the version of the connection, or that it is not known."""
        return VERSION_NAMES.get(header.learnt("listed_version") or 0, "SSL")

    def info(self, header: Any) -> str:
        """Return that nobody can tell what it is, unless the capture cut it."""
        if header.bytes_left_out:
            return ""
        return _IGNORED if header.learnt("session_version") else "Continuation Data"


class _FormOfSSL2(Sight):
    """A record in the form of SSL 2.0."""

    @computed("record.version", UINT16, base=16, title="Version")
    def record_version(self, header: Any) -> int:
        """SSL 2.0, which the form tells."""
        return 2

    @computed("record", NONE, title="Record Layer")
    def record(self, header: Any) -> int:
        """1 for the record."""
        return 1


class SSL2RecordSight(_FormOfSSL2, of=SSL2Record):
    """A record of SSL 2.0 of which nothing is read."""

    joins_with = ", "
    hides = {"length": lambda header: True}
    path = TLSSight.path
    shares = TLSSight.shares

    def protocol(self, header: Any) -> str:
        """Return the version of the form."""
        return VERSION_NAMES[2]


class SSL2Sight(_FormOfSSL2, of=SSL2ClientHello):
    """A hello of SSL 2.0."""

    specs_mark = marked("handshake.ciphersuites", "Cipher Specs", "specs")

    @computed("handshake.challenge", NONE, title="Challenge")
    def challenge_mark(self, header: Any) -> int | None:
        """1 for the challenge."""
        return 1 if header.challenge else None

    def protocol(self, header: Any) -> str:
        """Return the version of the form."""
        return "SSLv2"

    def line(self, header: Any, field: Derived) -> str | None:
        """Return nothing of its own."""
        return None
