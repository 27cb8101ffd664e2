"""The table of leases: who gets which address, and when it is another's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.errors import FieldError
from dissect.lab.applications.dhcp_leases import DECLINED_NS, OFFERED_NS, Lease, Leases

SECOND = 1_000_000_000
HOUR = 3600 * SECOND
MAC = "02:00:00:00:00:01"


def taken(leases: Leases, client: bytes, now_ns: int = 0, wanted: str | None = None) -> str | None:
    lease = leases.offer(client, MAC, wanted, now_ns)
    if lease is None:
        return None
    assert leases.take(client, MAC, lease.ip, now_ns + HOUR, now_ns) is lease
    return lease.ip


def test_a_client_that_comes_back_gets_the_address_that_it_had() -> None:
    leases = Leases("10.0.0.10", "10.0.0.12")
    assert [taken(leases, each) for each in (b"a", b"b")] == ["10.0.0.10", "10.0.0.11"]
    assert leases.release(b"a", "10.0.0.10", SECOND)
    assert taken(leases, b"c", 2 * SECOND) == "10.0.0.12"
    assert taken(leases, b"a", 3 * SECOND) == "10.0.0.10"
    assert taken(leases, b"d", 4 * SECOND) is None
    assert taken(leases, b"d", 2 * HOUR) == "10.0.0.11", "the lease that ended first"


def test_an_offer_is_kept_for_a_minute() -> None:
    leases = Leases("10.0.0.10", "10.0.0.10")
    assert leases.offer(b"a", MAC, None, 0) is not None
    assert leases.offer(b"b", MAC, None, OFFERED_NS - 1) is None
    assert leases.take(b"b", MAC, "10.0.0.10", HOUR, OFFERED_NS - 1) is None
    assert leases.offer(b"b", MAC, None, OFFERED_NS) is not None
    leases.withdraw(b"b", OFFERED_NS + 1)
    assert leases.offer(b"c", MAC, None, OFFERED_NS + 1) is not None


def test_what_is_declined_is_left_alone_for_an_hour() -> None:
    leases = Leases("10.0.0.10", "10.0.0.10")
    assert taken(leases, b"a") == "10.0.0.10"
    leases.decline("10.0.0.10", SECOND)
    leases.decline("10.9.9.9", SECOND)
    assert taken(leases, b"a", 2 * SECOND) is None
    assert taken(leases, b"a", DECLINED_NS + SECOND) == "10.0.0.10"


def test_a_wish_counts_where_the_address_is_free() -> None:
    leases = Leases("10.0.0.10", "10.0.0.20")
    assert taken(leases, b"a", wanted="10.0.0.15") == "10.0.0.15"
    assert taken(leases, b"b", wanted="10.0.0.15") == "10.0.0.10"
    assert taken(leases, b"c", wanted="10.9.9.9") == "10.0.0.11"


def test_a_fixed_address_is_for_one_alone() -> None:
    leases = Leases("10.0.0.10", "10.0.0.11", fixed={MAC: "10.0.0.11", "02:00:00:00:00:02": "10.0.0.99"})
    assert leases.offer(b"a", MAC, "10.0.0.10", 0) == Lease("10.0.0.11", b"a", MAC, OFFERED_NS)
    assert not leases.may_have(b"b", "02:00:00:00:00:03", "10.0.0.99", 0)
    other = leases.offer(b"b", "02:00:00:00:00:03", "10.0.0.11", 0)
    assert other is not None
    assert other.ip == "10.0.0.10"
    leases.exclude("10.0.0.10")
    assert leases.take(b"b", "02:00:00:00:00:03", "10.0.0.10", HOUR, 0) is None


@pytest.mark.parametrize(
    ("first", "last"), [("10.0.0.2", "10.0.0.1"), ("10.0.0.0", "10.1.0.0"), ("x", "10.0.0.1"), ("0.0.0.0", "0.0.0.9")]
)
def test_a_pool_that_is_none_is_refused(first: str, last: str) -> None:
    with pytest.raises(FieldError):
        Leases(first, last)


CALLS = st.lists(
    st.tuples(
        st.sampled_from(["offer", "take", "release", "decline", "withdraw"]),
        st.binary(min_size=1, max_size=1),
        st.integers(0, 5),
        st.integers(0, 2 * HOUR),
    ),
    max_size=60,
)


@given(CALLS)
def test_no_address_is_ever_lent_to_two(calls: list[tuple[str, bytes, int, int]]) -> None:
    leases = Leases("10.0.0.10", "10.0.0.13")
    now_ns = 0
    held: dict[str, tuple[bytes, int]] = {}
    for verb, client, number, later_ns in calls:
        now_ns += later_ns
        ip = f"10.0.0.{10 + number}"
        if verb == "offer":
            leases.offer(client, MAC, ip, now_ns)
        elif verb == "take":
            if leases.take(client, MAC, ip, now_ns + HOUR, now_ns) is not None:
                owner, until_ns = held.get(ip, (client, 0))
                assert owner == client or until_ns <= now_ns
                held = {each: of for each, of in held.items() if of[0] != client}
                held[ip] = client, now_ns + HOUR
        elif verb == "release":
            if leases.release(client, ip, now_ns):
                assert held.pop(ip)[0] == client
        elif verb == "decline":
            leases.decline(ip, now_ns)
            held.pop(ip, None)
        else:
            leases.withdraw(client, now_ns)
        assert len(list(leases)) <= 4
