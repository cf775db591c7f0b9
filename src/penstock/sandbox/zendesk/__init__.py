"""The Zendesk Support API for users, emulated from its documentation and from recorded answers."""
