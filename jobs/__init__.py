"""APScheduler in a process of its own: deliver, dispatch, invite, close. Due work is rows, so any number may run."""
