"""The settings of a project: options, their checks, and where they come from."""
