"""What the roof tells the floors below: which module draws what, where the protocols are, what a room does when called.

It stands apart from `views` and `pending`, whose imports would make up most of the time that `import dissect` takes.
"""

__all__ = ["CALLED", "PROTOCOLS", "VIEWS"]

VIEWS: dict[str, str] = {}
"""By the name of a function that draws a header, option or packet, the module that it stands in."""
PROTOCOLS: list[str] = []
"""The packages of protocols, which are imported when somebody first looks for what is declared."""
CALLED: dict[str, str] = {}
"""By the name of a room that can be called, the module of the function of that name."""
