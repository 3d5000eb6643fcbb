"""Every variable the product reads from its environment, with its default and meaning.

Values come from the environment, else from a `.env` file in the working directory. A bad value stops the start-up
with the variable's own name.
"""

import functools
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from .times import QuietHours, parse_duration

Duration = Annotated[timedelta, BeforeValidator(lambda value: parse_duration(value) if isinstance(value, str) else value)]


class SettingsError(RuntimeError):
    """A variable of the environment has a value that cannot be used."""


class Settings(BaseSettings):
    """The product's configuration; field names are the environment variables in lower case."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    wechat_appid: str = "wxsimulator00000001"
    wechat_secret: str = "simulator-secret"  # noqa: S105 - the local simulator's, known to everybody
    wechat_token: str = "simulatortoken"  # noqa: S105 - likewise
    wechat_token_previous: str | None = None
    wechat_aes_key: str | None = None
    wechat_aes_key_previous: str | None = None
    #: How far the time in a push's address may be from ours; redeliveries come within 15 seconds.
    wechat_clock_tolerance: Duration = timedelta(minutes=10)
    #: WeChat drops a delivery after so long, and delivers a message so often; see aftersales.inbox.Patience.
    wechat_hang_up: Duration = timedelta(seconds=5)
    wechat_tries: int = Field(default=3, ge=1, le=10)
    wechat_api_base_url: str = "https://api.weixin.qq.com"
    wechat_template_id: str | None = None
    database_url: str = "sqlite:///var/baoxiu.db"
    redis_url: str | None = None
    rasa_url: str = "http://127.0.0.1:5005"
    actions_url: str = "http://127.0.0.1:5055"
    api_token: str | None = None
    ops_admin_password: str | None = None
    port: int = 8000
    rating_invite_delay: Duration = timedelta(minutes=10)
    rating_remind_delay: Duration = timedelta(hours=24)
    job_interval: Duration = timedelta(seconds=1)
    close_delay: Duration = timedelta(days=15)
    reply_deadline: Duration = timedelta(seconds=4.5)
    quiet_hours: str = "22-8"
    photo_pause: Duration = timedelta(milliseconds=800)
    media_max_mb: int = 20
    handoff_to: Literal["console", "wechat"] = "console"
    handoff_kf_account: str | None = None
    handoff_quiet: Duration = timedelta(minutes=30)
    forget_on_unfollow: bool = False
    hotline: str = "400-800-1234"
    var_dir: Path = Path("var")

    @field_validator(
        "wechat_aes_key", "wechat_aes_key_previous", "wechat_token_previous", "redis_url", "api_token",
        "ops_admin_password", "wechat_template_id", "handoff_kf_account", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return value or None

    @field_validator("wechat_aes_key", "wechat_aes_key_previous")
    @classmethod
    def _aes_key_length(cls, value: str | None) -> str | None:
        if value is not None and len(value) != 43:
            raise ValueError(f"an EncodingAESKey has 43 characters, this one has {len(value)}")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("use sqlite:///path or postgresql+psycopg://user:password@host/name")
        return value

    @field_validator("job_interval", "handoff_quiet", "wechat_clock_tolerance", "wechat_hang_up")
    @classmethod
    def _positive(cls, value: timedelta) -> timedelta:
        if value <= timedelta(0):
            raise ValueError("must be longer than 0s")
        return value

    @field_validator("quiet_hours")
    @classmethod
    def _are_hours(cls, value: str) -> str:
        QuietHours.parse(value)
        return value

    @property
    def quiet(self) -> QuietHours | None:
        """QUIET_HOURS, in which what can wait is not said; None when there are none."""
        return QuietHours.parse(self.quiet_hours)

    @property
    def media_dir(self) -> Path:
        return self.var_dir / "media"

    @property
    def integration_token(self) -> str:
        """API_TOKEN, or the one generated into `var/api_token` at the first start."""
        return self.api_token or generated_secret(self.var_dir / "api_token")


@functools.lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        SettingsError: naming the variable, what is wrong with it and what it should look like.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors()[0]
        name = str(wrong["loc"][0]).upper() if wrong["loc"] else "the environment"
        raise SettingsError(f"{name}: {wrong['msg']}; please correct it and start again") from error


def generated_secret(path: Path) -> str:
    """The secret kept in a file that only its owner can read; made at the first call."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        secret = secrets.token_urlsafe(24)
        file.write(secret + "\n")
    return secret
