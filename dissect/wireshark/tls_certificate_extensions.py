"""Extensions of TLS about certificates as Wireshark sees them: a mark for a list, moments of logs as times."""

from __future__ import annotations

from typing import Any

from dissect.protocols.tls_certificate_extensions import SignatureSchemeList, SignedCertificateTimestamp
from dissect.wireshark.field_types import ABSOLUTE_TIME
from dissect.wireshark.sight_fields import computed
from dissect.wireshark.tls_vectors import VectorSight, marked

__all__ = ["SchemesSight", "TimestampSight"]


class SchemesSight(VectorSight, of=SignatureSchemeList):
    """Schemes."""

    mark = marked("handshake.sig_hash_algs", "Signature Algorithms", "schemes")


class TimestampSight(VectorSight, of=SignedCertificateTimestamp):
    """When a log saw a certificate."""

    @computed("sct.sct_timestamp", ABSOLUTE_TIME, over="moment", title="Timestamp")
    def time(self, record: Any) -> int:
        """The time in nanoseconds since 1970."""
        return int(record.moment) * 1_000_000
