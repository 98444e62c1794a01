"""Extraction of claims from documents: reading them, running the model over them, writing what it found."""
