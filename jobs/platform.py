"""The platform's API as the jobs use it."""

from aftersales.settings import Settings
from aftersales.shared_tokens import DatabaseTokens
from wechat.client import Platform


def platform_of(known: Settings) -> Platform:
    """The platform's API with the account's credentials.

    Raises:
        ValueError: naming the variable that is unusable.
    """
    return Platform(
        known.wechat_appid, known.wechat_secret, known.wechat_api_base_url, redis_url=known.redis_url, tokens=DatabaseTokens())
