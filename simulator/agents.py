"""The human agents of the account: who they are, who waits for them, who talks with whom, and what was said."""

import re
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from simulator.errors import ApiError

IDLE = timedelta(minutes=30)
MOST_AGENTS, MOST_WAITING, MOST_RECORDS, NAME_LENGTH = 100, 100, 10_000, 10
ACCOUNT = re.compile(r"[A-Za-z0-9_]+@[A-Za-z0-9_-]+")
SENT, RECEIVED = 2002, 2003


@dataclass
class Agent:
    """One agent. `auto`: takes whoever waits at once; `bound`: a person has accepted the invitation."""

    account: str
    nickname: str
    number: int
    online: bool = True
    bound: bool = True
    auto: bool = False

    def to_json(self) -> dict[str, Any]:
        """The agent as the control interface reads it."""
        shown = ("account", "nickname", "online", "bound", "auto")
        return {name: getattr(self, name) for name in shown}


@dataclass
class Session:
    """A customer in talk with an agent; it ends after 30 minutes in which neither says anything."""

    openid: str
    account: str
    opened_at: datetime
    active_at: datetime


@dataclass(frozen=True)
class Waiting:
    """A customer handed over whom nobody has taken yet; `account` when it is meant for one agent."""

    openid: str
    account: str
    since: datetime


@dataclass(frozen=True)
class Line:
    """One thing said in a session; `opercode` tells the direction."""

    openid: str
    opercode: int
    text: str
    at: datetime
    worker: str


@dataclass
class Desk:
    """The state. The caller holds the world's lock."""

    agents: dict[str, Agent] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    lines: deque[Line] = field(default_factory=lambda: deque(maxlen=MOST_RECORDS))

    def add(self, account: str, nickname: str, *, bound: bool = True, auto: bool = False) -> Agent:
        """A new agent. Raises ApiError 61452 to 61455 for a bad name, 61453 for one that is taken, 61456."""
        self._check_name(account)
        agent = Agent(account, nickname or account, 1001 + len(self.agents), bound=bound, auto=auto)
        self.agents[account] = agent
        return agent

    def _check_name(self, account: str) -> None:
        if not account or "@" not in account:
            raise ApiError(61452)
        if len(account.split("@", maxsplit=1)[0]) > NAME_LENGTH:
            raise ApiError(61454)
        if not ACCOUNT.fullmatch(account):
            raise ApiError(61455)
        if account in self.agents:
            raise ApiError(61453)
        if len(self.agents) >= MOST_AGENTS:
            raise ApiError(61456)

    def agent(self, account: str) -> Agent:
        """The agent of that name. Raises ApiError 65401."""
        if account not in self.agents:
            raise ApiError(65401)
        return self.agents[account]

    def remove(self, account: str) -> None:
        """Take an agent away. Raises ApiError 65401."""
        del self.agents[self.agent(account).account]

    def open(self, account: str, openid: str, now: datetime) -> bool:
        """Begin a session; False when the two are in one already. Raises ApiError 65401, 65402, 65414, 65415."""
        agent, present = self.agent(account), self.sessions.get(openid)
        if not agent.bound:
            raise ApiError(65402)
        if present and present.account != account:
            raise ApiError(65414)
        if not agent.online:
            raise ApiError(65415)
        self.waiting.pop(openid, None)
        self.sessions.setdefault(openid, Session(openid, account, now, now))
        return present is None

    def close(self, account: str, openid: str) -> None:
        """End a session. Raises ApiError 65413 (none) or 65414 (with another agent)."""
        present = self.sessions.get(openid)
        if present is None:
            raise ApiError(65413)
        if present.account != account:
            raise ApiError(65414)
        del self.sessions[openid]

    def wait_for(self, openid: str, account: str, now: datetime) -> Agent | None:
        """Let a customer wait; the agent who takes such customers at once, if there is one."""
        known = self.waiting.get(openid)
        self.waiting[openid] = Waiting(openid, account, known.since if known else now)
        chosen = [agent for agent in self.agents.values() if account in {"", agent.account}]
        return next((agent for agent in chosen if agent.online and agent.bound and agent.auto), None)

    def hear(self, openid: str, text: str, now: datetime) -> Session | None:
        """Give what a customer says to the agent of the session, if there is one; it is the answer."""
        session = self.sessions.get(openid)
        if session:
            session.active_at = now
            self.lines.append(Line(openid, RECEIVED, text, now, session.account))
        return session

    def say(self, account: str, openid: str, text: str, now: datetime) -> None:
        """Note what an agent says. Raises ApiError 65413 or 65414."""
        session = self.sessions.get(openid)
        if session is None:
            raise ApiError(65413)
        if session.account != account:
            raise ApiError(65414)
        session.active_at = now
        self.lines.append(Line(openid, SENT, text, now, account))

    def idle(self, now: datetime) -> list[Session]:
        """The sessions in which nobody said anything for 30 minutes."""
        return [session for session in self.sessions.values() if now - session.active_at >= IDLE]

    def leave(self, openid: str) -> None:
        """The customer unfollows: nobody waits or talks any longer."""
        self.waiting.pop(openid, None)
        self.sessions.pop(openid, None)

    def to_json(self) -> dict[str, Any]:
        """Agents, sessions and who waits, as the page and the control interface read them."""
        return {
            "agents": [agent.to_json() for agent in self.agents.values()],
            "sessions": [
                {"openid": talk.openid, "account": talk.account, "opened_at": talk.opened_at.isoformat()}
                for talk in self.sessions.values()
            ],
            "waiting": [
                {"openid": case.openid, "account": case.account, "since": case.since.isoformat()}
                for case in self.waiting.values()
            ],
        }
