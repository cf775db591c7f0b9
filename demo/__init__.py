"""The demo behind `make demo`: a made-up shop, the sandbox, and the runs between them, told as they happen."""
