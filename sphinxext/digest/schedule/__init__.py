"""Release schedules: the weeks of a cycle and what happens in them."""

from sphinxext.digest.schedule.outlook import outlook

__all__ = ["outlook"]
