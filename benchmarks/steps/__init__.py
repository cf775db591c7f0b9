"""What is measured. A step runs in a child process of its own, so that memory and CPU time are its own."""
