"""The same claim, told in several passages, documents and languages, as one record."""
