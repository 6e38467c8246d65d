"""The page of the intake desk: forms that work without script, over the functions of the API."""
