"""A synthetic world with a known truth: weather, guidance, ladders, quotes and prints made from one seed.

It fills the same tables as the real record, so that the demo runs with no data at all and a law can ask questions that
history cannot answer: is an efficient market left alone, and is a planted bias found? Its weather is not linear: cloud,
storms, fronts and a coast's marine layer move the high, and the reports show them to who reads more than temperatures.
The world does not know who will forecast or trade in it.
"""
