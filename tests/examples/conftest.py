"""The examples are not part of this project: tests run them apart, so that what they declare stays there."""

collect_ignore_glob = ["shouting/*", "outside/*"]
