"""Columns in bulk: fields of whole captures by their display-filter names, as Arrow tables.

What stands at a fixed place in usual frames is taken from the file's bytes, all frames at once, as the declarations
say where it stands; whatever else is asked for, and every other frame, is read as objects are (`dissect.flows`), in
the same order and with the same values. Arrow comes with `pip install 'dissect-workbench[tables]'`.
"""

from __future__ import annotations

__all__: list[str] = []
