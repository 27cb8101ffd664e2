"""What the plugin keeps of a session: tests that run pytest themselves nest, and each knows its own directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from dissect.testing.stash import RUNNING


def test_the_test_that_runs_stands_last_also_where_it_runs_others(
    pytester: pytest.Pytester, request: pytest.FixtureRequest
) -> None:
    here = Path(request.path).parent
    assert RUNNING[-1] == here
    before = list(RUNNING)
    pytester.makepyfile(
        """
        from pathlib import Path
        from dissect.testing.stash import RUNNING

        def test_inner(request):
            assert RUNNING[-1] == Path(request.path).parent != RUNNING[-2]
        """
    )
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
    assert before == RUNNING
