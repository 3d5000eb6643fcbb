"""The official account itself: `python -m jobs.account menu` publishes its menu, `… qr` draws the codes of products."""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import segno

from aftersales.catalogue import APPLIANCES
from aftersales.migrate import migrate
from aftersales.models import OTHER_APPLIANCE
from aftersales.settings import SettingsError, settings
from aftersales.store import engine
from wechat.errors import PlatformError
from wechat.menu import BUTTONS

from .platform import platform_of

#: Dots of a printed code: large enough to be scanned from a manual.
SCALE = 8


class Account(Protocol):
    """What of the platform's API is needed."""

    def create_menu(self, buttons: Sequence[dict[str, Any]]) -> None:
        """Replaces the menu."""

    def create_qrcode(self, scene: str, expire_seconds: int | None = None) -> str:
        """The address to draw; permanent without `expire_seconds`."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_subparsers(dest="what", required=True)
    what.add_parser("menu", help="publish the menu")
    codes = what.add_parser("qr", help="draw the QR codes of products")
    codes.add_argument("products", nargs="*", help="空调:美的:KFR-35GW; brand and model may be left out")
    options = parser.parse_args()
    try:
        known = settings()
        migrate(engine())
        account = platform_of(known)
        lines = publish_menu(account) if options.what == "menu" else draw(account, options.products, known.var_dir / "qr")
    except (SettingsError, ValueError) as error:
        sys.exit(f"cannot start: {error}")
    except PlatformError as error:
        sys.exit(f"{error} {error.then.todo}".strip())
    print("\n".join(lines))  # noqa: T201 - addressed to the person at the terminal


def publish_menu(account: Account) -> list[str]:
    """Replaces the account's menu; returns what to tell the person at the terminal."""
    account.create_menu(BUTTONS)
    return ["菜单已发布：" + "、".join(str(button["name"]) for button in BUTTONS) + "；客户重新进入聊天后看到"]


def draw(account: Account, products: Sequence[str], folder: Path) -> list[str]:
    """Draws one permanent code per product into the folder, as SVG; returns the paths.

    Raises:
        ValueError: naming a product whose appliance we do not know, or whose name is too long for a code.
    """
    wanted = [_scene(product) for product in products or [each for each in APPLIANCES if each != OTHER_APPLIANCE]]
    folder.mkdir(parents=True, exist_ok=True)
    return [_draw(account, scene, folder) for scene in wanted]


def _scene(product: str) -> str:
    appliance, brand, model = [*product.split(":", 2), "", ""][:3]
    if appliance not in APPLIANCES:
        raise ValueError(f"{appliance!r} in {product!r} is no kind of appliance; known are: {' '.join(APPLIANCES)}")
    return f"product:{appliance}:{brand}:{model}"


def _draw(account: Account, scene: str, folder: Path) -> str:
    name = re.sub(r"[^\w-]+", "-", scene.removeprefix("product:")).strip("-")
    path = folder / f"{name}.svg"
    segno.make(account.create_qrcode(scene), error="m", micro=False).save(str(path), scale=SCALE)
    return str(path)


if __name__ == "__main__":
    main()
