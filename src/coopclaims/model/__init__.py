"""The joint model: alignment, features, network and decoding, shared by training, evaluation and inference."""
