"""The Iterable API, emulated from its documentation and from recorded answers."""
