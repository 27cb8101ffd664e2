"""What is offered while a filter is typed."""

from __future__ import annotations

from dissect.filters.completion import begun_word, completed_names, named_values


def test_the_word_that_has_begun() -> None:
    assert begun_word("!(ip.sr") == "ip.sr"
    assert begun_word("ip.src == ") == ""


def test_names() -> None:
    assert "tcp" in set(completed_names(""))
    assert "tcp.port" not in set(completed_names(""))
    assert {"ip.src", "ip.src_host"} <= set(completed_names("ip.src"))


def test_values_of_the_field_that_is_compared() -> None:
    assert named_values("eth and arp.opcode in {1, ")["reply"] == 2
    assert named_values("ip.ttl == ") == {}
    assert named_values("no.such == ") == {}
    assert named_values("arp.opcode") == {}
