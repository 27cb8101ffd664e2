"""TLS: what a connection has agreed on, and messages of the handshake that come in several records."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from dissect.flows.learner import Learner, Place
from dissect.protocols.tls import (
    HEAD,
    TLS,
    HandshakeMessages,
    HandshakeMessagesDH,
    SSL2ClientHello,
    TLSEncryptedHandshake,
    TLSNoRecord,
)
from dissect.protocols.tls_handshake import HandshakeFragment
from dissect.protocols.tls_hellos import ClientHello, ServerHelloMessage
from dissect.protocols.tls_numbers import CipherSuite, ContentType, HandshakeType, ProtocolVersion
from dissect.wireshark.tls_applications import application_of

__all__ = ["TLSLearner", "TLSSession"]

_MESSAGE_HEAD = 4
_KEY_EXCHANGE = 16
_ALPN, _EARLY_DATA, _VERSIONS = 16, 42, 43
_TLS_1_3 = int(ProtocolVersion.TLS_1_3)
_LEAST_ENCRYPTED = 16
_PASSED_OVER = range(0x0301, 0x0304)
"""The versions in which Wireshark passes over what is no record."""
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
        "is_resumed",
        "server_way",
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


class TLSLearner(Learner, of=(TLS, TLSNoRecord, SSL2ClientHello)):
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

    def rewind(self) -> None:
        super().rewind()
        self._begun.clear()
        for session in self._sessions.values():
            session.begun = [None, None]
            session.is_resumed = False

    def held(self) -> int:
        return len(self._sessions)

    def observe(self, header: Any, place: Place) -> None:
        if place.stream is None or place.quoted or header.learnt("is_begun"):
            return
        index, way = place.stream, place.way
        session = self._session(index)
        if isinstance(header, SSL2ClientHello):
            session.server_way = 1 - way
            return
        if isinstance(header, TLSNoRecord):
            header.learn(
                session_version=session.version if session.version in _PASSED_OVER else None,
                listed_version=session.version_in_list(place.number, 0, is_new=False),
            )
            return
        if header.is_cut:
            return
        is_from_server = self._is_from_server(session, way, place.transport)
        if session.version is None:
            self._take_version(session, header)
        header.learn(
            session_version=session.version,
            listed_version=session.version_in_list(place.number, header.raw("version"), is_new=False),
        )
        kind = header.content_type
        if kind == ContentType.HANDSHAKE:
            self._take_handshake(session, index, way, is_from_server, header, place)
        elif kind == ContentType.CHANGE_CIPHER_SPEC and session.version != _TLS_1_3:
            if session.encrypted_since[is_from_server] is None:
                session.encrypted_since[is_from_server] = place.number
            if is_from_server:
                header.learn(is_resumed=session.is_resumed)
                session.is_resumed = False
        elif kind == ContentType.APPLICATION_DATA:
            ports = (place.transport.sport, place.transport.dport) if place.transport is not None else ()
            header.learn(app_protocol=application_of(session.application, *ports))

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
        """Tell a record which version it brought, and the messages in it whether there are times in their randoms."""
        is_answer = session.server_way == way
        if is_answer and was_known != session.version:
            header.learn(listed_version=session.version_in_list(place.number, 0, is_new=True))
        shown.learn(has_plain_random=(session.version if is_answer else was_known) == _TLS_1_3)

    def _show(self, header: Any, cls: Any, data: bytes, session: TLSSession, count: int) -> Any:
        """Show messages behind a record in place of its own, and behind them what followed the record."""
        shown = header.carried_from(cls.decode, data, 0, len(data))
        shown.learn(shares_layer=True, fragment_count=count or None)
        follower = header.learnt("payload")
        if follower is None:
            follower = header.payload
        if follower is not None:
            shown.learn(payload=follower)
        header.learn(hides_messages="part", payload=shown)
        return shown

    def _take_messages(self, session: TLSSession, index: int, way: int, messages: Any) -> None:
        for message in messages:
            if isinstance(message, HandshakeFragment):
                self._begin(session, index, way, bytes(message))
            elif isinstance(message, ClientHello):
                session.server_way = 1 - way
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
            return
        session.suite = hello.raw("cipher_suite")
        version = hello.raw("version")
        for extension in _extensions(hello):
            if extension.raw("type") == _VERSIONS and extension.declares("version") and extension.has("version"):
                version = extension.raw("version")
            elif extension.raw("type") == _ALPN:
                named = [entry for entry in extension.protocols if not isinstance(entry, bytes)]
                session.application = named[0].protocol if named else ""
        session.version = _agreed(version) or session.version

    def _begin(self, session: TLSSession, index: int, way: int, data: bytes) -> None:
        session.begun[way] = _Begun(data)
        self._begun[index, way] = session
        if len(self._begun) > self.begun_limit:
            (_, other), forgotten = self._begun.popitem(last=False)
            forgotten.begun[other] = None


def _extensions(hello: Any) -> list[Any]:
    """Return the extensions of a hello that are whole."""
    return [each for each in hello.extensions or () if not isinstance(each, bytes) and not each.malformed]


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
