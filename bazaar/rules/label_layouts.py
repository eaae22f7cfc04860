"""What labels are printed on."""

import enum


class Layout(enum.Enum):
    """What is put into the printer."""

    THERMAL = "thermal"
    A6_ON_A4 = "a6_on_a4"
