"""The attacks are read, never imported."""

collect_ignore_glob = ["plain/*", "resnet/*"]
