"""The integration API: how other companies' field-service systems read and move the work orders.

A blueprint of the webhook's application under /api/v1, in JSON, behind a bearer token.
"""

from .application import init_app
from .calls import blueprint

__all__ = ["blueprint", "init_app"]
