"""What somebody has to put right at the platform stands on every page, until it works again."""

from console_desk import MONDAY, Browser, minutes

from aftersales import alarms
from aftersales.store import transaction

CAUSE = alarms.Cause("message/custom/send", 45009, "今日调用次数已用完", "明天零点后自动恢复", "reach max api daily quota limit")


def sound() -> None:
    with transaction() as session:
        alarms.sound(session, CAUSE, MONDAY)


def test_without_an_alarm_no_page_speaks_of_one(operator: Browser) -> None:
    assert 'data-testid="alarm"' not in operator.open("/ops")


def test_an_alarm_stands_on_every_page_with_what_to_do(operator: Browser) -> None:
    sound()
    sound()
    for address in ("/ops", "/ops/orders"):
        page = operator.open(address)
        assert page.count('data-testid="alarm"') == 1
        assert "今日调用次数已用完" in page
        assert "明天零点后自动恢复" in page
        assert "2 次" in page


def test_it_goes_when_the_platform_works_again(operator: Browser) -> None:
    sound()
    with transaction() as session:
        alarms.resolve(session, CAUSE.api, minutes(5))
    assert 'data-testid="alarm"' not in operator.open("/ops")


def test_who_is_not_logged_in_learns_nothing(stranger: Browser) -> None:
    sound()
    assert "今日调用次数" not in stranger.open("/ops/login")
