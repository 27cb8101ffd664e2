"""QUIC: connections, whose first packets are decrypted, and the handshake that these carry in pieces."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from dissect.declaration.header import Data
from dissect.flows.learner import Learner, Place
from dissect.flows.message_chain import innermost
from dissect.flows.openings import Opening
from dissect.flows.quic_keys import PacketKeys, can_decrypt, initial_keys
from dissect.protocols.quic import (
    BEGINNING,
    FORCING,
    MOST_ID,
    QUIC,
    QUICInitial,
    QUICLong,
    QUICOther,
    QUICPadding,
    QUICShort,
    read_like_first,
)
from dissect.protocols.quic_frames import CryptoFrame, QUICFrames
from dissect.protocols.tls import HandshakeMessages

__all__ = ["QUICConnection", "QUICLearner"]

_HEAD = 4
_LOOK = 7 + MOST_ID
"""So many bytes tell whether a packet begins a connection."""
_MOST_CRYPTO = 1 << 16
"""So many bytes of a handshake are put together; a client's hello and a server's have a few thousand."""


class _Pieces:
    """The bytes of a handshake's messages in one direction, as far as they have come."""

    __slots__ = ("begun", "furthest", "parts", "reached", "shown", "size")

    def __init__(self) -> None:
        self.parts: dict[int, bytes] = {}
        self.shown = 0
        """Up to which byte messages were shown."""
        self.reached = 0
        """Up to which byte all have come."""
        self.furthest = 0
        """Where the last piece ends."""
        self.begun = 0
        """In how many pieces that has come of a message which is not whole."""
        self.size = 0

    @property
    def type(self) -> int | None:
        """The type of the message that is not whole; None where its first byte has not come."""
        for offset, part in self.parts.items():
            if offset <= self.shown < offset + len(part):
                return part[self.shown - offset]
        return None

    def add(self, offset: int, data: bytes) -> None:
        """Take a piece in; one that comes again changes nothing."""
        if offset in self.parts or self.size + len(data) > _MOST_CRYPTO or offset + len(data) > 2 * _MOST_CRYPTO:
            return
        self.parts[offset] = data
        self.furthest = max(self.furthest, offset + len(data))
        self.size += len(data)

    def messages(self) -> bytes:
        """Return the whole messages that were not shown yet; b"" for none."""
        data = bytearray()
        for offset, part in sorted(self.parts.items()):
            there = self.shown + len(data)
            if offset > there:
                break
            data += part[max(there - offset, 0) :]
        end = self.shown + len(data)
        if end <= self.reached or end < self.furthest:
            # Where a piece came too early, Wireshark waits for all in front of its end.
            return b""
        self.reached, self.begun = end, self.begun + 1
        end = 0
        while len(data) - end >= _HEAD:
            size = _HEAD + int.from_bytes(data[end + 1 : end + _HEAD], "big")
            if end + size > len(data):
                break
            end += size
        self.shown += end
        return bytes(data[:end])


class QUICConnection:
    """What is known of a connection: its two ends, and their identifiers and keys."""

    __slots__ = ("client", "identifiers", "keys", "origin", "pieces", "version")

    def __init__(self, client: Any, origin: bytes) -> None:
        self.client = client
        """The end that began."""
        self.origin = origin
        """The identifier from which the keys come."""
        self.version: Any = None
        self.keys: tuple[PacketKeys, PacketKeys] | None = None
        self.identifiers = [b"", b""]
        """The identifiers that client and server chose for themselves."""
        self.pieces = (_Pieces(), _Pieces())


