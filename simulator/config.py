"""What the simulated account is called, which secrets it uses and where its webhook listens."""

import base64
import binascii
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

Clock = Callable[[], datetime]

MODES = ("plain", "compat", "secure")


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(timezone.utc)


class ConfigError(ValueError):
    """A setting of the simulator cannot be used; the text names the variable and says what it should be."""


@dataclass(frozen=True)
class Config:
    """Settings of one simulated account. `mode` is derived from `aes_key` where it is left empty."""

    appid: str = "wxsimulator00000001"
    secret: str = "simulator-secret"  # noqa: S105 (the simulator guards nothing)
    token: str = "simulatortoken"  # noqa: S105
    aes_key: str | None = None
    mode: str = ""
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
    tap_renews_window: bool = False
    """Whether tapping a menu message counts as a message (5 in 48 h) instead of a menu click (3 in a minute)."""
    customers: tuple[str, ...] = ()
    """Names of followers that exist from the start, with the same openid after every restart."""

    def __post_init__(self) -> None:
        mode = self.mode or ("secure" if self.aes_key else "plain")
        object.__setattr__(self, "mode", mode)
        if mode not in MODES:
            raise ConfigError(f"SIMULATOR_MODE is {mode!r}; use one of {', '.join(MODES)}.")
        if mode != "plain" and not self.aes_key:
            raise ConfigError(f"SIMULATOR_MODE {mode} needs WECHAT_AES_KEY.")
        if self.aes_key:
            check_aes_key(self.aes_key)

    @property
    def base_url(self) -> str:
        """Where pictures and videos of customers can be fetched, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """The settings named in the environment; what is absent or empty keeps its default."""
        named = {field: environ[name] for name, field in VARIABLES.items() if environ.get(name)}
        return cls(
            **named,  # type: ignore[arg-type]
            port=whole_number(environ, "SIMULATOR_PORT", cls.port),
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
    "SIMULATOR_PUBLIC_URL": "public_url",
}


def whole_number(environ: Mapping[str, str], name: str, default: int) -> int:
    """The variable as a whole number; raises ConfigError naming it when it is none."""
    value = environ.get(name, "")
    if value and not value.isdecimal():
        raise ConfigError(f"{name} is {value!r}; it should be a whole number.")
    return int(value) if value else default


def check_aes_key(key: str) -> None:
    """Raise ConfigError unless `key` is an EncodingAESKey: 43 characters that stand for 32 bytes."""
    problem = f"WECHAT_AES_KEY has {len(key)} characters; it should be 43 letters and digits."
    if len(key) != 43:
        raise ConfigError(problem)
    try:
        base64.b64decode(key + "=", validate=True)
    except binascii.Error as error:
        raise ConfigError(problem) from error
