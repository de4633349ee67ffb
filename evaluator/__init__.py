"""Evaluate regencies and cities on site, without a network."""

__version__ = "0.1.0"
