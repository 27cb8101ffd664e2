"""Transport Layer Security: the records that a connection consists of (RFC 8446, section 5; RFC 5246, section 6).

Every record says what it carries and in which version. What is encrypted is bytes here; messages of the handshake
stand in `tls_handshake` and the files that it names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import (
    Code,
    Coding,
    Data,
    Entry,
    FramingError,
    Guess,
    Header,
    HeaderLength,
    Listing,
    OptionList,
    Problem,
    Variant,
    bits,
    code,
    listing,
    octets,
    u16,
)
from dissect.protocols import tls_certificates, tls_hellos, tls_key_exchange  # noqa: F401 - their messages are found by their types
from dissect.protocols.plain_text import is_plain_text
from dissect.protocols.tcp import TCP
from dissect.protocols.tls_handshake import HandshakeFragment, HandshakeMessage
from dissect.protocols.tls_numbers import (
    AlertDescription,
    AlertLevel,
    CipherSpec,
    ContentType,
    HandshakeType,
    ProtocolVersion,
)
from dissect.protocols.tls_vectors import NumberList

__all__ = [
    "TLS",
    "CipherSpecNumber",
    "DecryptedAlert",
    "HandshakeMessages",
    "HandshakeMessagesDH",
    "HeartbeatType",
    "MessagesAlone",
    "SSL2ClientHello",
    "SSL2Record",
    "TLSAlert",
    "TLSApplicationData",
    "TLSChangeCipherSpec",
    "TLSEncryptedHandshake",
    "TLSHandshake",
    "TLSHeartbeat",
    "TLSNoRecord",
    "is_a_version",
    "is_ssl2",
    "looks_encrypted",
    "looks_like_ssl2",
    "record_size",
    "ssl2_size",
    "without_rest",
]

HEAD = 5
"""The bytes of type, version and length."""
LONGEST = 16384 + 2048
"""The longest record that TLS 1.2 allows, encrypted, in bytes (RFC 5246, section 6.2.3)."""
_CONTENT = range(20, 25)
_LEAST_ENCRYPTED = 16
"""Less than what encryption adds can't be encrypted."""
_LOOK = 5
"""How many bytes of a record of the handshake tell whether it is encrypted."""
_MOST_PLAIN = 1 << 16
"""No message of the handshake is taken to be as long."""
_VERSIONS = (0x03, 0x7F, 0xFB)
"""The first byte of a version: that of all that there are, and of drafts."""
PLAIN_ALERT = 2
"""The bytes of an alert that is not encrypted."""
PADDING = 16
"""The least padding of a heartbeat, in bytes (RFC 6520, section 4)."""


def record_size(data: bytes) -> int | None:
    r"""Return how many bytes the record takes that begins here; None where more are needed to tell.

    >>> record_size(b"\x16\x03\x01\x00\x05"), record_size(b"\x16\x03")
    (10, None)
    """
    if is_ssl2(data):
        return ssl2_size(data)
    if len(data) < HEAD:
        return None
    if data[0] not in _CONTENT or data[1] not in _VERSIONS:
        raise FramingError(f"a record has the type {data[0]}, expected {_CONTENT.start} to {_CONTENT.stop - 1}")
    return HEAD + int.from_bytes(data[3:5], "big")


def ssl2_size(data: bytes) -> int:
    """Return how many bytes a record of SSL 2.0 takes whose length is there."""
    return _SSL2_HEAD + (int.from_bytes(data[:_SSL2_HEAD], "big") & 0x7FFF)


def is_ssl2(data: bytes) -> bool:
    """Whether this is a client's hello in the form of SSL 2.0 (RFC 5246, appendix E.2)."""
    return len(data) >= HEAD and data[0] >= 0x80 and data[2] == 1 and data[3] in (0, 2, 3) and data[0] & 0x7F < 0x40


def looks_like_ssl2(data: bytes) -> bool:
    """Whether bytes may begin a record of SSL 2.0 with a message of its handshake, as far as its first bytes tell.

    In front of it stands a length of two bytes ("The SSL Protocol", Netscape 1995, section 1.1).
    """
    return len(data) > _SSL2_HEAD and data[0] >= 0x80 and data[_SSL2_HEAD] in _SSL2_MESSAGES


_SSL2_HEAD = 2
_SSL2_MESSAGES = (0, 1, 2, 4)
"""An error, the client's hello and key, and the server's hello: what is not encrypted."""


def is_as_long_as_a_record(data: bytes) -> bool:
    """Whether what begins with a type and a version of TLS is as long as a record may be, as it says itself."""
    return 0 < int.from_bytes(data[3:5], "big") < LONGEST


