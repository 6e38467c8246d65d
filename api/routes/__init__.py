"""The operations: each parses, calls one function and answers."""
