"""APScheduler in a process of its own: deliver, dispatch, invite, remind, close, prune.

Due work is rows, so any number of these processes may run.
"""
