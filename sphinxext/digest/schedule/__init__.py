"""Release schedules: the weeks of a cycle and what happens in them."""

from sphinxext.digest.problems import Code

#: Problems that are only remarks: nothing depends on what is wrong, and published files have it.
REMARKS = frozenset({Code.SCHEDULE_CONTRADICTION, Code.SCHEDULE_ANCHOR})
