"""The plan: all changes of a run as data, the guards that judge it, and the texts made of it."""
