"""Extraction by many processes, on one machine or on many: a file of the input is a shard of the output."""
