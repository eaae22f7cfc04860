"""Measurements, not tests: medians and ratios against a reference of the same run."""
