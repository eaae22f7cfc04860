"""Tests mirror the source: tests/rules/test_qris.py tests bazaar/rules/qris.py."""
