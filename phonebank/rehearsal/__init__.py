"""A stand-in carrier on a real port, and simulated supporters: Twilio as the product sees it, without Twilio."""
