# Example programs over the public headers, built by `make` so that they stay true.
