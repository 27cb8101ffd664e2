"""The terminal workbench: a capture opened, listed, looked into, filtered and counted, with the keyboard or the mouse.

What it knows of captures (`engine`, `opened`, `rows`, `context`, `view` and those beside them) needs no terminal, and
Textual is imported by the widgets and screens alone.
"""
