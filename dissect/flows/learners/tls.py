"""TLS: what a connection has agreed on, and messages of the handshake that come in several records."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from dissect.declaration.header import Data
from dissect.flows.decrypted import DecryptedStream
from dissect.flows.learner import Learner, Place
from dissect.flows.message_chain import innermost
from dissect.flows.tls_keys import KeyLog, RecordKeys, can_decrypt, keys_1_2, keys_1_3, next_secret
from dissect.packets.secrets import TLS_KEY_LOG
from dissect.protocols.tls import (
    HEAD,
    TLS,
    DecryptedAlert,
    HandshakeMessages,
    HandshakeMessagesDH,
    SSL2ClientHello,
    SSL2Record,
    TLSEncryptedHandshake,
    TLSNoRecord,
    is_a_version,
)
from dissect.protocols.tls_handshake import HandshakeFragment
from dissect.protocols.tls_hellos import ClientHello, HelloRetryRequest, ServerHelloMessage
from dissect.protocols.tls_name_extensions import ALPN
from dissect.protocols.tls_numbers import CipherSuite, ContentType, HandshakeType, ProtocolVersion
from dissect.wireshark.preferences import text_of
from dissect.wireshark.tls_applications import application_of

__all__ = ["TLSLearner", "TLSSession"]

_MESSAGE_HEAD = 4
_KEY_EXCHANGE = 16
_ENCRYPT_THEN_MAC, _EARLY_DATA, _VERSIONS = 22, 42, 43
_TLS_1_3 = int(ProtocolVersion.TLS_1_3)
_SSL_2 = 2
_LEAST_ENCRYPTED = 16
_PASSED_OVER = range(0x0301, 0x0304)
"""The versions in which Wireshark passes over what is no record."""
_PART = "[TLS segment of a reassembled PDU]"
"""What Wireshark's list says of a record that holds a part of a message."""
_OF_FIELD = ("_DH_", "_DHE_")


