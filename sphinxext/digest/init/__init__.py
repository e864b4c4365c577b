"""The files of a project that ``sphinx-digest init`` sets up: ``conf.py``, the root document, ``tox.ini``, settings.

They are edited as text; nothing here runs any of them.
"""
