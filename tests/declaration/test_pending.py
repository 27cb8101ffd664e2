from __future__ import annotations

import pytest

from dissect.declaration import pending
from dissect.declaration.pending import declare_pending, pend


@pytest.fixture(autouse=True)
def _nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "PENDING", [])


def test_what_waits_is_declared_once() -> None:
    declared: list[str] = []
    pend(lambda: declared.append("one"))
    pend(lambda: declared.append("two"))
    assert declare_pending()
    assert not declare_pending()
    assert declared == ["one", "two"]


def test_nothing_is_taken_for_declared_before_it_is() -> None:
    answers: list[bool] = []

    def slow() -> None:
        if not answers:
            answers.append(True)
            # As another thread would that looks something up in the meantime.
            answers.append(declare_pending())

    pend(slow)
    assert declare_pending()
    assert answers == [True, True]
    assert not declare_pending()


def test_a_failure_leaves_it_waiting() -> None:
    def failing() -> None:
        raise ImportError("no such module")

    pend(failing)
    for _ in range(2):
        with pytest.raises(ImportError, match="no such module"):
            declare_pending()
