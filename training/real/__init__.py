"""Two real data sets that the repository ships, and what the methods earn on them."""
