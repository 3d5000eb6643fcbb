"""The operators' pages: every conversation as the customer saw it, every work order with its history.

A blueprint of the webhook's application, in Chinese, behind a login.
"""

from .application import init_app
from .pages import blueprint

__all__ = ["blueprint", "init_app"]
