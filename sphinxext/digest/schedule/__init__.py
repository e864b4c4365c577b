"""Release schedules: the weeks of a cycle and what happens in them."""

from sphinxext.digest.problems import Code

#: Problems that are only remarks: published schedules have them, and nothing depends on them.
REMARKS = frozenset({Code.SCHEDULE_CONTRADICTION, Code.SCHEDULE_ANCHOR})
