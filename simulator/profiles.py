"""What the three kinds of account may do: the sandbox test account, the certified subscription and service account."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """One kind of account. `daily` holds the calls allowed per day and API; what is not listed has no limit."""

    label: str
    menu_messages: bool
    """msgmenu may be sent; else 40200."""
    typing: bool
    """The typing sign may be shown; else 40200."""
    menu_ids: bool
    """A tapped option arrives with bizmsgmenuid."""
    templates: bool
    """Template messages may be sent; else 48001."""
    strict_templates: bool
    """The typed fields of templates are checked; else anything goes."""
    subscriptions: bool
    """Subscription notices may be sent; else 48001."""
    codes: bool
    """QR codes with a scene may be made; else 48001."""
    agents: bool
    """Human agents can be used; else 65400."""
    payments: bool
    """A payment opens a grant without a limit."""
    recognition: bool
    """The platform may write down what is said in a voice message."""
    daily: Mapping[str, int]


FORMAL = {
    "token": 2000, "stable_token": 500_000, "message/custom/send": 500_000, "message/template/send": 100_000,
    "menu/create": 1000, "menu/get": 10_000, "menu/delete": 1000, "qrcode/create": 100_000, "user/info": 5_000_000,
    "user/get": 500, "media/upload": 100_000, "media/get": 200_000,
}  # fmt: skip
SANDBOX = FORMAL | {
    "token": 200, "message/custom/send": 50_000, "media/upload": 500, "media/get": 1000, "qrcode/create": 10_000,
}  # fmt: skip

PROFILES = {
    "service": Profile(
        "服务号（已认证）", menu_messages=True, typing=True, menu_ids=True, templates=True, strict_templates=True,
        subscriptions=True, codes=True, agents=True, payments=True, recognition=True, daily=FORMAL,
    ),
    "subscription": Profile(
        "订阅号（已认证）", menu_messages=False, typing=True, menu_ids=False, templates=False, strict_templates=True,
        subscriptions=False, codes=False, agents=True, payments=False, recognition=True, daily=FORMAL,
    ),
    "test": Profile(
        "测试号", menu_messages=False, typing=False, menu_ids=False, templates=True, strict_templates=False,
        subscriptions=False, codes=True, agents=False, payments=False, recognition=False, daily=SANDBOX,
    ),
}  # fmt: skip
