"""报修, the finer points: consent, old contacts, an open order, several appliances, danger, a report broken off."""

from datetime import datetime, timedelta

import pytest
from bot_chat import Chat, Opener, happened, kept

from aftersales import customers, media
from aftersales.appointments import current_visit
from aftersales.models import AppointmentKind, Status, WorkOrder
from aftersales.progress import orders_of
from aftersales.settings import settings
from aftersales.store import reading, transaction

FORM = "repair_form"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")
ADDRESS = "佛山市顺德区北滘镇美的大道6号2栋301"
#: What 张三 answers whatever is asked, unless a test says otherwise.
ANSWERS: dict[str, tuple[str, str]] = {
    "consent": ("同意", "affirm"), "service_type": ("维修", "inform"), "appliance": ("空调", "inform"),
    "fault": ("不制冷", "describe_fault"), "self_check": ("没解决", "deny"), "brand_model": ("美的KFR-35GW", "inform"),
    "model": ("不知道", "skip"), "fault_since": ("昨天", "inform"), "photos": ("没有照片", "skip"),
    "other_fault": ("不脱水", "describe_fault"), "other_brand_model": ("不知道", "skip"),
    "contact_name": ("张三", "inform"), "phone": ("13800138000", "inform"), "address": (ADDRESS, "inform"),
    "visit_time": ("明天下午", "inform"), "confirm": ("确认", "affirm"), "same_order": ("另一台", "inform"),
    "reuse": ("换新的", "deny"), "resume": ("重新填", "request_service"),
}


def reports(chat: Chat, text: str, *entities: tuple[str, str], intent: str = "describe_fault") -> Chat:
    """The report's first message."""
    return chat.hears(text, intent, *entities).does("action_begin_repair").opens(FORM)


def goes_on(chat: Chat, until: str | None = None, **answers: tuple[str, str]) -> list[str]:
    """Answers every question until the one named, or to the end; returns the questions answered."""
    asked: list[str] = []
    while chat.question not in (None, until):
        assert len(asked) < 25, asked
        asked.append(str(chat.question))
        chat.answers(*(ANSWERS | answers)[str(chat.question)])
    if chat.question is None and chat.loop:
        chat.loop = None
        chat.does("action_submit_repair")
    return asked


def asks(chat: Chat) -> str:
    """The open question as the customer reads it."""
    chat.does(f"action_ask_{chat.question}")
    return "".join(chat.texts)


def all_orders(chat: Chat) -> list[WorkOrder]:
    with reading() as session:
        return list(orders_of(session, chat.openid))


# --- consent ---------------------------------------------------------------------------------------------------------


def test_consent_is_asked_before_the_first_personal_question_and_never_again(chat: Chat) -> None:
    asked = goes_on(reports(chat, "空调漏水", ("appliance", "空调"), ("symptom", "漏水")))
    assert asked.index("consent") + 1 == asked.index("contact_name")
    assert "consent" not in goes_on(reports(chat, "洗衣机不脱水", ("appliance", "洗衣机"), ("symptom", "不脱水")))
    assert len(all_orders(chat)) == 2


def test_who_gives_a_phone_unasked_is_asked_for_consent_at_once(chat: Chat) -> None:
    reports(chat, "空调漏水，电话13800138000", ("appliance", "空调"), ("symptom", "漏水"), ("phone", "13800138000"))
    assert chat.question == "consent"


def test_without_consent_nothing_personal_is_kept(chat: Chat) -> None:
    reports(chat, "空调漏水，电话13800138000", ("appliance", "空调"), ("symptom", "漏水"), ("phone", "13800138000"))
    chat.answers("不同意", "deny")
    assert (chat.said, chat.loop, chat.slots["phone"]) == (["utter_consent_refused"], None, None)
    assert "phone" not in chat.slots["kept"]
    with reading() as session:
        assert not customers.has_consented(session, chat.openid)


def test_whoever_agrees_after_all_goes_on_where_it_was(chat: Chat) -> None:
    goes_on(reports(chat, "空调漏水", ("appliance", "空调"), ("symptom", "漏水")), until="consent")
    chat.answers("不同意", "deny")
    chat.hears("好吧，同意", "affirm").begins("action_answer_nothing")
    assert (chat.question, chat.said) == ("contact_name", ["utter_taken_up"])
    with reading() as session:
        assert customers.has_consented(session, chat.openid)


