"""Seasonality and expectation: what does the time of year alone lead one to expect?"""
