"""Link types of captures (LINKTYPE_ values): number, name and meaning of each.

Source: the registry at https://www.tcpdump.org/linktypes.html. Names are the registry's without
`LINKTYPE_`, in lower case; the registry's own spelling and that of libpcap's `DLT_` constants are
understood wherever a name is.
"""

from __future__ import annotations

__all__ = [
    "ETHERNET",
    "LINK_NAMES",
    "canonical_link",
    "link_description",
    "link_name",
    "link_number",
]

from dissect.errors import FieldError

ETHERNET = 1

# 147 to 162 are reserved for private use, so nothing more can be said about them.
_PRIVATE_USE = range(147, 163)

LINK_NAMES: dict[int, tuple[str, str]] = {
    0: ("null", "BSD loopback: protocol family in the byte order of the capturing host"),
    1: ("ethernet", "Ethernet"),
    2: ("exp_ethernet", "experimental Ethernet, 3 Mb/s"),
    3: ("ax25", "AX.25 amateur radio"),
    4: ("pronet", "Proteon ProNET token ring"),
    5: ("chaos", "MIT Chaosnet"),
    6: ("ieee802_5", "Token Ring (IEEE 802.5)"),
    7: ("arcnet_bsd", "ARCNET, as BSD captures it"),
    8: ("slip", "SLIP with a direction and compression header"),
    9: ("ppp", "PPP, with or without its HDLC-like framing"),
    10: ("fddi", "FDDI"),
    50: ("ppp_hdlc", "PPP in HDLC-like framing, or Cisco's framing of PPP"),
    51: ("ppp_ether", "PPP over Ethernet, from the PPPoE header on"),
    99: ("symantec_firewall", "Symantec Enterprise Firewall"),
    100: ("atm_rfc1483", "ATM with LLC/SNAP (RFC 1483)"),
    101: ("raw", "raw IP: an IPv4 or IPv6 header comes first"),
    104: ("chdlc", "Cisco HDLC"),
    105: ("ieee802_11", "Wi-Fi (IEEE 802.11)"),
    106: ("atm_clip", "classical IP over ATM, as Linux captures it"),
    107: ("frelay", "Frame Relay, from its address field on"),
    108: ("loop", "OpenBSD loopback: protocol family in network byte order"),
    109: ("enc", "OpenBSD IPsec encapsulating interface"),
    113: ("linux_sll", "Linux cooked capture"),
    114: ("ltalk", "Apple LocalTalk"),
    117: ("pflog", "OpenBSD packet filter log"),
    118: ("cisco_ios", "Cisco IOS internal"),
    119: ("ieee802_11_prism", "Wi-Fi behind a Prism header"),
    120: ("ieee802_11_aironet", "Wi-Fi behind an Aironet header"),
    121: ("hhdlc", "Siemens HiPath HDLC"),
    122: ("ip_over_fc", "IP over Fibre Channel (RFC 2625)"),
    123: ("sunatm", "ATM behind SunATM's header"),
    127: ("ieee802_11_radiotap", "Wi-Fi behind a radiotap header"),
    129: ("arcnet_linux", "ARCNET, as Linux captures it"),
    138: ("apple_ip_over_ieee1394", "IP over FireWire, as Apple captures it"),
    139: ("mtp2_with_phdr", "SS7 MTP2 behind a pseudo-header"),
    140: ("mtp2", "SS7 MTP2"),
    141: ("mtp3", "SS7 MTP3"),
    142: ("sccp", "SS7 SCCP"),
    143: ("docsis", "DOCSIS MAC"),
    144: ("linux_irda", "infrared (IrDA), as Linux captures it"),
    163: ("ieee802_11_avs", "Wi-Fi behind an AVS header"),
    165: ("bacnet_ms_tp", "BACnet MS/TP"),
    166: ("ppp_pppd", "PPP with the direction in the address byte, from pppd"),
    169: ("gprs_llc", "GPRS logical link control"),
    170: ("gpf_t", "generic framing procedure, transparent"),
    171: ("gpf_f", "generic framing procedure, frame-mapped"),
    177: ("linux_lapd", "ISDN LAPD, as Linux captures it"),
    182: ("mfr", "multi-link Frame Relay (FRF.16.1)"),
    187: ("bluetooth_hci_h4", "Bluetooth HCI over UART"),
    189: ("usb_linux", "USB with Linux's 48-byte header"),
    192: ("ppi", "per-packet information, then another link type"),
    195: ("ieee802_15_4_withfcs", "IEEE 802.15.4 with its frame check sequence"),
    196: ("sita", "SITA's pseudo-header, then other link types"),
    197: ("erf", "Endace ERF records"),
    201: ("bluetooth_hci_h4_with_phdr", "Bluetooth HCI over UART behind a direction field"),
    202: ("ax25_kiss", "AX.25 behind a KISS header"),
    203: ("lapd", "ISDN LAPD"),
    204: ("ppp_with_dir", "PPP behind a direction byte"),
    205: ("c_hdlc_with_dir", "Cisco HDLC behind a direction byte"),
    206: ("frelay_with_dir", "Frame Relay behind a direction byte"),
    207: ("lapb_with_dir", "X.25 LAPB behind a direction byte"),
    209: ("ipmb_linux", "IPMB over I2C, as Linux captures it"),
    210: ("flexray", "FlexRay automotive bus"),
    212: ("lin", "LIN automotive bus"),
    215: ("ieee802_15_4_nonask_phy", "IEEE 802.15.4 with its physical-layer header"),
    220: ("usb_linux_mmapped", "USB with Linux's 64-byte header"),
    224: ("fc_2", "Fibre Channel FC-2"),
    225: ("fc_2_with_frame_delims", "Fibre Channel FC-2 between frame delimiters"),
    226: ("ipnet", "Solaris ipnet"),
    227: ("can_socketcan", "CAN bus (SocketCAN)"),
    228: ("ipv4", "raw IPv4"),
    229: ("ipv6", "raw IPv6"),
    230: ("ieee802_15_4_nofcs", "IEEE 802.15.4 without its frame check sequence"),
    231: ("dbus", "D-Bus messages"),
    235: ("dvb_ci", "DVB common interface"),
    236: ("mux27010", "a variant of the 3GPP TS 27.010 multiplexer"),
    237: ("stanag_5066_d_pdu", "STANAG 5066 D_PDU"),
    239: ("nflog", "Linux netfilter log"),
    240: ("netanalyzer", "Ethernet behind a Hilscher netANALYZER header"),
    241: ("netanalyzer_transparent", "Ethernet with preamble behind a Hilscher netANALYZER header"),
    242: ("ipoib", "IP over InfiniBand (RFC 4391)"),
    243: ("mpeg_2_ts", "MPEG-2 transport stream"),
    244: ("ng40", "ng4T ng40 UMTS tester"),
    245: ("nfc_llcp", "NFC logical link control"),
    246: ("pfsync", "OpenBSD packet filter state synchronisation"),
    247: ("infiniband", "InfiniBand"),
    248: ("sctp", "SCTP without anything below it"),
    249: ("usbpcap", "USB with a USBPcap header"),
    250: ("rtac_serial", "serial line of an SEL RTAC"),
    251: ("bluetooth_le_ll", "Bluetooth Low Energy link layer"),
    252: ("wireshark_upper_pdu", "upper-layer messages that Wireshark exported"),
    253: ("netlink", "Linux netlink"),
    254: ("bluetooth_linux_monitor", "Bluetooth, as BlueZ's monitor captures it"),
    255: ("bluetooth_bredr_bb", "Bluetooth basic and enhanced rate baseband"),
    256: ("bluetooth_le_ll_with_phdr", "Bluetooth Low Energy link layer behind a pseudo-header"),
    257: ("profibus_dl", "PROFIBUS data link layer"),
    258: ("pktap", "Apple PKTAP"),
    259: ("epon", "Ethernet over a passive optical network"),
    260: ("ipmi_hpm_2", "IPMI trace (PICMG HPM.2)"),
    261: ("zwave_r1_r2", "Z-Wave, profiles R1 and R2"),
    262: ("zwave_r3", "Z-Wave, profile R3"),
    263: ("wattstopper_dlm", "WattStopper digital lighting management"),
    264: ("iso_14443", "contactless smart cards (ISO 14443)"),
    265: ("rds", "radio data system"),
    266: ("usb_darwin", "USB with macOS's header"),
    267: ("openflow", "OpenFlow messages"),
    268: ("sdlc", "IBM SDLC"),
    270: ("loratap", "LoRa behind a LoRaTap header"),
    271: ("vsock", "host and guest sockets (vsock)"),
    272: ("nordic_ble", "Bluetooth Low Energy from a Nordic sniffer"),
    273: ("docsis31_xra31", "DOCSIS 3.1 from an Excentis XRA-31"),
    274: ("ethernet_mpacket", "Ethernet mPackets (IEEE 802.3br)"),
    275: ("displayport_aux", "DisplayPort AUX channel"),
    276: ("linux_sll2", "Linux cooked capture, version 2"),
    278: ("openvizsla", "USB from an OpenVizsla"),
    279: ("ebhscr", "Elektrobit high-speed capture and replay"),
    280: ("vpp_dispatch", "VPP graph dispatch trace"),
    281: ("dsa_tag_brcm", "Ethernet with a Broadcom switch tag after the addresses"),
    282: ("dsa_tag_brcm_prepend", "Ethernet behind a Broadcom switch tag"),
    283: ("ieee802_15_4_tap", "IEEE 802.15.4 behind a TAP header"),
    284: ("dsa_tag_dsa", "Ethernet with a Marvell DSA switch tag"),
    285: ("dsa_tag_edsa", "Ethernet with a Marvell EDSA switch tag"),
    286: ("elee", "lawful interception (ELEE)"),
    287: ("z_wave_serial", "Z-Wave between host and chip"),
    288: ("usb_2_0", "USB 2.0, speed not told"),
    289: ("atsc_alp", "ATSC 3.0 link layer"),
    290: ("etw", "Event Tracing for Windows"),
    291: ("netanalyzer_ng", "Hilscher netANALYZER NG"),
    292: ("zboss_ncp", "ZBOSS Zigbee co-processor"),
    293: ("usb_2_0_low_speed", "USB 2.0, low speed"),
    294: ("usb_2_0_full_speed", "USB 2.0, full speed"),
    295: ("usb_2_0_high_speed", "USB 2.0, high speed"),
    299: ("fira_uci", "FiRa ultra-wideband controller"),
    301: ("dect_nr", "DECT-2020 New Radio"),
    302: ("edk2_mm", "EDK2 management mode"),
    **{number: (f"user{number - 147}", "private use") for number in _PRIVATE_USE},
}

