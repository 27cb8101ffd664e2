from __future__ import annotations

import signal
import threading

import pytest

from dissect.commands.interruption import interruptible


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_noted_and_the_second_one_interrupts(number: int) -> None:
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    with interruptible() as interruption:
        assert not interruption
        signal.raise_signal(number)
        assert interruption
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert {each: signal.getsignal(each) for each in before} == before


def test_a_signal_that_was_ignored_is_noted_and_ignored_again() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interruptible() as interruption:
            signal.raise_signal(signal.SIGINT)
            assert interruption
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_another_thread_is_told_nothing() -> None:
    found = []

    def work() -> None:
        with interruptible() as interruption:
            found.append(bool(interruption))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [False]
