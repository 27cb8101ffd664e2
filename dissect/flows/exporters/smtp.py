"""Mail that came over SMTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dissect.flows.objects import Exporter, TransferredObject
from dissect.packets.packet import Packet
from dissect.protocols.smtp import SMTP
from dissect.wireshark.sight import said_layers
from dissect.wireshark.smtp import mail_size

__all__ = ["SMTPExporter"]

_SUBJECT = re.compile(rb"^Subject:[ \t]*(.*(?:\n[ \t].*)*)$", re.IGNORECASE | re.MULTILINE)
"""A field may be folded into several lines (RFC 5322, section 2.2.3)."""


class SMTPExporter(Exporter, kind="smtp"):
    """Mail as it was sent, the doubled dots at the beginning of lines included, by its subject."""

    def take(self, packet: Packet) -> Iterator[TransferredObject]:
        for header in said_layers(packet):
            mail: Any = header.learnt("mail") if isinstance(header, SMTP) else None
            if mail:
                # Wireshark takes a blank line at the end for a part of the dot behind it.
                mail = mail[: mail_size(header)]
                found = _SUBJECT.search(mail.partition(b"\r\n\r\n")[0])
                subject = found[1].decode("utf-8", "replace").strip() if found else ""
                yield TransferredObject(f"{subject}.eml", mail, packet.number)
