"""A figure shows itself without a window, and is the same bytes each time."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import pytest

pytest.importorskip("matplotlib", reason="matplotlib is not installed: 'make test' installs it.")

from dissect.views.figure import PlainFigure, halo


def test_a_figure_is_a_picture_without_a_version_in_it() -> None:
    figure = PlainFigure()
    figure.alternative = "Nothing"
    bundle, metadata = figure._repr_mimebundle_()
    picture = base64.b64decode(bundle["image/png"])
    assert picture.startswith(b"\x89PNG")
    assert b"Software" not in picture
    assert (bundle["text/plain"], metadata) == ("Nothing", {"image/png": {"alt": "Nothing"}})


def test_a_page_has_it_for_dark_readers_as_well() -> None:
    figure = PlainFigure()
    figure.alternative = "A & B"
    axes = figure.add_subplot()
    axes.plot([1, 2], [1, 2], color="#d55e00", label="line")
    axes.annotate("among lines", (1, 1), path_effects=halo())
    axes.legend()
    bundle, _ = figure._repr_mimebundle_()
    page = bundle["text/html"]
    assert 'alt="A &amp; B"' in page
    dark, light = (base64.b64decode(each) for each in re.findall(r"base64,([^\"]+)\"", page))
    assert base64.b64decode(bundle["image/png"]) == light
    # The ground and the words are the other way round, and the line is as it was.
    assert (ground_of(light), ground_of(dark)) == ((255, 255, 255), (21, 24, 29))
    assert has(dark, (213, 94, 0))
    assert has(dark, (230, 233, 237))
    assert not has(dark, (0, 0, 0))
    # Nothing of that stays.
    assert figure._repr_mimebundle_()[0] == bundle


def pixels(picture: bytes) -> Any:
    from matplotlib.image import imread

    return (imread(io.BytesIO(picture))[:, :, :3] * 255).round().astype(int)


def ground_of(picture: bytes) -> tuple[int, ...]:
    return tuple(int(each) for each in pixels(picture)[0, 0])


def has(picture: bytes, colour: tuple[int, int, int]) -> bool:
    return bool((pixels(picture) == colour).all(axis=2).any())
