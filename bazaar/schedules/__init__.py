"""A release to take away: printed, as sheets, and in an open format for programs."""

from bazaar.schedules.pages import pdf
from bazaar.schedules.rows import Row, Schedule, schedule
from bazaar.schedules.sheets import csv, json, xlsx

__all__ = ["Row", "Schedule", "csv", "json", "pdf", "schedule", "xlsx"]