# libpcap's DLT_ numbers differ between systems where its LINKTYPE_ numbers don't, and programs
# that wrote their own DLT_ number leave it in files: raw IP is 12 on most BSDs and Linux, 14 on
# OpenBSD, and ATM after RFC 1483 is 11 on most of them.
_STRAY_DLT = {11: 100, 12: 101, 14: 101}

# Other spellings in use: the registry's, libpcap's DLT_ constants, and everyday words.
_OTHER_NAMES = {
    "bsd_loopback": 0,
    "c_hdlc": 104,
    "cisco_hdlc": 104,
    "cooked": 113,
    "en10mb": 1,
    "ether": 1,
    "frame_relay": 107,
    "ieee802": 6,
    "ieee802_11_radio": 127,
    "ieee802_11_radio_avs": 163,
    "ip": 101,
    "ppp_serial": 50,
    "prism_header": 119,
    "radiotap": 127,
    "raw_ip": 101,
    "sll": 113,
    "sll2": 276,
    "wifi": 105,
}

_NUMBERS = {name: number for number, (name, _) in LINK_NAMES.items()} | _OTHER_NAMES


def canonical_link(number: int) -> int:
    """Return the LINKTYPE number that `number` stands for: itself, but for a system's DLT number left in a file.

    >>> canonical_link(12), canonical_link(14), canonical_link(1)
    (101, 101, 1)
    """
    return _STRAY_DLT.get(number, number)


