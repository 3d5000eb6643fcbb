"""The platform's API under /cgi-bin and /customservice, and the public addresses of pictures and videos."""

from simulator.calls import account, agents, files, menus, messages, people
from simulator.calls.files import public
from simulator.calls.gate import api

__all__ = ["account", "agents", "api", "files", "menus", "messages", "people", "public"]
