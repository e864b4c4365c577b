"""Setting a project up: what its own files need for digests, added to them without touching the rest.

The files are a project's ``conf.py``, the root document of its documentation, its ``tox.ini``, and the settings.
Nothing here runs any of them.
"""