def test_consent_is_kept_at_once(chat: Chat, now: datetime) -> None:
    goes_on(reports(chat, "空调漏水", ("appliance", "空调"), ("symptom", "漏水")), until="contact_name")
    with reading() as session:
        assert customers.has_consented(session, chat.openid)


# --- somebody who has been here --------------------------------------------------------------------------------------


@pytest.fixture
def returning(chat: Chat, order: Opener) -> Chat:
    """张三 reports again, his last order is closed."""
    order("冰箱", Status.CLOSED)
    with transaction() as session:
        customers.consents(session, chat.openid, datetime.fromisoformat("2026-11-01T10:00:00+08:00"))
    return reports(chat, "空调漏水", ("appliance", "空调"), ("symptom", "漏水"))


def test_the_last_address_and_phone_are_offered_and_taken_with_one_word(returning: Chat) -> None:
    goes_on(returning, until="reuse")
    told = asks(returning)
    assert "138****8000" in told
    assert "美的大道6号" in told
    assert goes_on(returning, reuse=("用上次的", "affirm"))[-2:] == ["visit_time", "confirm"]
    made = all_orders(returning)[0]
    assert (made.contact_name, made.phone, made.city) == ("张三", "13800138000", "佛山市")


def test_a_new_address_alone_keeps_name_and_phone(returning: Chat) -> None:
    goes_on(returning, until="reuse")
    returning.answers("地址换成佛山市禅城区祖庙路1号5栋201，电话不变", "change_contact")
    assert returning.question == "visit_time"
    assert (returning.slots["phone"], returning.slots["address"]["district"]) == ("13800138000", "禅城区")


def test_whoever_declines_is_asked_from_the_start(returning: Chat) -> None:
    goes_on(returning, until="reuse")
    returning.answers("换新的", "deny")
    assert returning.question == "contact_name"


def test_all_new_contacts_in_one_answer_are_taken(returning: Chat) -> None:
    goes_on(returning, until="reuse")
    returning.answers("李四 13900139000 佛山市禅城区祖庙路1号5栋201", "inform", ("person_name", "李四"))
    assert returning.question == "visit_time"
    assert (returning.slots["contact_name"], returning.slots["phone"]) == ("李四", "13900139000")


def test_mothers_home_is_remembered_and_chosen_by_its_name(chat: Chat) -> None:
    goes_on(reports(chat, "妈妈家的空调漏水", ("appliance", "空调"), ("symptom", "漏水")))
    assert all_orders(chat)[0].household == "妈妈家"
    other = {"address": ("佛山市禅城区祖庙路1号5栋201", "inform")}
    goes_on(reports(chat, "洗衣机不脱水", ("appliance", "洗衣机"), ("symptom", "不脱水")), **other)
    reports(chat, "妈妈家的热水器不出热水", ("appliance", "热水器"), ("symptom", "不出热水"))
    goes_on(chat, until="reuse")
    assert "顺德" in asks(chat)
    assert "禅城" not in asks(chat)


def test_several_places_are_offered_by_number(chat: Chat) -> None:
    goes_on(reports(chat, "妈妈家的空调漏水", ("appliance", "空调"), ("symptom", "漏水")))
    other = {"address": ("佛山市禅城区祖庙路1号5栋201", "inform")}
    goes_on(reports(chat, "洗衣机不脱水", ("appliance", "洗衣机"), ("symptom", "不脱水")), **other)
    goes_on(reports(chat, "电视黑屏", ("appliance", "电视"), ("symptom", "黑屏")), until="reuse")
    told = asks(chat)
    assert told.index("禅城") < told.index("顺德")
    assert [button["title"] for button in chat.buttons] == ["第1个", "第2个", "都不是"]
    chat.answers("第2个", "inform")
    assert chat.slots["address"]["district"] == "顺德区"


# --- the same again --------------------------------------------------------------------------------------------------