def is_a_version(number: int) -> bool:
    """Whether a number may be a version of TLS, or a draft of one."""
    return number >> 8 in _VERSIONS


def looks_encrypted(data: bytes, size: int) -> bool:
    """Whether what a record of the handshake carries makes no sense as its messages, so that it is encrypted.

    `data` are the first bytes of `size`. Less than 16 can't be encrypted, for encryption adds as much.
    """
    if not data or not HandshakeType(data[0]).known:
        return bool(data)
    if len(data) < _LOOK:
        return False
    length = int.from_bytes(data[1:4], "big")
    # A nonce may begin with zeros, and a request to begin anew has nothing behind it.
    return length >= _MOST_PLAIN or (size >= _LEAST_ENCRYPTED and not any(data[:_LOOK]))


class TLS(
    Header,
    name="tls",
    finds=("tls",),
    title="Transport Layer Security",
    source="RFC 8446, section 5.1",
    over={
        TCP: (
            443, 324, 465, 636, 802, 853, 993, 995, 1300, 2221, 2443, 3249, 3250, 3251, 3252, 3496, 5061, 5671, 5684,
            5868, 8883, 11207, 19999, 27017,
            Guess(is_as_long_as_a_record, places={0: (22, 23), 1: (3,), 2: range(4)}, least=HEAD),
        )
    },
    framing=record_size,
    shows_beginning=True,
):  # fmt: skip
    """A record: what it carries, in which version, and how many bytes.

    A record of a type without a class here is one of this class.
    """

    content_type: Coding[ContentType] = code(
        8, ContentType, "record.content_type", factory=Variant(), title="Content Type"
    )
    version: Coding[ProtocolVersion] = code(
        16, ProtocolVersion, "record.version", default=ProtocolVersion.TLS_1_2, base=16, title="Version"
    )
    length: int = u16("record.length", factory=HeaderLength(1, uncounted=HEAD), title="Length")

    def other_payload(self, outer: Any, deep: bool) -> Any:
        """Return the record that follows in the same segment; bytes that begin none are `Data`."""
        size = self.carried_end - self.own_end
        if deep or not size > 0 or not _begins_record(self.buffer[self.own_end : self.own_end + HEAD]):
            return super().other_payload(outer, deep)
        follower = TLS.decode(self.buffer, self.own_end, self.carried_end, outer)
        follower.learn(shares_layer=True)
        return follower

    def check(self) -> Iterator[Problem]:
        """Yield a record that is longer than the protocol allows."""
        if not self.is_cut and self.length > LONGEST:
            yield self.problem("length", "is more than a record may have", f"at most {LONGEST}", self.length)

    def info(self) -> str:
        """Return what the record carries."""
        return str(self.content_type.title)


def _begins_record(data: bytes) -> bool:
    """Whether a record may begin here that follows another one."""
    return data[0] in _CONTENT and (len(data) < 2 or data[1] in _VERSIONS)


class TLSChangeCipherSpec(TLS, title="Change Cipher Spec", variant=20, source="RFC 5246, section 7.1"):
    """What the sender says from now on is encrypted; in TLS 1.3 it means nothing."""

    message: bytes = octets("", default=b"\1", length="rest", title="Change Cipher Spec Message")


class TLSAlert(TLS, title="Alert", variant=21, source="RFC 8446, section 6"):
    """Something that went wrong, or the end of the connection; encrypted where it has more than two bytes.

    >>> TLSAlert(level="fatal", description="handshake_failure").info()
    'Alert (Level: Fatal, Description: Handshake Failure)'
    """

    level: Coding[AlertLevel] = code(
        8, AlertLevel, "alert_message.level", default=2, when=lambda record: record.length == PLAIN_ALERT, title="Level"
    )
    description: Coding[AlertDescription] = code(
        8,
        AlertDescription,
        "alert_message.desc",
        default=0,
        when=lambda record: record.length == PLAIN_ALERT,
        title="Description",
    )
    encrypted: bytes | None = octets(
        "",
        default=b"",
        length="rest",
        when=lambda record: record.length != PLAIN_ALERT,
        title="Encrypted Alert",
        varies="varying",
    )

    def info(self) -> str:
        """Return what is told, or that nobody can read it."""
        if self.length != PLAIN_ALERT:
            return "Encrypted Alert"
        return f"Alert (Level: {self.level.title}, Description: {self.description.title})"