class _Begun:
    """A message that goes on in the next record: what is there of it, and in how many records it came."""

    __slots__ = ("count", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.count = 1

    @property
    def missing(self) -> int:
        """How many bytes are missing; those of the head where that is not whole yet."""
        if len(self.data) < _MESSAGE_HEAD:
            return _MESSAGE_HEAD - len(self.data)
        return _MESSAGE_HEAD + int.from_bytes(self.data[1:4], "big") - len(self.data)


class TLSSession:
    """What is known of one connection; directions are numbered as its segments are."""

    __slots__ = (
        "application",
        "begun",
        "column",
        "encrypted_since",
        "is_mac_outside",
        "is_resumed",
        "server_way",
        "shown_in",
        "keys",
        "part_in",
        "randoms",
        "stream",
        "suite",
        "version",
    )

    def __init__(self) -> None:
        self.version: int | None = None
        """The version that was agreed on, drafts of 1.3 as 1.3; None as long as nobody said so."""
        self.suite = 0
        """The cipher suite that the server chose."""
        self.server_way: int | None = None
        self.application = ""
        """The protocol above that the server chose (ALPN)."""
        self.is_resumed = False
        """Whether the server has said hello and nothing else: then it goes on with keys from before."""
        self.encrypted_since: list[int | None] = [None, None]
        """By direction, the frame of the first ChangeCipherSpec."""
        self.begun: list[_Begun | None] = [None, None]
        self.is_mac_outside = False
        """Whether blocks are encrypted before their checksum is made (RFC 7366)."""
        self.randoms = [b"", b""]
        """The randoms of the client's hello and of the server's."""
        self.keys: list[RecordKeys | None] = [None, None]
        """What protects the records of the client and those of the server, where somebody told the secrets."""
        self.stream: DecryptedStream | None = None
        """What both ends say inside, where it was decrypted and is known."""
        self.part_in = 0
        """The last frame with a part of a message inside."""
        self.shown_in = 0
        """The last frame in which a message inside became whole."""
        self.column: tuple[int, int | None] = (0, None)
        """The last frame, and the version that the list has for it."""

    def version_in_list(self, number: int, version: int, *, is_new: bool) -> int | None:
        """Return the version that the list has for a frame, of which one record has this version.

        That is the one that the connection had agreed on when the frame began, or the record's own as long as there
        was none; a hello of the server brings the new one (`is_new`).
        """
        frame, shown = self.column
        if is_new or frame != number:
            shown = self.version
        if shown is None:
            shown = version
        self.column = number, shown
        return shown


class TLSLearner(Learner, of=(TLS, TLSNoRecord, SSL2ClientHello, SSL2Record)):
    """Follows connections; 16384 are held, those that were silent longest give way.

    A message of the handshake that goes on in the next record has less than 65536 bytes; more are taken to be
    encrypted. Of such messages 1024 are held at a time.
    """

    limit = 1 << 14
    begun_limit = 1 << 10

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self._sessions: OrderedDict[int, TLSSession] = OrderedDict()
        self._begun: OrderedDict[tuple[int, int], TLSSession] = OrderedDict()
        path = text_of("tls.keylog_file")
        self._log = KeyLog.read(path) if path else KeyLog()
        self._taken: list[int] = []
        """Of each capture, how many blocks of secrets were read."""

    def rewind(self) -> None:
        super().rewind()
        self._begun.clear()
        for session in self._sessions.values():
            session.begun = [None, None]
            session.is_resumed = False
            session.keys = [None, None]
            session.stream = None

    def held(self) -> int:
        return len(self._sessions)

    def observe(self, header: Any, place: Place) -> None:
        if place.stream is None or place.quoted:
            return
        index, way = place.stream, place.way
        if header.learnt("is_begun"):
            if header.learnt("stands_alone"):
                # Of a record that can't be put together, Wireshark tells the version of the connection alone.
                header.learn(listed_version=self._session(index).version_in_list(place.number, 0, is_new=False))
            return
        session = self._session(index)
        if isinstance(header, SSL2ClientHello):
            session.server_way = 1 - way
            return
        if isinstance(header, SSL2Record):
            session.version_in_list(place.number, _SSL_2, is_new=False)
            return
        if isinstance(header, TLSNoRecord):
            header.learn(
                session_version=session.version if session.version in _PASSED_OVER else None,
                listed_version=session.version_in_list(place.number, 0, is_new=False),
            )
            return
        is_unheard = session.version is None and header.has("version") and not is_a_version(header.raw("version"))
        if (is_unheard and self._is_none(header, place)) or header.is_cut:
            return
        is_from_server = self._is_from_server(session, way, place.transport)
        if session.version is None:
            self._take_version(session, header)
        header.learn(
            session_version=session.version,
            listed_version=session.version_in_list(place.number, header.raw("version"), is_new=False),
        )
        kind = header.content_type
        if self._open(session, is_from_server, header, place):
            return
        if kind == ContentType.HANDSHAKE:
            self._take_handshake(session, index, way, is_from_server, header, place)
        elif kind == ContentType.CHANGE_CIPHER_SPEC and session.version != _TLS_1_3:
            if session.encrypted_since[is_from_server] is None:
                session.encrypted_since[is_from_server] = place.number
            self._begin_1_2(session, is_from_server)
            if is_from_server:
                header.learn(is_resumed=session.is_resumed)
                session.is_resumed = False
        elif kind == ContentType.APPLICATION_DATA:
            header.learn(app_protocol=_application(session, header, place))

    def _is_none(self, header: Any, place: Place) -> bool:
        """Whether what stands first in a segment and has no version is shown as no record: nobody has spoken TLS."""
        segment: Any = place.transport
        shown = segment.learnt("payload") or segment.payload
        if shown is not header:
            return False
        other = segment.carried_at(TLSNoRecord.decode, segment.own_end, segment.carried_end)
        segment.learn(payload=other)
        self.observe(other, place)
        return True

    def _session(self, index: int) -> TLSSession:
        session = self._sessions.get(index)
        if session is None:
            session = self._sessions[index] = TLSSession()
            if len(self._sessions) > self.limit:
                self._sessions.popitem(last=False)
        else:
            self._sessions.move_to_end(index)
        return session

    def _is_from_server(self, session: TLSSession, way: int, transport: Any) -> bool:
        """Whether the record comes from the server: the hellos tell, and in front of them the ports."""
        if session.server_way is not None:
            return way == session.server_way
        return _is_known_port(transport)

    def _take_version(self, session: TLSSession, header: Any) -> None:
        """Take the version of a record for that of the connection; that of a client's hello is a guess."""
        body = header.own_bytes[HEAD : HEAD + 1]
        if header.content_type == ContentType.HANDSHAKE and (
            not body or body[0] == HandshakeType.CLIENT_HELLO or not HandshakeType(body[0]).known
        ):
            return
        session.version = _agreed(header.raw("version"))

    def _take_handshake(
        self, session: TLSSession, index: int, way: int, is_from_server: bool, header: Any, place: Place
    ) -> None:
        body = header.own_bytes[HEAD:]
        if not body:
            return
        begun = session.begun[way]
        if begun is not None:
            self._go_on(session, index, way, begun, body, header, place)
            return
        since = session.encrypted_since[is_from_server]
        is_behind = since is not None and place.number > since and len(body) >= _LEAST_ENCRYPTED
        if isinstance(header, TLSEncryptedHandshake):
            return
        if is_behind:
            header.learn(hides_messages="Encrypted Handshake Message")
            return
        was_known = session.version
        messages = header.messages
        self._take_messages(session, index, way, messages)
        if _is_of_field(session) and any(message.buffer[message.own_start] == _KEY_EXCHANGE for message in messages):
            self._show(header, HandshakeMessagesDH, body, session, 0)
        self._tell(session, way, was_known, header, header, place)

    def _go_on(
        self, session: TLSSession, index: int, way: int, begun: _Begun, body: bytes, header: Any, place: Place
    ) -> None:
        """Add a record to a message that others began; where that is whole, show it in this one."""
        rest = body
        begun.count += 1
        while rest and begun.missing:
            begun.data, rest = begun.data + rest[: begun.missing], rest[begun.missing :]
        if begun.missing:
            header.learn(hides_messages="part")
            return
        session.begun[way] = None
        self._begun.pop((index, way), None)
        was_known = session.version
        cls = HandshakeMessagesDH if _is_of_field(session) else HandshakeMessages
        shown = self._show(header, cls, begun.data + rest, session, begun.count)
        self._take_messages(session, index, way, shown.messages)
        self._tell(session, way, was_known, header, shown, place)

    def _tell(
        self, session: TLSSession, way: int, was_known: int | None, header: Any, shown: Any, place: Place
    ) -> None:
        """Tell a record which version it brought, and the messages in it what this means for them.

        It tells whether there are times in their randoms, and the cipher suite how keys are exchanged.
        """
        is_answer = session.server_way == way
        if is_answer and was_known != session.version:
            header.learn(listed_version=session.version_in_list(place.number, 0, is_new=True))
        shown.learn(
            has_plain_random=(session.version if is_answer else was_known) == _TLS_1_3, lacks_suite=not session.suite
        )

    def _show(self, header: Any, cls: Any, data: bytes, session: TLSSession, count: int) -> Any:
        """Show messages behind a record in place of its own, and behind them what followed the record."""
        shown = header.carried_from(cls.decode, data, 0, len(data))
        shown.learn(shares_layer=True, fragment_count=count or None)
        follower = header.learnt("payload")
        if follower is None:
            follower = header.payload
        if follower is not None:
            shown.learn(payload=follower)
        header.learn(hides_messages="part" if count else "whole", payload=shown)
        return shown

    def _take_messages(self, session: TLSSession, index: int, way: int, messages: Any) -> None:
        for message in messages:
            if isinstance(message, HandshakeFragment):
                self._begin(session, index, way, bytes(message))
            elif isinstance(message, ClientHello):
                session.server_way = 1 - way
                session.randoms[0] = bytes(message.random) if message.has("random") else b""
                if _EARLY_DATA in {each.raw("type") for each in _extensions(message)}:
                    session.version = _TLS_1_3
            elif isinstance(message, ServerHelloMessage):
                self._take_answer(session, way, message)
            elif message.raw("type") == HandshakeType.SERVER_HELLO_DONE:
                session.is_resumed = False

    def _take_answer(self, session: TLSSession, way: int, hello: Any) -> None:
        """Take in what a server has chosen."""
        session.server_way, session.is_resumed = way, True
        if not hello.has("cipher_suite"):
            # That of a draft before the 22nd stands at another place.
            session.version = (hello.has("version") and _agreed(hello.raw("version"))) or session.version
            return
        session.suite = hello.raw("cipher_suite")
        version = hello.raw("version")
        for extension in _extensions(hello):
            if extension.raw("type") == _VERSIONS and extension.declares("version") and extension.has("version"):
                version = extension.raw("version")
        session.application = _chosen_protocol(hello)
        session.is_mac_outside = _ENCRYPT_THEN_MAC in {each.raw("type") for each in _extensions(hello)}
        session.version = _agreed(version) or session.version
        session.randoms[1] = bytes(hello.random)
        if session.version == _TLS_1_3 and not isinstance(hello, HelloRetryRequest):
            self._begin_1_3(session, "HANDSHAKE_TRAFFIC_SECRET")

    def _find(self, label: str, random: bytes) -> bytes | None:
        """Return a secret, by the file of the preference, or by what captures have told; None where nobody told it."""
        self._taken += [0] * (len(self.secrets) - len(self._taken))
        for place, told in enumerate(self.secrets):
            if self._taken[place] < len(told) and can_decrypt():
                for block in told[self._taken[place] :]:
                    if block.kind == TLS_KEY_LOG:
                        self._log.add(block.data.decode("ascii", "replace").splitlines())
            self._taken[place] = len(told)
        return self._log.find(label, random)

    def _begin_1_2(self, session: TLSSession, is_from_server: bool) -> None:
        """Have the keys of a direction from here on, where somebody told the secret (TLS 1.2)."""
        master = self._find("CLIENT_RANDOM", session.randoms[0])
        if master is not None and session.version == ProtocolVersion.TLS_1_2:
            client, server = session.randoms
            suite = CipherSuite(session.suite).title
            keys = keys_1_2(master, suite, client, server, is_mac_outside=session.is_mac_outside)
            session.keys[is_from_server] = None if keys is None else keys[is_from_server]

    def _begin_1_3(self, session: TLSSession, stage: str) -> None:
        """Have the keys of both directions for the handshake, where somebody told the secrets."""
        for way, who in enumerate(("CLIENT", "SERVER")):
            secret = self._find(f"{who}_{stage}", session.randoms[0])
            session.keys[way] = None if secret is None else keys_1_3(secret, CipherSuite(session.suite).title)

    def _open(self, session: TLSSession, is_from_server: bool, header: Any, place: Place) -> bool:
        """Decrypt a record, and show what it holds behind it; False where it is not protected, or can't be opened."""
        keys = session.keys[is_from_server]
        kind, is_1_3 = int(header.content_type), session.version == _TLS_1_3
        if keys is None or kind == ContentType.CHANGE_CIPHER_SPEC or (is_1_3 and kind != ContentType.APPLICATION_DATA):
            return False
        content = keys.open(kind, header.raw("version"), header.own_bytes[HEAD:])
        if content is not None and is_1_3:
            content = content.rstrip(b"\0")
            kind, content = (content[-1], content[:-1]) if content else (0, content)
        if not content:
            return False
        place.is_protected = True
        follower = header.learnt("payload") or header.payload
        decode = _INNER.get(kind)
        if decode is not None:
            header.learn(decrypted=b"")
            shown = header.carried_from(decode, content, 0, len(content))
        else:
            header.learn(decrypted=content)
            header.learn(app_protocol=_application(session, header, place))
            shown = self._say(session, is_from_server, header, content, place)
        if isinstance(shown, DecryptedAlert):
            shown.learn(shares_layer=True)
        elif isinstance(shown, HandshakeMessages):
            shown.learn(shares_layer=True, has_plain_random=is_1_3)
            self._take_decrypted(session, is_from_server, shown)
        if shown is None:
            # A list says so once for all records of a frame.
            is_told = place.number in (session.part_in, session.shown_in)
            header.learn(is_message_part="" if is_told else _PART)
            session.part_in = place.number
        else:
            if decode is None:
                if session.shown_in == place.number:
                    header.learn(is_message_part="")
                    shown.learn(follows_in_info=True)
                session.shown_in = place.number
            if follower is not None:
                innermost(shown).learn(payload=follower)
        header.learn(payload=follower if shown is None else shown)
        if is_1_3:
            header.learn(inner_type=kind)
        if header.content_type == ContentType.HANDSHAKE:
            header.learn(hides_messages="decrypted")
        return True

    def _say(self, session: TLSSession, is_from_server: bool, header: Any, content: bytes, place: Place) -> Any:
        """Return what decrypted data show: messages that are whole with them, None where there are none yet."""
        if session.stream is None:
            protocol = _inner_protocol(session, place.transport)
            if protocol is None:
                return header.carried_from(Data.decode, content, 0, len(content))
            session.stream = DecryptedStream(protocol)
        return session.stream.take(header, int(is_from_server), content, place.number)

    def _take_decrypted(self, session: TLSSession, is_from_server: bool, shown: Any) -> None:
        """Take in messages that were decrypted: some of them change the keys."""
        for message in shown.messages:
            if isinstance(message, HandshakeFragment) or session.version != _TLS_1_3:
                continue
            if message.raw("type") == HandshakeType.FINISHED:
                who = "SERVER" if is_from_server else "CLIENT"
                secret = self._find(f"{who}_TRAFFIC_SECRET_0", session.randoms[0])
                session.keys[is_from_server] = (
                    None if secret is None else keys_1_3(secret, CipherSuite(session.suite).title)
                )
            elif message.raw("type") == HandshakeType.KEY_UPDATE:
                keys, suite = session.keys[is_from_server], CipherSuite(session.suite).title
                if keys is not None:
                    session.keys[is_from_server] = keys_1_3(next_secret(keys.secret, suite), suite)
            elif message.raw("type") == HandshakeType.ENCRYPTED_EXTENSIONS:
                session.application = _chosen_protocol(message) or session.application

    def _begin(self, session: TLSSession, index: int, way: int, data: bytes) -> None:
        session.begun[way] = _Begun(data)
        self._begun[index, way] = session
        if len(self._begun) > self.begun_limit:
            (_, other), forgotten = self._begun.popitem(last=False)
            forgotten.begun[other] = None


def _extensions(hello: Any) -> list[Any]:
    """Return the extensions of a hello that are whole; none where it is cut in front of their end."""
    if not hello.has("extensions"):
        return []
    return [each for each in hello.extensions if not isinstance(each, bytes) and not each.malformed]


def _chosen_protocol(message: Any) -> str:
    """Return the protocol above TLS that a server chose; "" where it says nothing of it."""
    for extension in _extensions(message):
        if isinstance(extension, ALPN):
            first: Any = next(iter(extension.protocols), b"") if extension.has("protocols") else b""
            return "" if isinstance(first, bytes) or not first.has("protocol") else str(first.protocol)
    return ""


def _inner_protocol(session: TLSSession, transport: Any) -> Any:
    """Return the class of what is spoken above TLS: that of the port on which it is spoken without; None for none."""
    port = (
        _PLAIN_PORTS.get(session.application) or _PLAIN_PORTS.get(transport.sport) or _PLAIN_PORTS.get(transport.dport)
    )
    decode = None if port is None else transport.decoder_of_ports(port, port)
    return (
        None if decode is None else next((cls for cls in transport.carried_protocols() if cls.decode is decode), None)
    )


_INNER: dict[int, Any] = {
    int(ContentType.HANDSHAKE): HandshakeMessages.decode,
    int(ContentType.ALERT): DecryptedAlert.decode,
}
_PLAIN_PORTS: dict[int | str, int] = {
    443: 80,
    "http/1.1": 80,
    "http/1.0": 80,
    465: 25,
    636: 389,
    853: 53,
    993: 143,
    995: 110,
}
"""On which port what is spoken above TLS is spoken without it, by the port or by the name that was agreed on."""


def _application(session: TLSSession, header: Any, place: Place) -> str | None:
    """Return what is spoken above TLS: what the two agreed on, what they spoke before, or what the ports tell.

    Of a tunnel through a proxy, the far end's port counts.
    """
    named = header.learnt("upgraded_from", "") if not session.application else ""
    far, transport = header.learnt("far_port"), place.transport
    ports = (far,) if far else () if transport is None else (transport.sport, transport.dport)
    return named or application_of(session.application, *ports)


def _agreed(version: int) -> int | None:
    """Return the version that counts for a connection: drafts as what they became, None for none that there is."""
    if ProtocolVersion(version).is_1_3:
        return _TLS_1_3
    return version if 0x0300 <= version < _TLS_1_3 else None


def _is_of_field(session: TLSSession) -> bool:
    """Whether keys are exchanged in a finite field."""
    name = CipherSuite(session.suite).title
    return any(part in name for part in _OF_FIELD)


def _is_known_port(transport: Any) -> bool:
    """Whether the sender's port is one of TLS."""
    return transport is not None and transport.decoder_of_ports(transport.sport, transport.sport) is TLS.decode
