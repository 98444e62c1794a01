"""Claims made comparable: arguments in normal form (dates, amounts, parties), and merging."""
