"""The command line: reads what is asked for, calls an operation, and tells what came of it. Decides nothing else."""
