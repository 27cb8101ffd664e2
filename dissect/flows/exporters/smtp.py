"""Mail that came over SMTP, or in a body of HTTP, and mail that stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.flows.mails import mails_in, subject_of
from dissect.flows.objects import Exporter, TransferredObject
from dissect.packets.packet import Packet
from dissect.protocols.http import HTTPMessage
from dissect.protocols.smtp import SMTP
from dissect.wireshark.http_bodies import body_handed_on
from dissect.wireshark.sight import said_layers
from dissect.wireshark.smtp import mail_size

__all__ = ["SMTPExporter"]

_MAY_HOLD_MAIL = ("message/", "multipart/")


class SMTPExporter(Exporter, kind="smtp"):
    """Mail as it was sent, the doubled dots at the beginning of lines included, by its subject."""

    def take(self, packet: Packet) -> Iterator[TransferredObject]:
        for header in said_layers(packet):
            for mail in _mails(header):
                yield TransferredObject(f"{subject_of(mail)}.eml", mail, packet.number)


def _mails(header: Any) -> Iterator[bytes]:
    """Yield the mails with which a header ends."""
    if isinstance(header, SMTP):
        mail = header.learnt("mail")
        if mail:
            # Wireshark takes a blank line at the end for a part of the dot behind it.
            yield from mails_in(mail[: mail_size(header)])
    elif isinstance(header, HTTPMessage) and (header.media_type or "").startswith(_MAY_HOLD_MAIL):
        yield from mails_in(body_handed_on(header) or b"", header.headers.get_all("Content-Type")[-1])
