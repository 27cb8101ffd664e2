"""What the roof tells the ground floor: which module draws what, and where the protocols are.

It stands apart from `views` and `pending`, whose imports would make up most of the time that `import dissect` takes.
"""

__all__ = ["PROTOCOLS", "VIEWS"]

VIEWS: dict[str, str] = {}
"""By the name of a function that draws a header, option or packet, the module that it stands in."""
PROTOCOLS: list[str] = []
"""The packages of protocols, which are imported when somebody first looks for what is declared."""
