from __future__ import annotations

from dissect.views.rails import Rails

RAILS = Rails(["client", "router", "a server with a name"])


def test_names_stand_above_their_lines() -> None:
    lines = RAILS.mark("router")
    for name in ("client", "router", "a server with a name"):
        middle = RAILS.heading.index(name) + len(name) // 2
        assert lines[middle] in "│•"
    assert lines.count("│") == 2
    assert lines.count("•") == 1


def test_arrows_reach_from_line_to_line() -> None:
    there, back = RAILS.arrow("client", "a server with a name"), RAILS.arrow("a server with a name", "client")
    assert there.strip().startswith("│─")
    assert there.strip().endswith("─▶│")
    assert back.strip().startswith("│◀─")
    assert back.strip().endswith("─│")
    # It passes over the line between.
    assert there.count("│") == 2
    short = RAILS.arrow("client", "router")
    assert (short.count("│"), short.count("▶")) == (3, 1)
    assert len({len(line) for line in (there, back, short, RAILS.mark("client"))}) == 1


def test_what_does_not_arrive_ends_on_the_way() -> None:
    for line in (RAILS.arrow("client", "router", arrives=False), RAILS.arrow("router", "client", arrives=False)):
        assert "✗" in line
        assert "▶" not in line
        assert "◀" not in line


def test_who_talks_to_himself_has_a_sign_on_his_line() -> None:
    assert RAILS.arrow("router", "router").count("↺") == 1
