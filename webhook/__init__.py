"""The Flask application: /wechat, /api/v1, health, metrics and, as a blueprint, the console."""
