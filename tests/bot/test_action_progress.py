"""进度: where orders stand, and the list of services."""

import pytest
from bot_chat import LI_SI, Chat, Opener

from aftersales.models import Status
from aftersales.progress import STATUS_NAMES


def asks(chat: Chat, text: str = "查询进度") -> Chat:
    return chat.hears(text, "query_progress").does("action_tell_progress")


def test_without_orders_there_is_no_progress(chat: Chat, order: Opener) -> None:
    order(openid=LI_SI)
    assert asks(chat).said == ["utter_no_orders"]
    assert chat.does("action_list_services").said == ["utter_no_orders"]


@pytest.mark.parametrize("status", [
    Status.SUBMITTED, Status.DISPATCHED, Status.ACCEPTED, Status.SCHEDULED, Status.IN_PROGRESS])
def test_the_open_order_is_told_with_its_status(chat: Chat, order: Opener, status: Status) -> None:
    number = order(status=status)
    asks(chat)
    assert chat.said == ["utter_progress"]
    assert number in chat.texts[0]
    assert STATUS_NAMES[status] in chat.texts[0]
    assert ("王" in chat.texts[0]) == (status is not Status.SUBMITTED)
    assert ("13500135001" in chat.texts[0]) == ("13500135001" in asks(chat).texts[0])


def test_the_confirmed_visit_is_told(chat: Chat, order: Opener) -> None:
    order(status=Status.SCHEDULED)
    assert "11月24日" in asks(chat).texts[0]


def test_without_an_open_order_the_last_one_is_told(chat: Chat, order: Opener) -> None:
    order("空调", Status.CANCELLED)
    last = order("冰箱", Status.COMPLETED)
    asks(chat)
    assert chat.said == ["utter_progress_last"]
    assert last in chat.texts[0]
    assert "空调" not in chat.texts[0]


def test_several_open_orders_are_all_told(chat: Chat, order: Opener) -> None:
    numbers = [order("空调"), order("冰箱", Status.DISPATCHED)]
    order("洗衣机", Status.COMPLETED)
    asks(chat)
    assert all(number in chat.texts[0] for number in numbers)
    assert "洗衣机" not in chat.texts[0]


@pytest.mark.parametrize("by_number", [True, False])
def test_the_order_that_is_named_is_told_alone(chat: Chat, order: Opener, by_number: bool) -> None:
    air, fridge = order("空调"), order("冰箱")
    asks(chat, f"{fridge}到哪了" if by_number else "冰箱到哪一步了")
    assert fridge in chat.texts[0]
    assert air not in chat.texts[0]


def test_the_list_has_every_order_newest_first_and_none_of_others(chat: Chat, order: Opener) -> None:
    numbers = [order("空调", Status.CANCELLED), order("冰箱", Status.COMPLETED), order("洗衣机")]
    others = order(openid=LI_SI)
    chat.hears("我的服务", "list_services").does("action_list_services")
    assert chat.said == ["utter_services"]
    places = [chat.texts[0].index(number) for number in numbers[::-1]]
    assert places == sorted(places)
    assert others not in chat.texts[0]
    assert all(STATUS_NAMES[status] in chat.texts[0] for status in (Status.CANCELLED, Status.COMPLETED, Status.SUBMITTED))


@pytest.mark.parametrize("text", ["那现在我还有哪些单子没弄", "我还有哪些没修完的", "未完成的单子", "还有什么没处理"])
def test_the_list_of_what_is_left_has_the_open_orders_alone(chat: Chat, order: Opener, text: str) -> None:
    finished, number = order("冰箱", Status.COMPLETED), order("洗衣机")
    chat.hears(text, "list_services").does("action_list_services")
    assert chat.said == ["utter_services"]
    assert (number in chat.texts[0], finished in chat.texts[0]) == (True, False)