def test_the_same_appliance_again_is_added_to_its_open_order(chat: Chat, order: Opener, now: datetime) -> None:
    number = order("空调")
    with transaction() as session:
        media.keep(session, media.LocalMediaStore(settings().media_dir), chat.openid, PNG, now)
    reports(chat, "空调还漏水", ("appliance", "空调"), ("symptom", "漏水"))
    assert chat.question == "same_order"
    assert number in asks(chat)
    chat.answers("是同一台", "affirm")
    assert (chat.said, chat.loop) == (["utter_added_to_order"], None)
    assert kept(number).fault_description == "不工作，漏水"
    assert happened(number)[-1] == "note"
    assert len(all_orders(chat)) == 1
    with reading() as session:
        assert len(media.photos_of(session, kept(number))) == 1


def test_after_the_open_order_the_report_goes_on_with_the_other_appliance(chat: Chat, order: Opener) -> None:
    number = order("空调")
    reports(chat, "空调漏水，冰箱不制冷", ("appliance", "空调"), ("symptom", "漏水"), ("appliance", "冰箱"), ("symptom", "不制冷"))
    assert chat.question == "same_order"
    chat.answers("对", "affirm")
    assert chat.said == ["utter_added_to_order", "utter_fault_understood"]
    assert kept(number).fault_description == "不工作，漏水"
    goes_on(chat)
    assert [(each.appliance, each.fault_description) for each in all_orders(chat)] == [("冰箱", "不制冷"), ("空调", "不工作，漏水")]


def test_another_appliance_of_the_kind_gets_its_own_order(chat: Chat, order: Opener) -> None:
    order("空调")
    goes_on(reports(chat, "空调漏水", ("appliance", "空调"), ("symptom", "漏水")), same_order=("是卧室另外一台", "inform"))
    assert len(all_orders(chat)) == 2


def test_an_unclear_answer_is_asked_once_more_and_then_opens_no_second_order(chat: Chat, order: Opener) -> None:
    order("空调")
    reports(chat, "空调漏水", ("appliance", "空调"), ("symptom", "漏水"))
    chat.answers("啊", "inform")
    assert (chat.question, chat.said) == ("same_order", ["utter_problem_yes_or_no"])
    chat.answers("不清楚", "skip")
    assert chat.said == ["utter_added_to_order"]


def test_a_cleaning_is_not_the_open_repair(chat: Chat, order: Opener) -> None:
    order("空调")
    reports(chat, "空调要清洗", ("appliance", "空调"), ("service_type", "清洗"), intent="request_service")
    assert chat.question == "brand_model"


def test_submitting_twice_makes_one_order(chat: Chat) -> None:
    goes_on(reports(chat, "空调漏水", ("appliance", "空调"), ("symptom", "漏水")), until="confirm")
    slots = dict(chat.slots)
    chat.answers("确认", "affirm").does("action_submit_repair")
    first = chat.texts
    chat.slots = slots | {"confirmed": True}
    chat.does("action_submit_repair")
    assert chat.texts == first
    assert len(all_orders(chat)) == 1


# --- several appliances ----------------------------------------------------------------------------------------------


def test_two_appliances_in_one_message_become_two_orders_after_one_read_back(chat: Chat) -> None:
    reports(chat, "空调漏水，洗衣机不脱水", ("appliance", "空调"), ("symptom", "漏水"), ("appliance", "洗衣机"), ("symptom", "不脱水"))
    assert chat.said == ["utter_several_understood"]
    asked = goes_on(chat, until="confirm")
    assert asked.count("contact_name") == 1
    told = asks(chat)
    assert "1. 空调：维修，美的 KFR-35GW，漏水" in told
    assert "2. 洗衣机：维修，不脱水" in told
    goes_on(chat)
    assert chat.said == ["utter_repairs_submitted"]
    made = {each.appliance: each for each in all_orders(chat)}
    assert (made["空调"].fault_description, made["洗衣机"].fault_description) == ("漏水", "不脱水")
    assert made["洗衣机"].brand is None
    assert all(each.number in chat.texts[0] for each in made.values())


