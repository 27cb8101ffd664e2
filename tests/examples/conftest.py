"""The examples are projects of their own: `test_shouting` copies them and runs their tests there."""

collect_ignore_glob = ["shouting/*"]
