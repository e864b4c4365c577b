"""Release schedules: the weeks of a cycle and what happens in them."""

from sphinxext.digest.problems import Code
from sphinxext.digest.schedule.fetch import fetch_schedules
from sphinxext.digest.schedule.outlook import outlook
from sphinxext.digest.schedule.own_fields import own_schema
from sphinxext.digest.schedule.schedules import CURRENT, Schedules, load_schedules

#: Problems that are no more than remarks: what is wrong is of no consequence, and files that were published have it.
REMARKS = frozenset({Code.SCHEDULE_CONTRADICTION, Code.SCHEDULE_ANCHOR})

__all__ = ["CURRENT", "REMARKS", "Schedules", "fetch_schedules", "load_schedules", "outlook", "own_schema"]