def test_what_is_missing_about_the_second_is_asked(chat: Chat) -> None:
    reports(chat, "空调和洗衣机都坏了", ("appliance", "空调"), ("appliance", "洗衣机"), ("symptom", "坏了"))
    asked = goes_on(chat, until="other_fault")
    assert "fault" in asked
    assert "洗衣机" in asks(chat)
    chat.answers("不脱水", "describe_fault", ("symptom", "不脱水"))
    assert chat.question == "other_brand_model"
    chat.answers("小天鹅的", "inform", ("brand", "小天鹅"))
    assert chat.slots["others"][0]["fault"] == "不脱水"
    assert chat.slots["others"][0]["brand"] == "小天鹅"
    assert chat.slots["brand"] == "美的"


def test_an_appliance_is_added_at_the_read_back(chat: Chat) -> None:
    goes_on(reports(chat, "空调漏水", ("appliance", "空调"), ("symptom", "漏水")), until="confirm")
    chat.answers("还有洗衣机也不脱水", "describe_fault", ("appliance", "洗衣机"), ("symptom", "不脱水"))
    goes_on(chat)
    assert {each.appliance for each in all_orders(chat)} == {"空调", "洗衣机"}


def test_an_appliance_is_taken_out_at_the_read_back(chat: Chat) -> None:
    reports(chat, "空调漏水，洗衣机不脱水", ("appliance", "空调"), ("symptom", "漏水"), ("appliance", "洗衣机"), ("symptom", "不脱水"))
    goes_on(chat, until="confirm")
    chat.answers("空调先不报了", "stop")
    assert (chat.slots["appliance"], chat.slots["others"], chat.question) == ("洗衣机", None, "confirm")


def test_both_want_the_same_service(chat: Chat) -> None:
    reports(chat, "空调和油烟机都要清洗", ("appliance", "空调"), ("appliance", "油烟机"), ("service_type", "清洗"), intent="request_service")
    goes_on(chat)
    assert {(each.appliance, each.service_type) for each in all_orders(chat)} == {("空调", "清洗"), ("油烟机", "清洗")}


def test_an_appliance_that_only_tells_where_is_none_of_the_report(chat: Chat) -> None:
    reports(chat, "冰箱旁边的饮水机漏水", ("appliance", "冰箱"), ("appliance", "饮水机"), ("symptom", "漏水"))
    assert (chat.slots["appliance"], chat.slots["others"]) == ("饮水机", None)


# --- danger ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "symptom", "steps"), [
    ("燃气灶漏气，一股煤气味", "漏气", "utter_danger_gas"), ("热水器漏电，手麻", "漏电", "utter_danger_electricity"),
    ("洗衣机漏水都漏到楼下了", "漏水", "utter_danger_water")])
def test_a_danger_gets_its_steps_first_and_an_urgent_order_with_few_questions(
    chat: Chat, text: str, symptom: str, steps: str, now: datetime
) -> None:
    appliance = text[: text.index("漏")]
    reports(chat, text, ("appliance", appliance), ("symptom", symptom))
    assert chat.said == [steps]
    time = ["visit_time"] if steps == "utter_danger_electricity" else []
    assert goes_on(chat, visit_time=("尽快", "inform")) == ["contact_name", "phone", "address", *time, "confirm"]
    assert chat.said == ["utter_urgent_submitted"]
    [made] = all_orders(chat)
    assert (made.urgent, happened(made.number)) == (True, ["submitted", "urgent"])
    with reading() as session:
        visit = current_visit(session, made, AppointmentKind.REQUESTED)
        assert visit is not None
        assert visit.start < now + timedelta(hours=3)
        assert customers.customer(session, chat.openid, now).handoff_requested_at is not None


def test_the_brand_is_told_after_an_urgent_order(chat: Chat) -> None:
    goes_on(reports(chat, "燃气灶漏气", ("appliance", "燃气灶"), ("symptom", "漏气")))
    chat.hears("方太燃气灶 JZT-FD22", "inform", ("brand", "方太"), ("appliance", "燃气灶")).does("action_take_hint")
    assert chat.said == ["utter_changed"]
    [made] = all_orders(chat)
    assert (made.brand, made.model) == ("方太", "JZT-FD22")


@pytest.mark.parametrize("text", ["燃气灶打不着火", "电视没冒烟就是黑屏", "空气炸锅不热", "遥控器没带电池"])
def test_words_that_only_sound_like_a_danger_are_none(chat: Chat, text: str) -> None:
    reports(chat, text)
    assert not [name for name in chat.said if "danger" in name]
    assert not chat.slots["urgent"]


