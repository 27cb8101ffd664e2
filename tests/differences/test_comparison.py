"""Two captures: frames missing, added, moved and changed, each named as such, and nothing else."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import ARP, TCP, UDP, Ethernet, FieldError, IPv4, Packet, compare, write
from dissect.differences import Comparison

SAMPLES = Path(__file__).parents[2] / "capture_samples"


def frame(number: int, **values: object) -> Ethernet:
    return Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", id=number) / UDP(sport=number, dport=7) / bytes([number])


FRAMES = [frame(number) for number in range(1, 9)]


def kinds(comparison: Comparison) -> list[tuple[str, int]]:
    return [(each.kind, each.number) for each in comparison]


def test_equal_captures_have_no_differences() -> None:
    comparison = compare(FRAMES, [bytes(each) for each in FRAMES])
    assert comparison.is_equal
    assert comparison.differences == ()
    assert str(comparison) == "no differences"
    assert (comparison.count_before, comparison.count_after) == (8, 8)


def test_an_inserted_frame_is_one_difference() -> None:
    assert kinds(compare(FRAMES, [*FRAMES[:2], frame(99), *FRAMES[2:]])) == [("added", 3)]


def test_a_removed_frame_is_one_difference() -> None:
    (difference,) = compare(FRAMES, [*FRAMES[:2], *FRAMES[3:]])
    assert str(difference) == "#3 missing: 10.0.0.1 → 10.0.0.2 UDP 43 3 → 7 Len=1"


def test_frames_that_change_places_are_moved() -> None:
    a, b, c, d = FRAMES[:4]
    assert [str(each).partition(":")[0] for each in compare([a, b, c, d], [b, c, d, a])] == ["#1 moved to #4"]
    assert [str(each).partition(":")[0] for each in compare([a, b, c, d], [a, d, c, b])] == [
        "#2 moved to #4",
        "#4 moved to #2",
    ]


def test_a_changed_frame_has_its_fields_named() -> None:
    other = FRAMES[2].copy()
    other[IPv4].ttl = 63
    (difference,) = compare(FRAMES, [*FRAMES[:2], other, *FRAMES[3:]]).differences
    assert str(difference).splitlines() == [
        "#3 ip.ttl 64 -> 63 at byte 22",
        "     so ip.checksum 0x66cb -> 0x67cb at byte 24",
    ]


def test_numbers_of_both_are_told_where_they_differ() -> None:
    other = FRAMES[2].copy()
    other[IPv4].ttl = 63
    found = compare(FRAMES, [FRAMES[0], other, *FRAMES[3:]])
    assert str(found).splitlines()[0].startswith("#2 missing")
    assert str(found).splitlines()[1] == "#3=#2 ip.ttl 64 -> 63 at byte 22"


def test_frames_that_are_nothing_alike_are_missing_and_added() -> None:
    other = Ethernet(dst="ff:ff:ff:ff:ff:ff", src="02:00:00:00:00:07") / ARP(sender_ip="1.2.3.4", target_ip="1.2.3.5")
    assert kinds(compare(FRAMES, [*FRAMES[:2], other, *FRAMES[3:]])) == [("missing", 3), ("added", 3)]


def test_changed_frames_are_paired_with_those_they_resemble() -> None:
    changed = [each.copy() for each in FRAMES[2:5]]
    for each in changed:
        each[IPv4].ttl = 9
    after = [*FRAMES[:2], frame(50), *changed, *FRAMES[5:]]
    assert kinds(compare(FRAMES, after)) == [("added", 3), ("changed", 3), ("changed", 4), ("changed", 5)]


def test_times_and_lengths_count_where_both_have_them() -> None:
    data = bytes(FRAMES[0])
    timed = Packet(data, time_ns=5)
    assert compare(timed, data).is_equal
    (difference,) = compare(timed, Packet(data, time_ns=6)).differences
    assert str(difference) == "#1 frame.time_epoch 0.000000005 -> 0.000000006"
    (difference,) = compare(timed, Packet(data, time_ns=5, original_length=100)).differences
    assert str(difference) == "#1 frame.len 43 -> 100"
    long = bytes(Ethernet() / IPv4() / UDP(payload=bytes(50)))
    (changed,) = compare([long], [Packet(long[:80], original_length=len(long))])
    assert str(changed).startswith("#1 frame.cap_len 92 -> 80")
    (difference,) = compare(Packet(data, link=1), Packet(data, link=147)).differences
    assert difference.fields[0].name == "frame.encap_type"


def test_a_prompt_shows_the_first_differences(tmp_path: Path) -> None:
    one = Ethernet() / IPv4(id=1)
    assert repr(compare([one], [one])) == "<Comparison of 1 and 1 frames: no differences>"
    changed = compare([one] * 30, [one.replace(type=5)] * 30)
    assert "eth.type" in repr(changed).splitlines()[0]
    assert repr(changed).endswith("\n...>")
    write(tmp_path / "a.pcap", [one])
    comparison = compare(tmp_path / "a.pcap", [one.replace(type=5)])
    (tmp_path / "a.pcap").unlink()
    assert "No such file" in repr(comparison)


def test_a_filter_chooses_what_is_compared() -> None:
    other = [*FRAMES[:2], Ethernet() / IPv4(src="10.0.0.1") / TCP(dport=7), *FRAMES[3:]]
    assert kinds(compare(FRAMES, other, display_filter="udp.port < 8")) == [("missing", 3)]
    with pytest.raises(dissect.FilterError):
        compare(FRAMES, other, display_filter="udp.prot")


def test_files_headers_and_iterators_are_compared_alike(tmp_path: Path) -> None:
    path = tmp_path / "frames.pcapng"
    dissect.write(path, FRAMES)
    assert compare(str(path), iter(FRAMES), canonical={"no-times"}).is_equal
    assert compare(path, dissect.read(path)).is_equal
    assert compare(FRAMES[0], bytes(FRAMES[0])).is_equal
    assert compare(FRAMES[0][IPv4], FRAMES[0][IPv4]).is_equal
    assert compare(FRAMES[0][UDP], FRAMES[0][UDP]).is_equal


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(FieldError, match="item 2 is 7, expected a packet, a header or bytes"):
        compare([b"", 7], [])
    with pytest.raises(FieldError, match="7 is no capture"):
        compare(7, [])  # type: ignore[arg-type]


def test_damage_is_an_error_and_no_difference(tmp_path: Path) -> None:
    path = tmp_path / "cut.pcap"
    path.write_bytes((SAMPLES / "first_ping.pcap").read_bytes()[:-5])
    with pytest.raises(dissect.CaptureError, match="record 8"):
        compare(path, SAMPLES / "first_ping.pcap")


def test_a_file_that_changes_meanwhile_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "growing.pcap"
    for before, after in ((FRAMES[:5], FRAMES[:3]), (FRAMES[:3], FRAMES[:5])):
        dissect.write(path, before)
        for comparison in (compare(path, before), compare(before, path)):
            assert comparison.is_equal
            dissect.write(path, after)
            with pytest.raises(dissect.CaptureError, match="was changed while it was compared"):
                list(comparison)
            dissect.write(path, before)


def test_every_sample_equals_itself_and_no_other(sample_captures: list[Path]) -> None:
    for path, other in pairwise(sample_captures):
        assert compare(path, path).is_equal
        assert compare(path, path, canonical={"all"}).is_equal
        if not (path.name.startswith("first_ping") and other.name.startswith("first_ping")):
            assert not compare(path, other).is_equal


@given(st.lists(st.integers(1, 9), max_size=12), st.lists(st.integers(1, 9), max_size=12))
def test_the_differences_make_one_list_of_the_other(ours: list[int], theirs: list[int]) -> None:
    before, after = [frame(number) for number in ours], [frame(number) for number in theirs]
    comparison = compare(before, after)
    assert comparison.is_equal is (ours == theirs)
    # Apply them: what is left of the first, in the places that the second has, is the second.
    rebuilt: dict[int, int] = {}
    kept = list(range(len(ours)))
    for each in comparison:
        if each.kind == "moved":
            rebuilt[each.moved_to or 0] = ours[each.number - 1]
            kept.remove(each.number - 1)
        elif each.kind == "added":
            assert each.after is not None
            rebuilt[each.after.number] = each.after[UDP].sport
        elif each.kind == "missing":
            kept.remove(each.number - 1)
        else:
            assert each.after is not None
            rebuilt[each.after.number] = each.after[UDP].sport
            kept.remove(each.number - 1)
    rest = iter(kept)
    assert [rebuilt[at] if at in rebuilt else ours[next(rest)] for at in range(1, len(theirs) + 1)] == theirs
