"""A synthetic world with a known truth: weather, guidance, ladders, quotes and prints made from one seed.

It fills the same tables as the real record, so that the demo runs with no data at all and a law can ask questions that
history cannot answer: is an efficient market left alone, and is a planted bias found? It states P(official high < k |
all published so far) of every event, exactly; its makers quote that. The world does not know who will forecast or trade
in it.

Where do I go to...

- see what is drawn? ``climate``, ``regimes`` and ``chain``; what tells of them, ``air`` and ``guidance``; put together
  in ``weather``; ``minutes`` for temperatures by the minute
- see what is published of it, and when? ``reports`` and ``schedule``
- follow how the chance is summed? ``filtered``, from ``reader`` (forward, with ``evidence``) and ``outlook`` (backward)
- change the market? ``ladders``, ``makers``, ``tape``, ``biases``, put together in ``exchange``
"""
