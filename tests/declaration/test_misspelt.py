from __future__ import annotations

from typing import Any

import pytest

from dissect import ARP, DHCP, DNS, TCP, UDP, VLAN, Ethernet, IPv4, IPv6
from dissect.declaration.header import Header
from dissect.declaration.misspelt import unknown_field
from dissect.errors import FieldError


@pytest.mark.parametrize(
    ("cls", "names"),
    [
        (
            IPv4,
            "len=total_length frag=fragment_offset header_length=ihl hdr_len=ihl proto=protocol chksum=checksum "
            "identification=id source=src destination=dst frag_offset=fragment_offset df=dont_fragment "
            "mf=more_fragments",
        ),
        (IPv6, "plen=payload_length nh=next_header hlim=hop_limit fl=flow_label source=src nxt=next_header"),
        (
            TCP,
            "dataofs=data_offset urgptr=urgent_pointer srcport=sport dstport=dport chksum=checksum "
            "window_size_value=window source_port=sport",
        ),
        (UDP, "len=length chksum=checksum srcport=sport destination_port=dport"),
        (
            ARP,
            "pdst=target_ip psrc=sender_ip hwsrc=sender_mac hwdst=target_mac op=opcode hwtype=hardware_type "
            "ptype=protocol_type hwlen=hardware_length plen=protocol_length",
        ),
        (Ethernet, "destination=dst source=src ethertype=type"),
        (VLAN, "vlan=id prio=priority vid=id"),
        (
            DNS,
            "qr=is_response aa=authoritative tc=truncated rd=recursion_desired ra=recursion_available ad=authenticated "
            "cd=checking_disabled rcode=response_code qdcount=question_count nscount=authority_count",
        ),
        (
            DHCP,
            "op=operation xid=transaction_id ciaddr=client_address yiaddr=your_address siaddr=server_address "
            "giaddr=relay_address htype=hardware_type hlen=hardware_length",
        ),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_what_other_tools_call_a_field_leads_to_it(cls: type[Header], names: str) -> None:
    made: Any = cls
    for typed, meant in (pair.split("=") for pair in names.split()):
        sentence = unknown_field(cls, typed)
        assert sentence.startswith(f"{cls.__name__} has no field {typed!r}")
        assert sentence.endswith((f"calls it {meant}", f"did you mean {meant!r}?")), sentence
        with pytest.raises(FieldError, match=meant):
            made(**{typed: 1})


def test_a_name_like_none_gets_all_there_are() -> None:
    assert unknown_field(UDP, "xyzzy").endswith("its fields are sport, dport, length, checksum")
