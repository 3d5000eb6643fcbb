"""The business of the after-sales desk: no web, no platform, no dialogue engine."""
