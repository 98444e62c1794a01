"""From claims to records: normalised values, one record for an act that is told several times, event codes."""
