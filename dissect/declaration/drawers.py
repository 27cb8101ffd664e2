"""Which module draws what: a table that the roof fills, so that declarations know no view.

It stands apart from `views`, whose imports would make up most of the time that `import dissect` takes.
"""

__all__ = ["VIEWS"]

VIEWS: dict[str, str] = {}
"""By the name of a function that draws a header, option or packet, the module that it stands in."""
