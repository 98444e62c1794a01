"""What is done with extracted records: other vocabularies, normal forms, merging."""
