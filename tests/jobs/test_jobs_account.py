"""The account's menu is published, products get their codes."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import segno

from aftersales.catalogue import APPLIANCES
from aftersales.settings import Settings
from jobs import account
from webhook.understanding import product_of
from wechat.errors import PlatformError
from wechat.menu import BUTTONS


class FakeAccount:
    """The platform as far as the account itself goes."""

    def __init__(self) -> None:
        self.menus: list[Sequence[dict[str, Any]]] = []
        self.scenes: list[tuple[str, int | None]] = []

    def create_menu(self, buttons: Sequence[dict[str, Any]]) -> None:
        self.menus.append(buttons)

    def create_qrcode(self, scene: str, expire_seconds: int | None = None) -> str:
        self.scenes.append((scene, expire_seconds))
        return f"http://weixin.qq.com/q/{len(self.scenes)}"


def test_the_menu_is_published_with_its_keys() -> None:
    fake = FakeAccount()
    (told,) = account.publish_menu(fake)
    assert fake.menus == [BUTTONS]
    assert "我要报修、查询进度、我的服务" in told


def test_products_get_permanent_codes_that_prefill_the_report(tmp_path: Path) -> None:
    fake = FakeAccount()
    paths = account.draw(fake, ["空调:美的:KFR-35GW/N8XHA1", "冰箱:海尔", "洗衣机"], tmp_path / "qr")
    assert fake.scenes == [
        ("product:空调:美的:KFR-35GW/N8XHA1", None), ("product:冰箱:海尔:", None), ("product:洗衣机::", None)]
    assert product_of(fake.scenes[0][0]) == {"appliance": "空调", "brand": "美的", "model": "KFR-35GW/N8XHA1"}
    assert [Path(path).name for path in paths] == ["空调-美的-KFR-35GW-N8XHA1.svg", "冰箱-海尔.svg", "洗衣机.svg"]
    drawn = ElementTree.parse(paths[0]).getroot()
    side = segno.make("http://weixin.qq.com/q/1", error="m", micro=False).symbol_size(scale=account.SCALE)[0]
    assert drawn.attrib["width"] == str(side)


def test_without_products_every_appliance_gets_its_code(tmp_path: Path) -> None:
    fake = FakeAccount()
    assert len(account.draw(fake, [], tmp_path)) == len(APPLIANCES) - 1
    assert len({scene for scene, _ in fake.scenes}) == len(fake.scenes)


def test_an_unknown_appliance_is_named_before_anything_is_drawn(tmp_path: Path) -> None:
    fake = FakeAccount()
    with pytest.raises(ValueError, match="飞船"):
        account.draw(fake, ["空调", "飞船:美的"], tmp_path)
    assert fake.scenes == []


@pytest.mark.parametrize(("options", "said"), [(["menu"], "IP 白名单"), (["qr", "飞船"], "cannot start: '飞船'")])
def test_what_goes_wrong_is_said(
    known: Settings, monkeypatch: pytest.MonkeyPatch, options: list[str], said: str
) -> None:
    class Refusing(FakeAccount):
        def create_menu(self, buttons: Sequence[dict[str, Any]]) -> None:
            raise PlatformError.from_code(40164, "invalid ip 1.2.3.4")

    monkeypatch.setattr(account, "platform_of", lambda _known: Refusing())
    monkeypatch.setattr(sys, "argv", ["account", *options])
    with pytest.raises(SystemExit) as left:
        account.main()
    assert said in str(left.value)


def test_the_commands_can_be_read() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "jobs.account", "--help"], cwd=Path(__file__).parents[2], capture_output=True, text=True,
        timeout=120, check=True)
    assert "menu" in shown.stdout
    assert "qr" in shown.stdout
