"""Compiled models: the network as int8 ONNX graphs that run without torch."""
