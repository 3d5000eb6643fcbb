"""A local WeChat platform with phones in the browser: for development, demonstrations and tests.

It imports nothing of the product and no library for WeChat, so that a misunderstanding of the platform cannot hide
in both. `LocalPlatform` is the library, `python -m simulator` the server; docs/simulator.md tells of both.
"""

from simulator.application import create_app
from simulator.config import Config, ConfigError
from simulator.faults import Fault
from simulator.local import LocalPlatform, Person

__all__ = ["Config", "ConfigError", "Fault", "LocalPlatform", "Person", "create_app"]
