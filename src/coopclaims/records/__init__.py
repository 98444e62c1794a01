"""From claims to records: normalised dates, amounts and parties, one record for an act told several times, event codes."""
