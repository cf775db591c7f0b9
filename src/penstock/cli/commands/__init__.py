"""One file for each command. What is heavy to import is imported when the command runs, so that help is quick."""
