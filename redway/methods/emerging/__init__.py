"""Emerging change: is something rising that was not expected to?"""
