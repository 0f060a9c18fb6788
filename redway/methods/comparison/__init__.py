"""Rates set side by side: ratios, standardised rates, funnels, trends."""
