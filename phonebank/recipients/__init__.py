"""One contact in one campaign."""
