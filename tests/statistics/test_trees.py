"""Trees of counts: order, shares, rates and bursts."""

from __future__ import annotations

import pytest

from dissect.statistics.trees import Node, Tree, tree_lines


def test_bursts_are_counted_in_a_tenth_of_a_second() -> None:
    node = Node("a")
    for now in (7.0, 50.0, 99.0, 400.0, 420.0, 430.0, 440.0):
        node.add(now)
    assert (node.bursts.most, node.bursts.start) == (4, 400.0)


def test_the_first_burst_begins_with_the_capture() -> None:
    node = Node("a")
    node.add(7.0)
    assert (node.bursts.most, node.bursts.start) == (1, 0.0)


def test_older_packets_count_as_long_as_their_burst_lasts() -> None:
    node = Node("a")
    for now in (500.0, 590.0, 545.0, 546.0, 497.0, 300.0):
        node.add(now)
    assert (node.count, node.bursts.most, node.bursts.start) == (6, 5, 497.0)


def test_rows_stand_by_count_and_then_by_name_the_last_one_first() -> None:
    tree = Tree("Title")
    root = tree.root.child("All")
    for now, name in ((0.0, "10.0.0.1"), (100.0, "10.0.0.2"), (200.0, "9"), (400.0, "9")):
        tree.tick(now)
        root.add(now)
        root.child(name).add(now)
    rows = tree.rows()
    assert [row.path[-1] for row in rows] == ["All", "9", "10.0.0.2", "10.0.0.1"]
    assert [(row.frames, row.rate, row.percent) for row in rows[:2]] == [(4, 0.01, 100.0), (2, 0.005, 50.0)]


def test_lines() -> None:
    tree = Tree("Title")
    root = tree.root.child("Lengths", measures=True)
    root.child("0-19", measures=True)
    tree.tick(0.0)
    root.add(0.0, 60)
    tree.tick(10.0)
    root.add(10.0, 81)
    lines = list(tree_lines(tree, frozenset({("Lengths",), ("Lengths", "0-19")})))
    assert lines[2:4] == [
        "Title:",
        "Topic / Item  Count         Average       Min Val       Max Val       Rate (ms)     Percent       "
        "Burst Rate    Burst Start  ",
    ]
    assert lines[5].split() == "Lengths 2 70.50 60 81 0.2000 100% 0.0200 0.000".split()
    assert lines[6].split() == "0-19 0 - - - 0.0000 0.00% - -".split()
    assert {len(line) for line in lines if line.startswith(("=", "-", "L"))} == {len(lines[3])}


def test_one_count_is_as_many_as_it_is_in_buckets() -> None:
    for now in (-200.0, -3.0, 0.0, 4.0, 7.0, 99.9, 100.0, 104.0, 5000.0):
        alone, followed = Node("a"), Node("a")
        alone.add(now)
        followed.add(now)
        followed.add(now + 100_000)
        expected = (alone.bursts.most, alone.bursts.start)
        assert expected == ((0, 0.0) if now == -200.0 else (1, now if now < 0 or now >= 100 else 0.0))
        assert now == -200.0 or (followed.bursts.most, followed.bursts.start) == expected


def test_what_a_full_tree_leaves_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dissect.statistics.trees.MOST_NODES", 3)
    tree = Tree("Title")
    root = tree.root.child("All")
    for name in "abcdea":
        root.add(0.0)
        root.child(name).add(0.0)
    assert [(row.path[-1], row.frames) for row in tree.rows()] == [("All", 6), ("a", 2), ("b", 1)]
    assert tree.left_out == 3
    assert list(tree_lines(tree, frozenset()))[-3] == "3 counts have no row: there are too many different names"


def test_averages_are_printed_as_precisely_as_tshark_calculates_them() -> None:
    tree = Tree("Title")
    root = tree.root.child("Lengths", measures=True)
    for size in (200_000_001, 100_000_002):
        tree.tick(0.0)
        root.add(0.0, size)
    assert tree.rows()[0].average == 150_000_001.5
    assert list(tree_lines(tree, frozenset({("Lengths",)})))[5].split()[:3] == ["Lengths", "2", "150000000.00"]


def test_least_and_most_are_printed_as_precisely_as_tshark_keeps_them() -> None:
    tree = Tree("A/B")
    tree.tick(0.0)
    tree.root.child("b", measures=True).add(0.0, 17.821)
    (line,) = [line for line in tree_lines(tree, frozenset({("b",)})) if line.startswith("b")]
    assert line.split()[3:5] == ["17.820999", "17.820999"]


def test_the_title_is_a_name_of_which_one_letter_stands_in_front() -> None:
    tree = Tree("IPv4 Statistics/Source and Destination Addresses")
    tree.root.child("Source IPv4 Addresses")
    head = list(tree_lines(tree, frozenset()))[3]
    assert head.index("Count") == len("Source and Destination Addresses") + 1


def test_long_names_take_more_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dissect.statistics.trees.MOST_NODES", 10)
    tree = Tree("Title")
    for letter in "abcde":
        tree.root.child(letter * 450).add(0.0)
    assert (len(tree.rows()), tree.left_out) == (2, 3)


def test_times_that_go_backwards_give_a_negative_rate() -> None:
    tree = Tree("Title")
    for now in (0.0, -50.0):
        tree.tick(now)
        tree.root.child("All").add(now)
    assert tree.rows()[0].rate == -0.04
