"""What a user would otherwise pick: span taggers from other libraries, and a rule that links arguments."""
