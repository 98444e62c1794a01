"""Scores, their uncertainty, and the report on a run."""