def link_name(number: int) -> str:
    """Return the name of a LINKTYPE number; without an entry it is "unknown" and the number.

    >>> link_name(1), link_name(12), link_name(149), link_name(9999)
    ('ethernet', 'raw', 'user2', 'unknown 9999')
    """
    known = LINK_NAMES.get(canonical_link(number))
    return known[0] if known else f"unknown {number}"


def link_description(number: int) -> str:
    """Say in a few words what frames of this LINKTYPE number are.

    >>> link_description(276)
    'Linux cooked capture, version 2'
    """
    known = LINK_NAMES.get(canonical_link(number))
    return known[1] if known else "a link type that is not in the public list"


def link_number(link: str | int) -> int:
    """Return the LINKTYPE number of a name, or the number itself (0 to 65535).

    Names are those of `LINK_NAMES`; capitals and the prefixes `LINKTYPE_` and `DLT_` make no
    difference, nor do `-` and spaces for `_`. Digits are a number.

    Raises `FieldError` for any other name, naming the nearest right one, and for a number out of range.

    >>> link_number("ethernet"), link_number("DLT_EN10MB"), link_number("Linux SLL"), link_number(101)
    (1, 1, 113, 101)
    >>> link_number("etherent")
    Traceback (most recent call last):
        ...
    dissect.errors.FieldError: there is no link type 'etherent': did you mean 'ethernet'?
    """
    number: object = link
    if isinstance(link, str):
        word = link.strip().lower().replace("-", "_").replace(" ", "_")
        word = word.removeprefix("linktype_").removeprefix("dlt_")
        known = _NUMBERS.get(word)
        if known is not None:
            return known
        digits = word.removeprefix("unknown_")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
            raise FieldError(_no_such_link(link, word))
        number = int(digits)
    if not isinstance(number, int) or isinstance(number, bool):
        raise FieldError(f"a link type is a name or a number from 0 to 65535, not {number!r}")
    if not 0 <= number <= 0xFFFF:
        raise FieldError(f"link type {number} is out of range: a LINKTYPE number is from 0 to 65535")
    return number


def _no_such_link(link: str, word: str) -> str:
    import difflib

    nearest = difflib.get_close_matches(word, _NUMBERS, n=1)
    if nearest:
        return f"there is no link type {link!r}: did you mean {nearest[0]!r}?"
    return f"there is no link type {link!r}: give a name such as 'ethernet' or 'raw', or a LINKTYPE number"
