"""The specification of drybulb, as tests.

``laws`` are sentences that hold for every input, each with planted defects in ``laws/mutants`` that must break it;
``unit`` follows the rooms of the package; ``contracts`` holds every implementation of a port to the same sentences;
``system`` runs commands as a user would; ``meta`` looks at the
repository itself. The docstring of each test is one sentence of the specification.
"""
