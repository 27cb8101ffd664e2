"""The display filters of Wireshark 4.0, compiled to functions of packets.

`compiler.compile_filter(text)` gives a function that says whether a packet passes; its `prefilter` tells most
of those that don't from their bytes alone. `applied` reads captures through it.
"""
