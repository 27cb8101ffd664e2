"""The TLVs of LLDP that PROFINET defines (IEC 61158-6-10): delays, and whether a port is ready for real time."""

from __future__ import annotations

from typing import ClassVar

from dissect.declare import Address, bits, mac, u16, u32
from dissect.protocols.lldp import PROFINET, LLDPOfOrganization

__all__ = ["LLDPProfinetChassis", "LLDPProfinetDelay", "LLDPProfinetStatus"]


class LLDPProfinetDelay(
    LLDPOfOrganization, subtype=PROFINET | 1, title="Measured Delay Values", source="IEC 61158-6-10"
):
    """How long frames take through both ports and the cable, in nanoseconds."""

    local_receive: int = u32("profinet.port_rx_delay_local", default=0, title="Port RX Delay Local")
    remote_receive: int = u32("profinet.port_rx_delay_remote", default=0, title="Port RX Delay Remote")
    local_transmit: int = u32("profinet.port_tx_delay_local", default=0, title="Port TX Delay Local")
    remote_transmit: int = u32("profinet.port_tx_delay_remote", default=0, title="Port TX Delay Remote")
    cable: int = u32("profinet.cable_delay_local", default=0, title="Port Cable Delay Local")


_RUNNING = ("Off", "reserved", "RTCLASS3_UP", "reserved", "RTCLASS3_RUN")


class LLDPProfinetStatus(LLDPOfOrganization, subtype=PROFINET | 2, title="Port Status", source="IEC 61158-6-10"):
    """Whether the port is ready for real-time traffic."""

    gap: ClassVar[str] = ""

    class_2: int = u16("profinet.rtc2_port_status", default=0, base=16, title="RTClass2 Port Status")
    class_3_reserved: int = bits(2, "", default=0, title="Reserved")
    preamble: int = bits(
        1,
        "profinet.rtc3_port_status.preambleLength",
        default=0,
        base=16,
        size=16,
        title="RTClass3_PortStatus.PreambleLength",
    )
    fragments: int = bits(
        1,
        "profinet.rtc3_port_status.fragmentation",
        default=0,
        base=16,
        size=16,
        title="RTClass3_PortStatus.Fragmentation",
    )
    reserved: int = bits(
        9, "profinet.rtc3_port_status.reserved", default=0, base=16, size=16, title="RTClass3_PortStatus.reserved"
    )
    class_3: int = bits(3, "profinet.rtc3_port_status", default=0, base=16, size=16, title="RTClass3 Port Status")

    def words(self) -> str:
        """Return the status of class 3, where the port has any."""
        status = self.class_3
        known = _RUNNING[status] if status < len(_RUNNING) else f"Unknown {status}"
        return f"RTClass3 Port Status = {known}" if status else ""


class LLDPProfinetChassis(LLDPOfOrganization, subtype=PROFINET | 5, title="Chassis MAC", source="IEC 61158-6-10"):
    """The address of the station's own interface."""

    address: Address = mac("profinet.cm_mac_add", default="00:00:00:00:00:00", kw_only=False, title="CMMacAdd")
