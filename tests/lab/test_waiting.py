"""What coroutines wait for."""

from __future__ import annotations

import pytest

from dissect.lab.waiting import Wait, sleep


def test_it_is_over_once() -> None:
    wait: Wait[int] = Wait()
    told: list[str] = []
    wait.then(lambda: told.append("first"))
    wait.finish(1)
    wait.finish(2)
    wait.fail(ValueError("late"))
    wait.then(lambda: told.append("second"))
    assert (wait.result(), told) == (1, ["first", "second"])


def test_an_error_is_raised() -> None:
    wait: Wait[int] = Wait()
    wait.fail(ValueError("lost"))
    with pytest.raises(ValueError, match="lost"):
        wait.result()


def test_nobody_sleeps_backwards() -> None:
    assert sleep(-5).duration_ns == 0


def test_a_callback_that_is_forgotten_is_not_called() -> None:
    wait: Wait[None] = Wait()
    told: list[str] = []

    def tell() -> None:
        told.append("over")

    wait.then(tell)
    wait.forget(tell)
    wait.forget(tell)
    wait.finish(None)
    assert told == []
