"""What the ends of a connection of QUIC want, as Wireshark sees it."""

from __future__ import annotations

from dissect.protocols.tls_quic_parameters import QUICParameter
from dissect.wireshark.field_types import UINT64
from dissect.wireshark.sight import Sight

__all__ = ["ParameterSight"]


class ParameterSight(Sight, of=QUICParameter):
    """A parameter, whose kind and length may have 62 bits."""

    types = {"tls.quic.parameter.type": UINT64, "tls.quic.parameter.length": UINT64}
