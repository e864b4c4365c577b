"""Release schedules as files, for the commands that read them."""

from __future__ import annotations

from pathlib import Path

CYCLE = """\
---
start-week: '2026-12-14'
release-week: '2027-01-11'
cycle:
  - start: '2026-11-23'
    end: '2026-11-27'
    x-project: [heron-final]
  - start: '2026-12-14'
    end: '2026-12-18'
    name: R-4
    x-project: [i-ff]
    project-specific: [i-lamp-sprint]
  - start: '2026-12-21'
    end: '2026-12-25'
    name: R-3
  - start: '2026-12-28'
    end: '2027-01-01'
    name: R-2
    x-project: [i-rc1]
  - start: '2027-01-04'
    end: '2027-01-08'
    name: R-1
    x-project: [i-finalrc]
  - start: '2027-01-11'
    end: '2027-01-15'
    name: R+0
    x-project: [i-final]
"""

PROSE = """\
============================
2027.1 Ibis Release Schedule
============================

Cross-project events
====================

.. _i-ff:

Feature freeze
--------------

No new features, see `the model <https://example.org/model>`_.

.. _i-rc1:

RC1 deadline
------------

The first candidate.

.. _i-finalrc:

Final RC deadline
-----------------

The last one.

.. _i-final:

Ibis release
------------

The Ibis coordinated release will happen on January 13th, 2027.

Project-specific events
=======================

Lamp
----

.. _i-lamp-sprint:

Lamp bug sprint
^^^^^^^^^^^^^^^

All of it.
"""

STATUS = """\
- name: ibis
  release-id: 2027.1
  status: development
  initial-release: 2027-01-13
- name: heron
  release-id: 2026.2
  status: maintained
  initial-release: 2026-11-25
"""


def write_schedules(folder: Path) -> Path:
    """A folder as openstack/releases has them, with one series."""
    (folder / "ibis").mkdir(parents=True)
    (folder / "ibis" / "schedule.yaml").write_text(CYCLE, encoding="utf-8")
    (folder / "ibis" / "schedule.rst").write_text(PROSE, encoding="utf-8")
    (folder / "series_status.yaml").write_text(STATUS, encoding="utf-8")
    return folder
