"""The settings that a project begins with: none, and the most used options to choose from."""

SETTINGS = """\
# What sphinx-digest and the build of the documentation share. All of it is optional: to set an option, take away the
# "#" before its name. There are more of them in the reference of sphinxext-digest.
---
# The title of a digest; {period} are its days in words.
#title: "Digest, {period}"

# How often there is a digest: weekly, biweekly or monthly; and the weekday that its weeks begin with.
#period: biweekly
#week_start: monday

# The line that closes the successes, and a page that has all of them.
#success_closing: Tell us yours on the mailing list.
#success_url: https://wiki.example.org/successes

# Where the documentation is published: reports and mails then link to its pages.
#base_url: https://docs.example.org/

# Where release schedules are, for the countdown.
#schedules: [../releases]
"""
