"""What holds for every input: one module for each law, named after its number in the design."""
