"""What makes the clock go: one leader among all processes, ticks, jobs, errands, and a watchdog.

What there is to do stands in `bazaar.scheduler`; how it all hangs together in docs/clock.md.
"""

from bazaar.clockwork.clock import Clock
from bazaar.clockwork.leading import lead_of
from bazaar.clockwork.work import Errand, Job, Watch, run_errand, run_job, safely

__all__ = ["Clock", "Errand", "Job", "Watch", "lead_of", "run_errand", "run_job", "safely"]
