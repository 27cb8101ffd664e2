"""Time lines: scripts of packets and system calls that a simulated host, or a kernel, has to keep to."""
