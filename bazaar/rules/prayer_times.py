"""Prayer times of a day at a place, as Indonesian calendars reckon them, to the minute or so.

The sun's position by the low-precision formula of the Astronomical Almanac (good to 0.01 degree),
each event iterated at its own hour. Fajr begins when the sun stands 20 degrees below the horizon,
Isha at 18 degrees, Asr when a shadow has grown by its object's length (the Shafi'i rule), Maghrib
at 1.0 degree below the horizon: the calendars allow for refraction, the sun's radius and hills.
Every time is rounded up to the minute and given two minutes more, as the Ministry of Religious
Affairs (Kemenag) does. See docs/airtime.md for what it was compared with.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from math import acos, asin, atan, atan2, ceil, cos, degrees, radians, sin, tan

FAJR_BELOW = 20.0
MAGHRIB_BELOW = 1.0
ISHA_BELOW = 18.0
PRECAUTION_MINUTES = 2

_NOON_2000 = date(2000, 1, 1).toordinal()
_Height = Callable[[float], float]
"""The height of the sun in degrees at which something begins, by its declination."""


class SunTooHigh(ValueError):
    """There the sun does not sink, or rise, so far on that day."""


@dataclass(frozen=True, slots=True)
class PrayerTimes:
    """When each prayer begins, on the clocks of the zone."""

    fajr: time
    dhuhr: time
    asr: time
    maghrib: time
    isha: time


def prayer_times(day: date, latitude: float, longitude: float, offset: timedelta) -> PrayerTimes:
    """Return the times of `day` at a place (degrees north, degrees east), clocks `offset` from UTC.

    Raises SunTooHigh where there is no such time, which is far from Indonesia.
    """
    place = _Place(day, latitude, longitude, offset)

    def asr(declination: float) -> float:
        return degrees(atan(1 / (1 + tan(radians(abs(latitude - declination))))))

    return PrayerTimes(
        fajr=place.at(lambda _: -FAJR_BELOW, -1),
        dhuhr=_clock(place.noon(12.0)),
        asr=place.at(asr, 1),
        maghrib=place.at(lambda _: -MAGHRIB_BELOW, 1),
        isha=place.at(lambda _: -ISHA_BELOW, 1),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    day: date
    latitude: float
    longitude: float
    offset: timedelta

    @property
    def ahead(self) -> float:
        """Hours that the clocks are ahead of UTC."""
        return self.offset.total_seconds() / 3600

    def sun(self, hour: float) -> tuple[float, float]:
        """Return declination in degrees and equation of time in hours at `hour` of the clocks."""
        since = self.day.toordinal() - _NOON_2000 - 0.5 + (hour - self.ahead) / 24
        anomaly = radians(357.529 + 0.98560028 * since)
        mean = 280.459 + 0.98564736 * since
        longitude = radians(mean + 1.915 * sin(anomaly) + 0.020 * sin(2 * anomaly))
        tilt = radians(23.439 - 0.00000036 * since)
        ascension = degrees(atan2(cos(tilt) * sin(longitude), cos(longitude)))
        declination = degrees(asin(sin(tilt) * sin(longitude)))
        return declination, ((mean - ascension + 180) % 360 - 180) / 15

    def noon(self, hour: float) -> float:
        """Return when the sun stands highest, by its position at `hour`."""
        return 12 + self.ahead - self.longitude / 15 - self.sun(hour)[1]

    def at(self, height: _Height, side: int) -> time:
        """Return when the sun stands so high, before (-1) or after (1) noon."""
        hour = 12.0 + 6 * side
        for _ in range(3):
            declination, _equation = self.sun(hour)
            a, b, d = (radians(x) for x in (height(declination), self.latitude, declination))
            turned = (sin(a) - sin(b) * sin(d)) / (cos(b) * cos(d))
            if not -1 <= turned <= 1:
                raise SunTooHigh(f"no such time on {self.day} at {self.latitude}")
            hour = self.noon(hour) + side * degrees(acos(turned)) / 15
        return _clock(hour)


def _clock(hour: float) -> time:
    minutes = ceil(hour * 60 - 1e-9) + PRECAUTION_MINUTES
    return time(minutes // 60 % 24, minutes % 60)
