"""Reading, writing, checking and splitting annotated passages."""
