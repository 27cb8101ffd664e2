"""How Wireshark 4.0 sees a packet: the names, types and texts of fields, and the columns of its list."""
