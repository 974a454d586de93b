"""From a snapshot to a belief: the model protocol, the baselines, the structural model, and how each is trained.

A model is its fitted parameters and a pure function of rows: predicting a batch equals predicting its rows one by one,
and a model card says from when on it may speak. The room never sees an account, an order or a price it could trade at.
"""