class TLSEncryptedHandshake(TLS, title="Encrypted Handshake Message", variant=22, source="RFC 5246, section 7.4"):
    """A record of the handshake whose bytes make no sense as messages, for they are encrypted."""

    data: bytes = octets(
        "",
        default=bytes([0xFF] * 16),
        length="rest",
        kw_only=False,
        title="Encrypted Handshake Message",
        varies="varying",
    )


class TLSHandshake(TLS, title="Handshake Protocol", variant=22, replaces=True, source="RFC 8446, section 4"):
    """Messages of the handshake.

    >>> from dissect.protocols.tls_hellos import ClientHello
    >>> record = TLSHandshake([ClientHello(cipher_suites=["TLS_AES_128_GCM_SHA256"])])
    >>> record.length, record.info()
    (45, 'Client Hello')
    """

    messages: Listing[HandshakeMessage] = listing(
        OptionList(HandshakeMessage), "", length="rest", default=(), kw_only=False, title="Handshake Messages"
    )

    def check(self) -> Iterator[Problem]:
        """Yield what is wrong with the messages."""
        yield from super().check()
        if not self.is_cut:
            yield from self.option_problems()

    def info(self) -> str:
        """Return the messages."""
        return _names(self.messages)


def _read_handshake(buffer: bytes, start: int, end: int, outer: Any) -> Any:
    """Read a record of the handshake as what its first bytes say."""
    size = int.from_bytes(buffer[start + 3 : start + HEAD], "big")
    is_encrypted = looks_encrypted(buffer[start + HEAD : min(start + HEAD + _LOOK, end)], size)
    cls: Any = TLSEncryptedHandshake if is_encrypted else TLSHandshake
    return cls.decode(buffer, start, end, outer)


TLS.read_variant(ContentType.HANDSHAKE, _read_handshake)


def without_rest(messages: Any) -> Any:
    """Return messages without bytes behind them that begin none, such as what proves that the record is whole."""
    last = messages[-1] if len(messages) > 1 else None
    is_rest = isinstance(last, HandshakeFragment) and not HandshakeType(last.data[0]).known
    return messages[:-1] if is_rest else messages


def _names(messages: Any) -> str:
    return ", ".join(map(_name, without_rest(messages)))


def _name(message: Any) -> str:
    """Return what a message is called in a list."""
    if not isinstance(message, HandshakeFragment):
        return str(message.title if message.number is not None else message.type.title)
    return f"[{HandshakeType(message.data[0]).title} Fragment]"


class TLSApplicationData(TLS, title="Application Data", variant=23, source="RFC 8446, section 5.1"):
    """What the protocol above says, encrypted; in TLS 1.3 all that is encrypted looks like that."""

    data: bytes = octets(
        "app_data", default=b"", length="rest", kw_only=False, title="Encrypted Application Data", varies="varying"
    )


class HeartbeatType(Code):
    """What a heartbeat is (RFC 6520, section 3)."""

    REQUEST = 1, "Request"
    RESPONSE = 2, "Response"


class TLSHeartbeat(TLS, title="Heartbeat", variant=24, source="RFC 6520, section 4"):
    """Whether the other side is still there: it sends the same bytes back."""

    type: Coding[HeartbeatType] = code(8, HeartbeatType, "heartbeat_message.type", default=1, title="Type")
    payload_length: int = u16("heartbeat_message.payload_length", title="Payload Length", default=0)
    echoed: bytes = octets("", default=b"", length="rest", title="Payload and Padding")

    def check(self) -> Iterator[Problem]:
        """Yield a payload that has more bytes than there are (RFC 6520, section 4)."""
        yield from super().check()
        if not self.is_cut and self.payload_length + PADDING > len(self.echoed):
            yield self.problem(
                "payload_length", "is more than is there", f"at most {len(self.echoed) - PADDING}", self.payload_length
            )

    def info(self) -> str:
        """Return whether it is a request or an answer."""
        return f"Heartbeat {self.type.title}"


class DecryptedAlert(Header, form_of=TLS, title="Alert", source="RFC 8446, section 6", leaf=True):
    """An alert that was decrypted, without the record around it."""

    level: Coding[AlertLevel] = code(8, AlertLevel, "alert_message.level", default=2, title="Level")
    description: Coding[AlertDescription] = code(
        8, AlertDescription, "alert_message.desc", default=0, title="Description"
    )

    def info(self) -> str:
        """Return what is told."""
        return f"Alert (Level: {self.level.title}, Description: {self.description.title})"