def test_a_danger_told_later_makes_the_report_urgent(chat: Chat) -> None:
    goes_on(reports(chat, "洗衣机不脱水", ("appliance", "洗衣机"), ("symptom", "不脱水")), until="brand_model")
    chat.answers("啊冒烟了", "describe_fault", ("symptom", "冒烟"))
    assert "utter_danger_electricity" in chat.said
    assert chat.question == "contact_name"


def test_who_asks_what_to_do_while_it_happens_is_warned_and_reported(chat: Chat) -> None:
    chat.hears("插座冒火花了 要紧不", "faq_prepare").does("action_answer_question").opens("repair_form")
    assert (chat.said[0], chat.slots["urgent"], chat.question) == ("utter_danger_electricity", "electricity", "appliance")
    chat.answers("空调的插座", "inform", ("appliance", "空调"))
    assert (chat.slots["appliance"], chat.slots["fault"]) == ("空调", "插座冒火花")


def test_advice_asked_for_in_danger_makes_the_report_under_way_urgent(chat: Chat) -> None:
    goes_on(reports(chat, "冰箱不制冷", ("appliance", "冰箱"), ("symptom", "不制冷")), until="brand_model")
    chat.answers("冰箱外壳摸着麻 正常不", "faq_maintenance", ("appliance", "冰箱"))
    assert ("utter_danger_electricity" in chat.said, chat.slots["urgent"]) == (True, "electricity")
    assert chat.question == "contact_name"


# --- breaking off and coming back -------------------------------------------------------------------------------------


def test_a_report_broken_off_can_be_taken_up_again(chat: Chat) -> None:
    goes_on(reports(chat, "空调漏水", ("appliance", "空调"), ("symptom", "漏水")), until="phone")
    chat.answers("算了不报了", "stop")
    assert chat.said == ["utter_repair_stopped_kept"]
    reports(chat, "我要报修", intent="request_service")
    assert chat.question == "resume"
    assert "空调" in asks(chat)
    chat.answers("接着填", "affirm")
    assert (chat.question, chat.slots["contact_name"], chat.slots["kept"]) == ("phone", "张三", None)


@pytest.mark.parametrize(("text", "intent"), [("重新填", "request_service"), ("不用，报个新的", "deny")])
def test_a_report_broken_off_can_be_left_for_good(chat: Chat, text: str, intent: str) -> None:
    goes_on(reports(chat, "空调漏水", ("appliance", "空调"), ("symptom", "漏水")), until="phone")
    chat.answers("算了不报了", "stop")
    reports(chat, "我要报修", intent="request_service")
    chat.answers(text, intent)
    assert (chat.question, chat.slots["kept"], chat.slots["appliance"]) == ("appliance", None, None)


def test_another_appliance_is_no_report_taken_up_again(chat: Chat) -> None:
    goes_on(reports(chat, "空调漏水", ("appliance", "空调"), ("symptom", "漏水")), until="phone")
    chat.answers("算了不报了", "stop")
    reports(chat, "电视黑屏", ("appliance", "电视"), ("symptom", "黑屏"))
    assert (chat.slots["appliance"], chat.slots["kept"], chat.slots["contact_name"]) == ("电视", None, None)


def test_going_on_is_said_in_the_first_message(chat: Chat) -> None:
    goes_on(reports(chat, "空调漏水", ("appliance", "空调"), ("symptom", "漏水")), until="phone")
    chat.answers("算了不报了", "stop")
    reports(chat, "继续上次的报修", intent="request_service")
    assert chat.question == "phone"


def test_a_report_broken_off_is_forgotten_after_a_week(chat: Chat, now: datetime) -> None:
    chat.slots["kept"] = {"appliance": "空调", "at": (now - timedelta(days=8)).isoformat()}
    reports(chat, "我要报修", intent="request_service")
    assert (chat.question, chat.slots["kept"]) == ("appliance", None)


# --- corrections ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "door"), [
    ("房号不对，是1203不是301", "2栋1203"), ("门牌写错了，是3栋203", "3栋203"), ("楼号错了，应该是5栋2单元601", "5栋2单元601")])
