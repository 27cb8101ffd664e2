"""TCP for simulated hosts: `endpoint` is one side of a connection as a pure state machine, `sockets` hang on a host."""
