"""Research: what ranks parameters and probes the machine; no number it makes is reported as a result.

- ``pooled`` makes a tape of what was recorded that of a belief pooled with the market.
- ``screen`` ranks parameter sets by what a flat stake at first touch would have made.
- ``lookahead`` asks whether anything at an instant changes with what was known later.

Every reported number comes from the replay (``drybulb.engine``).
"""
