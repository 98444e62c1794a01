"""From claims to records: normalised arguments, and claims merged across documents and languages."""
