"""Cooperation claims from Vietnamese, German and English text."""

__version__ = "0.1.0"
