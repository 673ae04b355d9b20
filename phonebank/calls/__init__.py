"""One call: dialed, spoken by its script or by a volunteer, and what was heard."""
