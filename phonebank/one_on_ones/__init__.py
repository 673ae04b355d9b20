"""One person of ours meets one supporter: booked, prepared, remembered."""
