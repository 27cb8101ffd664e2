"""Declarations: a header is written down once, and everything else is drawn from it."""
