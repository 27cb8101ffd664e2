"""One file per protocol; each says by which numbers the protocols below carry it.

Every module of this folder is imported, so that adding a protocol is adding its file.
"""

from importlib import import_module
from os import listdir

# Neither pkgutil nor pathlib, which bring `inspect` and a good part of the import's time with them.
for _file in sorted(listdir(__path__[0])):  # noqa: PTH208
    if _file.endswith(".py") and _file != "__init__.py":
        import_module(f"{__name__}.{_file[:-3]}")