class MessagesAlone(Header, form_of=TLS, title="Handshake Protocol", leaf=True):
    """Messages of the handshake without a record around them: put together of several, or decrypted."""

    def info(self) -> str:
        """Return the messages."""
        return _names(getattr(self, "messages", ()))


class HandshakeMessages(MessagesAlone, title="Handshake Protocol", source="RFC 8446, section 4"):
    """Messages without a record."""

    messages: Listing[HandshakeMessage] = listing(
        OptionList(HandshakeMessage), "", length="rest", default=b"", kw_only=False, title="Handshake Messages"
    )


class HandshakeMessagesDH(MessagesAlone, title="Handshake Protocol", source="RFC 5246, section 7.4.7.2"):
    """The same where keys are exchanged in a finite field, as only the server's hello tells."""

    messages: Listing[HandshakeMessage] = listing(
        OptionList(HandshakeMessage, instead={16: tls_key_exchange.DHClientKeyExchange}),
        "",
        length="rest",
        default=b"",
        kw_only=False,
        title="Handshake Messages",
    )


class CipherSpecNumber(Entry, name="tls", title="Cipher Spec", source="RFC 5246, appendix E.2"):
    """A cipher suite in the three bytes of SSL 2.0."""

    spec: Coding[CipherSpec] = code(
        24, CipherSpec, "handshake.cipherspec", base=16, kw_only=False, title="Cipher Spec", default=0
    )


class SSL2ClientHello(
    Header, form_of=TLS, title="SSLv2 Record Layer", source="RFC 5246, appendix E.2", leaf=True, framing=record_size
):
    """What a client can do, in the form of SSL 2.0, which clients used that could speak both."""

    has_no_padding: int = bits(1, "", default=1, title="Two bytes of length")
    length: int = bits(15, "record.length", factory=HeaderLength(1, uncounted=2), title="Length")
    type: Coding[HandshakeType] = code(8, HandshakeType, "handshake.type", default=1, title="Handshake Message Type")
    version: Coding[ProtocolVersion] = code(
        16, ProtocolVersion, "handshake.version", default=ProtocolVersion.TLS_1_0, base=16, title="Version"
    )
    specs_length: int = u16("handshake.cipher_spec_len", title="Cipher Spec Length", default=0)
    session_id_length: int = u16("handshake.session_id_length", title="Session ID Length", default=0)
    challenge_length: int = u16("handshake.challenge_length", title="Challenge Length", default=0)
    specs: Listing[Any] = listing(
        NumberList(CipherSpecNumber), "", length="specs_length", title="Cipher Specs", default=()
    )
    session_id: bytes = octets(
        "handshake.session_id", length="session_id_length", title="Session ID", default=b"", varies="varying"
    )
    challenge: bytes = octets("", length="challenge_length", title="Challenge", default=b"")

    def info(self) -> str:
        """Return what it is."""
        return "Client Hello"


class SSL2Record(Header, form_of=TLS, title="SSLv2 Record Layer", source="The SSL Protocol, section 1.1", leaf=True):
    """A record of SSL 2.0 of which nobody can read more than its length."""

    has_no_padding: int = bits(1, "", default=1, title="Two bytes of length")
    length: int = bits(15, "record.length", factory=HeaderLength(1, uncounted=2), title="Length")
    data: bytes = octets("", default=b"", length="rest", kw_only=False, title="Encrypted Data")

    def info(self) -> str:
        """Return that it is encrypted."""
        return "Encrypted Data"


class TLSNoRecord(Header, form_of=TLS, title="TLS", leaf=True, framing=record_size):
    """Bytes in the place of a record that are none: what stands behind a gap, or something else than TLS."""

    data: bytes = octets("", default=b"", length="rest", kw_only=False, title="Data")

    def info(self) -> str:
        """Return that nobody can tell what it is."""
        return "Continuation Data"


def _read_other(buffer: bytes, start: int, end: int, outer: Any) -> Any:
    """Read what begins with no type of a record: a hello of SSL 2.0, text, or anything."""
    head = buffer[start : min(start + HEAD, end)]
    cls: Any = SSL2ClientHello if is_ssl2(head) else Data if is_plain_text(head) else TLSNoRecord
    # A record without a byte ends in front of what tells what it is.
    if cls is TLSNoRecord and looks_like_ssl2(buffer[start : start + HEAD]) and ssl2_size(head) == end - start:
        cls = SSL2Record
    return cls.decode(buffer, start, end, outer)


for _first in {*range(0x100)} - {*_CONTENT}:
    TLS.read_variant(_first, _read_other)
