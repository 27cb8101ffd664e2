"""A figure shows itself without a window, and is the same bytes each time."""

from __future__ import annotations

import base64

import pytest

pytest.importorskip("matplotlib", reason="matplotlib is not installed: 'make test' installs it.")

from dissect.views.figure import PlainFigure


def test_a_figure_is_a_picture_without_a_version_in_it() -> None:
    figure = PlainFigure()
    figure.alternative = "Nothing"
    bundle, metadata = figure._repr_mimebundle_()
    picture = base64.b64decode(bundle["image/png"])
    assert picture.startswith(b"\x89PNG")
    assert b"Software" not in picture
    assert (bundle["text/plain"], metadata) == ("Nothing", {"image/png": {"alt": "Nothing"}})
