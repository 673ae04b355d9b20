"""What somebody types before it is a campaign: kept as typed, finished or not."""
