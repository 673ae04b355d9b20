"""Of whom we ask, when and from which sender."""