class QUICLearner(Learner, of=QUIC):
    """Follows connections, over any ports; 4096 are held, those that were silent longest give way."""

    limit = 1 << 12
    always = True

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self._connections: OrderedDict[Any, QUICConnection] = OrderedDict()
        self._decrypts: bool | None = None
        self._before: Any = None
        """The packet in front of one that follows in the same datagram."""

    def rewind(self) -> None:
        super().rewind()
        self._connections.clear()

    def held(self) -> int:
        return len(self._connections)

    def observe(self, header: Any, place: Place) -> None:
        self._observe(header, place)
        self._before = header

    def _observe(self, header: Any, place: Place) -> None:
        ends = place.ends
        if ends is None:
            return
        connection = self._connections.get(frozenset(ends))
        begins = connection is None and any(each(header.own_bytes[:_LOOK]) for each in (BEGINNING, FORCING))
        if connection is None and not header.learnt("shares_layer") and not begins:
            # A short head tells nothing of itself, nor does a version that nobody knows, whatever the port is.
            datagram = place.transport
            datagram.learn(payload=datagram.carried_at(Data.decode, datagram.own_end, datagram.carried_end))
            return
        if header.is_cut or place.quoted:
            return
        if isinstance(header, QUICOther) and connection is not None and header.has("source_id"):
            self._read_again(header, place)
            return
        if isinstance(header, QUICShort):
            if connection is not None:
                self._name_receiver(connection, header, ends[0])
            return
        if not isinstance(header, QUICLong) or not header.has("source_id"):
            return
        if connection is None:
            connection = self._begin(ends, bytes(header.destination_id))
        else:
            self._connections.move_to_end(frozenset(ends))
        is_from_server = ends[0] != connection.client
        if len(header.source_id) <= MOST_ID:
            connection.identifiers[is_from_server] = bytes(header.source_id)
        if isinstance(header, QUICInitial) and header.has("protected"):
            self._open(connection, is_from_server, header)

    def _begin(self, ends: tuple[Any, ...], origin: bytes) -> QUICConnection:
        connection = self._connections[frozenset(ends)] = QUICConnection(ends[0], origin)
        self.openings["udp"].expect(Opening(QUIC, once=False), *ends)
        if len(self._connections) > self.limit:
            self._connections.popitem(last=False)
        return connection

    def _read_again(self, header: Any, place: Place) -> None:
        """Read a packet of an unknown version in a connection as one of version 1, and what follows it."""
        is_behind = bool(header.learnt("shares_layer"))
        around: Any = self._before if is_behind else place.transport
        shown = around.carried_at(read_like_first, around.own_end, around.carried_end)
        shown.learn(shares_layer=is_behind)
        innermost(around).learn(payload=shown) if is_behind else around.learn(payload=shown)
        while shown is not None:
            self.observe(shown, place)
            shown = shown.payload

    def _name_receiver(self, connection: QUICConnection, header: Any, sender: Any) -> None:
        """Tell a short head the identifier of its receiver, where it has that."""
        expected = connection.identifiers[sender == connection.client]
        if expected and header.own_bytes[1 : 1 + len(expected)] == expected:
            header.learn(receiver=expected)

    def _open(self, connection: QUICConnection, is_from_server: bool, header: Any) -> None:
        """Decrypt a packet, and show what it holds behind its head."""
        if self._decrypts is None:
            self._decrypts = can_decrypt()
        if not self._decrypts:
            return
        destination = bytes(header.destination_id)
        if connection.keys is None or connection.version != header.version:
            connection.keys, connection.version = initial_keys(connection.origin, header.version), header.version
        packet = header.own_bytes
        place = header.span("protected")[0] // 8
        opened = connection.keys[is_from_server].open(packet, place)
        if opened is not None and opened.content is None and not is_from_server and destination != connection.origin:
            # Behind a Retry, a client begins again with another identifier.
            keys = initial_keys(destination, header.version)
            again = keys[0].open(packet, place)
            if again is not None and again.content is not None:
                opened, connection.keys, connection.origin = again, keys, destination
        if opened is None:
            return
        header.learn(packet_number=opened.number, number_size=opened.number_size, first_byte=opened.first_byte)
        if opened.content and header.version.has_known_frames:
            self._show(connection, is_from_server, header, opened.content)

    def _show(self, connection: QUICConnection, is_from_server: bool, header: Any, content: bytes) -> None:
        frames = header.carried_from(QUICFrames.decode, content, 0, len(content))
        frames.learn(shares_layer=True)
        pieces = connection.pieces[is_from_server]
        last = frames
        for frame in frames.frames:
            if not isinstance(frame, CryptoFrame) or not frame.is_filled():
                continue
            begun = pieces.begun
            pieces.add(frame.offset, bytes(frame.data))
            messages = pieces.messages()
            if not messages and pieces.begun == begun:
                # It has come before, or stands behind what has not come yet.
                continue
            shown = header.carried_from(HandshakeMessages.decode, messages, 0, len(messages))
            shown.learn(has_plain_random=True, carried_by="quic")
            if not messages:
                shown.learn(is_part=True, begins=pieces.type if pieces.begun == 1 else None)
            elif pieces.begun > 1:
                shown.learn(is_part=True, fragment_count=pieces.begun)
            if messages:
                pieces.begun = 0
            last.learn(payload=shown)
            last = shown
        if isinstance(header.payload, (QUIC, QUICPadding)):
            last.learn(payload=header.payload)
        header.learn(payload=frames)
