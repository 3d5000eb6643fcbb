"""Custom actions, written like routes: read slots, call one function of aftersales, answer, return events."""