def test_a_door_is_corrected_at_the_read_back_and_in_the_order(chat: Chat, text: str, door: str) -> None:
    goes_on(reports(chat, "空调漏水", ("appliance", "空调"), ("symptom", "漏水")), until="confirm")
    chat.answers(text, "change_contact")
    assert chat.slots["address"]["detail"] == f"北滘镇美的大道6号{door}"
    chat.answers("改回2栋301", "change_contact")
    goes_on(chat)
    [made] = all_orders(chat)
    chat.hears(text, "change_contact").begins("action_change")
    assert kept(made.number).address_detail == f"北滘镇美的大道6号{door}"


def test_a_name_is_corrected_while_the_address_is_asked_for(chat: Chat) -> None:
    goes_on(reports(chat, "空调漏水", ("appliance", "空调"), ("symptom", "漏水")), until="address")
    chat.answers("名字打错了，是章敏，立早章", "change_contact", ("person_name", "章敏"))
    assert (chat.slots["contact_name"], chat.question) == ("章敏", "address")


def test_the_fault_of_the_order_just_made_is_corrected(chat: Chat) -> None:
    goes_on(reports(chat, "空调漏水", ("appliance", "空调"), ("symptom", "漏水")))
    chat.hears("刚才说错了，不是漏水，是不制冷", "describe_fault", ("symptom", "漏水"), ("symptom", "不制冷"))
    chat.does("action_begin_repair")
    assert (chat.said, chat.followup) == (["utter_changed"], "action_listen")
    assert all_orders(chat)[0].fault_description == "不制冷"


def test_a_brand_alone_is_no_fault(chat: Chat) -> None:
    reports(chat, "冰箱坏了", ("appliance", "冰箱"), ("symptom", "坏了"))
    assert chat.question == "fault"
    chat.answers("容声的", "inform", ("brand", "容声"))
    assert (chat.question, chat.slots["brand"], chat.slots["fault"]) == ("fault", "容声", None)
    chat.answers("就是冰箱", "inform", ("appliance", "冰箱"))
    assert chat.slots["fault"] is None


@pytest.mark.parametrize("name", ["弦歌", "水清", "左右"])
def test_a_name_that_looks_like_nothing_is_a_name(chat: Chat, name: str) -> None:
    goes_on(reports(chat, "空调漏水", ("appliance", "空调"), ("symptom", "漏水")), until="contact_name")
    chat.answers(name, "out_of_scope", sure=0.99)
    assert (chat.slots["contact_name"], chat.question) == (name, "phone")


def test_whoever_is_fed_up_hears_an_apology(chat: Chat) -> None:
    reports(chat, "破空调又坏了，气死人，漏水", ("appliance", "空调"), ("symptom", "漏水"))
    assert chat.said[0] == "utter_sorry"


def test_smoke_behind_an_appliance_is_about_that_appliance(chat: Chat) -> None:
    reports(chat, "洗衣机后面冒烟了", ("appliance", "洗衣机"), ("symptom", "冒烟"))
    assert (chat.slots["appliance"], chat.question) == ("洗衣机", "contact_name")


# --- what cannot be read ---------------------------------------------------------------------------------------------


def test_the_second_miss_gets_an_example_and_the_third_a_person(chat: Chat) -> None:
    goes_on(reports(chat, "空调漏水", ("appliance", "空调"), ("symptom", "漏水")), until="phone")
    said: list[list[str]] = []
    for _ in range(3):
        chat.answers("嘻嘻", "inform")
        said.append(chat.said)
    assert said == [
        ["utter_problem_no_phone"], ["utter_problem_no_phone", "utter_example_phone"],
        ["utter_problem_no_phone", "utter_example_phone", "utter_offer_person"]]


def test_an_appliance_of_no_kind_keeps_its_name(chat: Chat) -> None:
    goes_on(reports(chat, "消毒柜不加热", ("appliance", "消毒柜"), ("symptom", "不加热")))
    [made] = all_orders(chat)
    assert (made.appliance, made.appliance_words, made.what) == ("其他", "消毒柜", "消毒柜维修")
