"""The page of a recorded archive, on scores and runs written by hand."""
