"""What all detectors have in common."""

from __future__ import annotations

from dissect.flows.alarm import Alarm, Detector, Setting, detectors, seconds_between


def test_every_file_of_detectors_is_in_use() -> None:
    names = [each.__name__ for each in detectors()]
    assert names == [
        "AddressSpoofing",
        "BroadcastEcho",
        "ClearPassword",
        "DoubleLease",
        "ForgedReset",
        "HalfOpen",
        "NameSpoofing",
        "PortScan",
        "StaleSyn",
        "SynFlood",
    ]


def test_settings_have_names_of_their_own_and_a_meaning() -> None:
    settings = [setting for each in detectors() for setting in each.settings]
    assert len({setting.name for setting in settings}) == len(settings)
    assert all(setting.meaning and setting.default > 0 for setting in settings)


def test_a_setting_is_what_was_chosen_or_its_default() -> None:
    class Mine(Detector):
        settings = (Setting("mine_seconds", 1.5, "how long"),)

    Detector.all.remove(Mine)
    assert Mine({}).setting_ns("mine_seconds") == 1_500_000_000
    assert Mine({"mine_seconds": 2}).values == {"mine_seconds": 2}


def test_an_alarm_is_a_line() -> None:
    alarm = Alarm("port-scan", "somebody knocks", 3, 9, 0, 1, {})
    assert str(alarm) == "port-scan: somebody knocks (frames 3–9)"
    assert str(alarm._replace(last_number=3)).endswith("(frame 3)")


def test_a_duration_that_nobody_knows_is_left_out() -> None:
    assert seconds_between(0, 1_250_000_000) == " in 1.25 s"
    assert seconds_between(None, 3) == ""
