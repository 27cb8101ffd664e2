from __future__ import annotations

from collections.abc import Iterable

from dissect import Packet, with_context
from dissect.protocols.tls import HandshakeMessages, TLSHandshake
from dissect.protocols.tls_hellos import ClientHello, ServerHello
from dissect.protocols.tls_key_exchange import ECDHClientKeyExchange
from dissect.protocols.tls_key_extensions import SelectedVersion
from dissect.wireshark.columns import summarize
from dissect.wireshark.sight import seen_layers
from tests.protocols.tls_connection import connection, record

HELLO = bytes(ClientHello(random=bytes(range(32)), cipher_suites=[0x1301, 0xC02B]))
ANSWER = bytes(ServerHello(cipher_suite=0xC02B))
ANSWER_1_3 = bytes(ServerHello(cipher_suite=0x1301, extensions=[SelectedVersion()]))
CHANGE = record(20, b"\1")
FINISHED = bytes.fromhex("14000010") + b"abcdefghijklmnop"


def rows(said: Iterable[tuple[str, bytes]]) -> list[tuple[str, str]]:
    """Return the columns of protocol and words of the segments with data, after a reading pass."""
    summaries = [summarize(packet) for packet in with_context(connection(said))]
    return [(summary.protocol, summary.info) for summary in summaries[2:]]


def test_the_version_is_what_the_server_chose() -> None:
    said = [("c", record(22, HELLO, 0x0301)), ("s", record(22, ANSWER)), ("c", record(23, b"x" * 20, 0x0301))]
    assert rows(said) == [("TLSv1", "Client Hello"), ("TLSv1.2", "Server Hello"), ("TLSv1.2", "Application Data")]
    said = [("c", record(22, HELLO, 0x0301)), ("s", record(22, ANSWER_1_3) + CHANGE), ("c", record(23, b"x" * 20))]
    assert rows(said)[1:] == [("TLSv1.3", "Server Hello, Change Cipher Spec"), ("TLSv1.3", "Application Data")]


def test_an_early_draft_of_version_1_3_counts_as_it() -> None:
    # Up to the 21st draft a hello of the server has a version, a random, a suite and extensions, and nothing between.
    body = bytes.fromhex("7f0e") + bytes(32) + bytes.fromhex("1301 0000")
    said = [("s", record(22, b"\2" + len(body).to_bytes(3, "big") + body)), ("s", record(23, b"x" * 20))]
    assert [protocol for protocol, _ in rows([("c", record(22, HELLO)), *said])[1:]] == ["TLSv1.3", "TLSv1.3"]


def test_what_follows_the_change_of_ciphers_is_encrypted_from_the_next_frame_on() -> None:
    said = [
        ("c", record(22, HELLO)),
        ("c", CHANGE + record(22, FINISHED)),
        ("c", record(22, FINISHED)),
        ("c", record(22, FINISHED[:7])),
        ("s", record(22, FINISHED)),
    ]
    assert [words for _, words in rows(said)[1:]] == [
        "Change Cipher Spec, Finished",
        "Encrypted Handshake Message",
        "[Finished Fragment]",
        "Finished",
    ]


def test_a_message_over_records_is_shown_in_the_last() -> None:
    said = [("c", record(22, part)) for part in (HELLO[:2], HELLO[2:30], HELLO[30:])]
    packets = list(with_context(connection([*said, ("c", b"".join(data for _, data in said))])))[2:]
    assert [summarize(packet).info for packet in packets] == [
        "[Client Hello Fragment]",
        "",
        "Client Hello",
        "[Client Hello Fragment], Client Hello",
    ]
    assert [packet.get("tls.handshake.fragment.count") for packet in packets] == [[], [], [3], [3]]
    shown = [header for header in seen_layers(packets[2]) if isinstance(header, HandshakeMessages)]
    assert [bytes(header) for header in shown] == [HELLO]
    assert packets[0].frame[TLSHandshake].problems() == []


def test_a_server_that_says_nothing_but_hello_goes_on_with_keys_from_before() -> None:
    done = record(22, bytes(4).replace(b"\0", b"\x0e", 1))
    for between, resumed in ((b"", [1]), (done, [])):
        said = [("c", record(22, HELLO)), ("s", record(22, ANSWER) + between + CHANGE)]
        (_, _, _, packet) = with_context(connection(said))
        assert packet.get("tls.resumed") == resumed


def test_what_is_no_record_is_passed_over_in_a_connection_that_is_known() -> None:
    junk = bytes(range(128, 150))
    assert rows([("c", junk)]) == [("SSL", "Continuation Data")]
    said = [("c", record(22, HELLO)), ("s", record(22, ANSWER)), ("c", record(23, b"x") + junk)]
    assert rows(said)[2] == ("TLSv1.2", "Application Data, Ignored Unknown Record")


def test_a_record_that_can_t_be_put_together_has_the_version_and_no_words() -> None:
    """As in tshark: a segment whose checksum is wrong joins no other one."""
    said = [("c", record(22, HELLO)), ("s", record(22, ANSWER)), ("s", record(23, bytes(90))[:40])]
    packets = connection(said)
    damaged = bytearray(packets[-1].data)
    damaged[-1] ^= 1
    for before, listed in ((packets[:-1], "TLSv1.2"), (packets[:2], "SSL")):
        mark = "" if len(before) > 2 else "[TCP ACKed unseen segment] [TCP Previous segment not captured] "
        found = list(with_context([*before, Packet(bytes(damaged), number=9, time_ns=10**18 + 10**9)]))[-1]
        summary = summarize(found)
        assert (summary.protocol, summary.info) == (listed, mark)
        assert found.get("tls.record") == []


def test_how_keys_are_exchanged_is_known_of_the_cipher_suite_alone() -> None:
    """As by tshark: of a connection whose server was not heard, it reads no key exchange."""
    point = record(22, bytes(ECDHClientKeyExchange(b"\x04\x01\x02")))
    for answer, told in (([("s", record(22, ANSWER))], [b"\x04\x01\x02"]), ([], [])):
        found = list(with_context(connection([("c", record(22, HELLO)), *answer, ("c", point)])))[-1]
        assert found.get("tls.handshake.client_point") == told
        assert (found.get("tls.handshake.type"), found.get("tls.handshake.length")) == ([16], [4])
        assert summarize(found).info == "Client Key Exchange"


def test_hellos_that_are_cut_are_taken_as_far_as_they_go() -> None:
    whole = bytes(ServerHello(cipher_suite=0x1301, extensions=[SelectedVersion()]))
    for size in range(4, len(whole)):
        cut = whole[:1] + (size - 4).to_bytes(3, "big") + whole[4:size]
        said = [("c", record(22, HELLO)), ("s", record(22, cut))]
        assert rows(said)[1][1].startswith("Server Hello")
    longer = whole.replace(b"\0\6\0\x2b", b"\x60\6\0\x2b")
    assert rows([("s", record(22, longer))])[0] == ("TLSv1.2", "Server Hello")
