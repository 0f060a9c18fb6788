"""What an action did: effect, interval, assumptions and strength of the evidence."""
