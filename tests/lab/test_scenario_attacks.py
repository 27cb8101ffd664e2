"""Wiretaps and attacks in files: every key becomes what it says."""

from __future__ import annotations

import inspect

import pytest

from dissect import FieldError
from dissect.errors import ScenarioError
from dissect.lab.attacks.onlookers import NameForger, ResetForger
from dissect.lab.scenario import read_scenario
from dissect.lab.scenario_attacks import ATTACK_EXAMPLES, ATTACKS, WIRETAP, read_words, wiretap_options
from dissect.lab.scenario_programs import EXAMPLES, PROGRAMS
from dissect.lab.wiretap import Wiretap


@pytest.mark.parametrize("name", ATTACKS)
def test_every_key_is_an_option_of_its_program_and_every_needed_one_has_an_example(name: str) -> None:
    made, keys, needed = ATTACKS[name]
    assert {known.option or key for key, known in keys.items()} <= set(inspect.signature(made).parameters)
    assert all(key in EXAMPLES for key in needed)
    assert PROGRAMS[name] == ATTACKS[name]
    assert set(ATTACK_EXAMPLES) <= set(EXAMPLES)


def test_a_wiretap_with_everything() -> None:
    values = {"drops": "arp", "alters": {"a": "b"}, "forges_names": {"x": "10.0.0.9"}, "resets": "secret"}
    assert set(values) == set(WIRETAP)
    options = wiretap_options({key: WIRETAP[key].read(value) for key, value in values.items()})
    tap = Wiretap("tap", **options)
    assert [type(each) for each in tap.onlookers] == [NameForger, ResetForger]
    assert tap.alteration.words == {b"a": b"b"}
    assert wiretap_options({}) == {"drops": None, "alters": {}, "onlookers": []}


def test_what_does_not_fit_is_told() -> None:
    assert read_words({"é": "ab"}) == {"é".encode(): b"ab"}
    with pytest.raises(FieldError):
        wiretap_options({"forges_names": {"x": "224.0.0.1"}})
    for table, said in (
        ('drops = "ip.ttl =="', "lab.toml: wiretaps.t: "),
        ('alters = { "ab" = "c" }', "lab.toml: wiretaps.t: b'ab' is to become b'c', expected words of the same length"),
        ("alters = 1", "lab.toml: wiretaps.t.alters is 1, expected texts by name"),
        ('drop = "arp"', "lab.toml: wiretaps.t.drop is no key that is known here; did you mean 'drops'?"),
    ):
        with pytest.raises(ScenarioError) as raised:
            read_scenario(f"[wiretaps.t]\n{table}", "lab.toml")
        assert str(raised.value).startswith(said)
