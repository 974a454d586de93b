"""Commands run from end to end, as a person would run them."""
