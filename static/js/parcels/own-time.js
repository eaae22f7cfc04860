// Writes the times of a parcel in the zone of whoever reads, where that is another one than the page was written in:
// <main data-own-zone> … <time datetime="2026-03-01T12:00:00+00:00">Min 1 Mar 19.00 WIB</time>.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const write = new Intl.DateTimeFormat(document.documentElement.lang, {
  weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZoneName: 'short',
});
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

function rewrite(place) {
  for (const time of place.querySelectorAll('time[datetime]')) {
    const instant = new Date(time.dateTime);
    // Same clock time: the words that stand there are right, and say the zone as people here do.
    if (Number.isNaN(instant.getTime()) || time.textContent.replace('.', ':').includes(clock.format(instant))) continue;
    time.textContent = write.format(instant);
  }
}

if (zone) {
  document.querySelectorAll('[data-own-zone]').forEach(rewrite);
  document.addEventListener('swapped', (event) => rewrite(event.detail));
}
