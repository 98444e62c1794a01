"""Pretrained encoders and their tokenizers: embedded, from a local folder, or from the Hugging Face hub.

``load.load_encoder`` is the entry point; the modules are imported one by one, so that this package stays light.
"""
