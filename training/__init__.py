"""The command line: simulate, import, train, evaluate, promote, serve."""
