"""What the simulated account is called, which secrets it uses, where its webhook listens, how the platform behaves."""

import base64
import binascii
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from simulator.clock import Clock, utc_now
from simulator.profiles import PROFILES, Profile

__all__ = ["CHANGEABLE", "Clock", "Config", "ConfigError", "utc_now"]

N = TypeVar("N", int, float)
MODES = ("plain", "compat", "secure")
ESCAPE_CODES = (0, 40033, 47002)


class ConfigError(ValueError):
    """A setting of the simulator cannot be used; the text names the variable and says what it should be."""


@dataclass(frozen=True)
class Config:
    """Settings of one simulated account. `mode` is derived from `aes_key` where it is left empty."""

    appid: str = "wxsimulator00000001"
    secret: str = "simulator-secret"  # noqa: S105 (the simulator guards nothing)
    token: str = "simulatortoken"  # noqa: S105
    aes_key: str | None = None
    previous_aes_key: str | None = None
    """The key before the last rotation."""
    mode: str = ""
    profile: str = "service"
    """The kind of account: service, subscription or test."""
    account: str = "gh_baoxiusimulator"
    account_name: str = "家电报修服务"
    webhook_url: str = "http://127.0.0.1:8000/wechat"
    host: str = "127.0.0.1"
    port: int = 8001
    public_url: str = ""
    answer_limit: float = 5.0
    """Seconds the webhook has for one answer."""
    tries: int = 3
    """Deliveries of one push in all."""
    retry_pause: float = 1.0
    """Seconds between two tries when the webhook cannot be reached at all."""
    time_scale: float = 1.0
    """Real seconds for one second of `answer_limit` and `retry_pause`; tests that must not wait take 0.1."""
    redeliver_illegal: bool = False
    """Whether an illegal answer or an HTTP error is asked for again like a missing one; it is not documented."""
    tap_renews_window: bool = False
    """Whether tapping a menu message counts as a message (5 in 48 h) instead of a menu click (3 in a minute)."""
    with_openid: bool = True
    """Whether the query of a push carries the openid."""
    copies: int = 1
    """How many copies of each push go out at the same moment."""
    use_previous_key: bool = False
    """Whether pushes are encrypted with `previous_aes_key`, as may happen just after a rotation."""
    refuse_escapes: int = 0
    """With 40033 or 47002, JSON that carries \\uXXXX escapes is refused; with 0 it is only noted."""
    check_template_ids: bool = False
    """Whether only registered templates may be sent (40037 otherwise)."""
    template_result: str = "success"
    """The Status of TEMPLATESENDJOBFINISH; unless it is success, the card does not arrive."""
    daily_limits: Mapping[str, int] = field(default_factory=dict)
    """Calls allowed per day and API, such as {"message/custom/send": 3}, in place of the profile's."""
    customers: tuple[str, ...] = ()
    """Names of followers that exist from the start, with the same openid after every restart."""

    def __post_init__(self) -> None:
        mode = self.mode or ("secure" if self.aes_key else "plain")
        object.__setattr__(self, "mode", mode)
        check_choice("SIMULATOR_MODE", mode, MODES)
        check_choice("SIMULATOR_PROFILE", self.profile, tuple(PROFILES))
        check_choice("refuse_escapes", self.refuse_escapes, ESCAPE_CODES)
        if mode != "plain" and not self.aes_key:
            raise ConfigError(f"SIMULATOR_MODE {mode} needs WECHAT_AES_KEY.")
        for key in (self.aes_key, self.previous_aes_key):
            if key:
                check_aes_key(key)
        if self.use_previous_key and not self.previous_aes_key:
            raise ConfigError("use_previous_key needs previous_aes_key; rotate the key first.")
        if min(self.answer_limit, self.time_scale, self.tries, self.copies) <= 0 or self.retry_pause < 0:
            raise ConfigError("answer_limit, time_scale, tries and copies must be greater than 0.")

    @property
    def kind(self) -> Profile:
        """What this kind of account may do."""
        return PROFILES[self.profile]

    @property
    def limit(self) -> float:
        """Real seconds the webhook has for one answer."""
        return self.answer_limit * self.time_scale

    @property
    def push_key(self) -> str | None:
        """The EncodingAESKey that pushes are encrypted with."""
        return self.previous_aes_key if self.use_previous_key else self.aes_key

    def daily_limit(self, call: str) -> int | None:
        """How often an API may be called in a day; None without a limit."""
        return self.daily_limits.get(call, self.kind.daily.get(call))

    @property
    def base_url(self) -> str:
        """Where pictures and videos of customers can be fetched, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    def changed(self, changes: Mapping[str, Any]) -> "Config":
        """The settings with some of CHANGEABLE replaced. Raises ConfigError naming what cannot be used."""
        for name, value in changes.items():
            check_change(name, value)
        return replace(self, **changes)

    def shown(self) -> dict[str, Any]:
        """The settings that can be changed while the simulator runs."""
        return {name: value for name, value in asdict(self).items() if name in CHANGEABLE}

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """The settings named in the environment; what is absent or empty keeps its default."""
        named = {field: environ[name] for name, field in VARIABLES.items() if environ.get(name)}
        return cls(
            **named,  # type: ignore[arg-type]
            port=number(environ, "SIMULATOR_PORT", int, cls.port),
            time_scale=number(environ, "SIMULATOR_TIME_SCALE", float, cls.time_scale),
            tap_renews_window=environ.get("SIMULATOR_TAP_RENEWS_WINDOW", "") in {"1", "true", "yes"},
            customers=tuple(environ.get("SIMULATOR_CUSTOMERS", "张三").split()),
        )


VARIABLES = {
    "WECHAT_APPID": "appid",
    "WECHAT_SECRET": "secret",
    "WECHAT_TOKEN": "token",
    "WECHAT_AES_KEY": "aes_key",
    "WEBHOOK_URL": "webhook_url",
    "SIMULATOR_MODE": "mode",
    "SIMULATOR_PROFILE": "profile",
    "SIMULATOR_PUBLIC_URL": "public_url",
}
#: What may change while the simulator runs, and the kinds of value it takes.
CHANGEABLE: Mapping[str, tuple[type, ...]] = {
    "profile": (str,), "mode": (str,), "aes_key": (str, type(None)), "previous_aes_key": (str, type(None)),
    "token": (str,), "webhook_url": (str,), "answer_limit": (int, float), "tries": (int,),
    "retry_pause": (int, float), "time_scale": (int, float), "redeliver_illegal": (bool,),
    "tap_renews_window": (bool,), "with_openid": (bool,), "copies": (int,), "use_previous_key": (bool,),
    "refuse_escapes": (int,), "check_template_ids": (bool,), "template_result": (str,), "daily_limits": (dict,),
}  # fmt: skip


def check_change(name: str, value: object) -> None:
    """Raise ConfigError unless the setting may be changed to a value of this kind."""
    kinds = CHANGEABLE.get(name)
    if kinds is None:
        raise ConfigError(f"{name} cannot be changed; use one of {', '.join(sorted(CHANGEABLE))}.")
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise ConfigError(f"{name} is {value!r}; it should be {' or '.join(kind.__name__ for kind in kinds)}.")
    if isinstance(value, dict) and not all(type(limit) is int for limit in value.values()):
        raise ConfigError(f"{name} is {value!r}; every limit should be a whole number.")


def check_choice(name: str, value: object, choices: tuple[object, ...]) -> None:
    """Raise ConfigError naming the setting unless the value is one of the choices."""
    if value not in choices:
        raise ConfigError(f"{name} is {value!r}; use one of {', '.join(map(str, choices))}.")


def number(environ: Mapping[str, str], name: str, kind: Callable[[str], N], default: N) -> N:
    """The variable as a number; raises ConfigError naming it when it is none."""
    value = environ.get(name, "")
    try:
        return kind(value) if value else default
    except ValueError as error:
        raise ConfigError(f"{name} is {value!r}; it should be a number.") from error


def check_aes_key(key: str) -> None:
    """Raise ConfigError unless `key` is an EncodingAESKey: 43 characters that stand for 32 bytes."""
    problem = f"WECHAT_AES_KEY has {len(key)} characters; it should be 43 letters and digits."
    if len(key) != 43:
        raise ConfigError(problem)
    try:
        base64.b64decode(key + "=", validate=True)
    except binascii.Error as error:
        raise ConfigError(problem) from error
