"""Records the capture samples in network namespaces of this machine's Linux kernel."""
