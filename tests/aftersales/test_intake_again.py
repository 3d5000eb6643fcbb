"""Name, phone and address as they were the last time."""

from datetime import datetime
from typing import Any

import pytest

from aftersales.intake import Turn, items, next_question, read
from aftersales.times import SHANGHAI

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
HOME = {"province": "广东省", "city": "佛山市", "district": "顺德区", "detail": "北滘镇美的大道6号2栋301",
        "text": "佛山顺德北滘镇美的大道6号2栋301"}
OF_LAST_TIME = {"contact_name": "张三", "phone": "13800138000", "address": HOME}
REPORT: dict[str, Any] = {
    "service_type": "维修", "appliance": "冰箱", "brand": "容声", "model": "BCD", "fault": "结冰", "fault_since": "昨天",
    "passed": ["photos", "self_check"], "consent": True, "contacts": [OF_LAST_TIME | {"household": None}]}
ALL = set(OF_LAST_TIME)


def taken(text: str, question: str | None, intent: str = "nlu_fallback", **known: Any) -> set[str]:
    """Which of the contact's particulars a message takes over from the last time."""
    changes = read(Turn(text, intent, 0.4), REPORT | known, question, NOW).changes
    return {name for name, value in OF_LAST_TIME.items() if changes.get(name) == value}


@pytest.mark.parametrize("text", [
    "还打上次那个号码", "上次那个号", "还是原来的电话", "老号码", "跟之前一样", "还是上次那个", "用刚才那个手机号就行", "没变", "一样的", "同上"])
def test_the_phone_of_the_last_time_is_an_answer(text: str) -> None:
    assert taken(text, "phone", contact_name="沈阿珍") == {"phone"}


@pytest.mark.parametrize("text", [
    "上次那个电话停机了", "不是上次那个号", "别打原来的号", "上次的号码不用了",
    "电话跟上次不一样", "之前打过电话给你们"])
def test_a_phone_that_is_not_wanted_any_more_is_not_taken(text: str) -> None:
    assert taken(text, "phone", contact_name="沈阿珍") == set()


@pytest.mark.parametrize("text", ["老地址", "还是上次那个地址", "地址一样", "跟上次一样", "老地方", "原来的地址没变"])
def test_the_address_of_the_last_time_is_an_answer(text: str) -> None:
    assert taken(text, "address", contact_name="张三", phone="13712345678") == {"address"}


def test_the_contact_of_the_last_time_is_an_answer() -> None:
    assert taken("还是原来的联系人", "contact_name", address=HOME) == {"contact_name"}
    assert taken("联系人跟上次一样", None) == {"contact_name"}


def test_a_phone_is_taken_over_beside_another_address() -> None:
    draft = REPORT | {"household": "妈妈家"}
    changes = read(Turn("地址是绍兴柯桥区群贤路1201号8幢602，电话还打我上次那个", "inform", 0.9), draft, "fault_since", NOW).changes
    assert changes["phone"] == "13800138000"
    assert changes["address"]["city"] == "绍兴市"


def test_another_household_has_an_address_of_its_own() -> None:
    assert taken("地址电话都跟上次一样", None, household="妈妈家") == {"phone", "contact_name"}


def test_an_opening_takes_everything_over() -> None:
    text = "家里格兰仕微波炉也不热了 一起修了吧 地址电话时间都跟刚才一样"
    changes = read(Turn(text, "describe_fault", 1.0), {"contacts": REPORT["contacts"], "consent": True}, None, NOW).changes
    assert {name: changes.get(name) for name in OF_LAST_TIME} == OF_LAST_TIME
    assert "fault_since" not in changes


@pytest.mark.parametrize("text", [
    "冰箱跟上次一样又不制冷了", "漏水还是上次那个位置", "之前电话里说过要换主板", "26号之前来都行", "型号跟上次一样",
    "我刚才打电话没人接", "上次来的师傅没修好"])
def test_other_things_of_the_last_time_say_nothing_of_the_contact(text: str) -> None:
    assert taken(text, None) == set()


def test_without_an_earlier_order_there_is_nothing_to_take_over() -> None:
    answer = read(Turn("还打上次那个号码", "inform", 0.4), REPORT | {"contact_name": "张三", "contacts": []}, "phone", NOW)
    assert answer.problem == "no_phone"


@pytest.mark.parametrize("text", [
    "上次那个号 上次那个地址", "老地方老电话", "老样子", "原来那个", "还是原来的", "一样的", "没变", "跟刚才一样",
    "13800138000 佛山顺德北滘镇美的大道6号2栋301",
    "还是上次那个电话和地址吧"])
def test_the_offered_contact_is_agreed_to(text: str) -> None:
    assert taken(text, "reuse") == ALL


@pytest.mark.parametrize(("text", "kept"), [
    ("电话还是上次那个，地址换新的", {"phone"}), ("13712345678", {"contact_name", "address"}),
    ("电话用上次的，地址是佛山顺德北滘镇美的大道9号3栋201", {"contact_name", "phone"}),
    ("换新的", set()), ("不用上次的", set())])
def test_only_what_is_said_is_kept_of_the_offered_contact(text: str, kept: set[str]) -> None:
    assert taken(text, "reuse") == kept


def test_what_is_unchanged_in_the_read_back_stays() -> None:
    elsewhere = HOME | {"detail": "北滘镇美的大道9号3栋201"}
    known = {"contact_name": "李四", "phone": "13712345678", "address": elsewhere,
             "visit": {"start": "2026-11-24T13:00:00+08:00", "end": "2026-11-24T18:00:00+08:00"}}
    assert next_question(REPORT | known) == "confirm"
    assert taken("地址不变，时间改到后天下午", "confirm", **known) == set()
    assert taken("电话还是用上次那个", "confirm", **known) == {"phone"}


HEATER = {"open_orders": [{"number": "BX1", "appliance": "热水器", "service_type": "维修", "household": None}]}


def reported(text: str, *entities: tuple[str, str], known: dict[str, Any] = HEATER) -> list[str]:
    """The appliances of a report that begins with the message."""
    changes = read(Turn(text, "describe_fault", 0.9, entities), known, None, NOW).changes
    return [item["appliance"] for item in (changes, *(changes.get("others") or []))]


@pytest.mark.parametrize("text", [
    "热水器还没来修呢厨房油烟机也罢工了，灯亮的就是不吸烟，方太的", "热水器还没修好，油烟机又不吸烟了", "热水器的师傅怎么还不来，油烟机也不吸烟了",
    "热水器那单一直没人上门，现在油烟机不吸烟", "油烟机不吸烟了，跟热水器一起修吧", "油烟机不吸烟了，和我家热水器那单同一天来"])
def test_an_appliance_that_is_only_waited_for_is_not_reported_again(text: str) -> None:
    assert reported(text, ("symptom", "不吸烟")) == ["油烟机"]


@pytest.mark.parametrize(("text", "appliances"), [
    ("热水器还没来修呢现在又漏水了，油烟机也不吸烟了", ["热水器", "油烟机"]), ("热水器不来热水，油烟机不吸烟", ["热水器", "油烟机"]),
    ("热水器修好了又不加热，油烟机也不吸烟", ["热水器", "油烟机"]), ("热水器还没来修", ["热水器"])])
def test_what_is_told_anew_of_an_open_order_is_heard(text: str, appliances: list[str]) -> None:
    assert reported(text, *(("symptom", words) for words in ("漏水", "不来热水", "不加热", "不吸烟") if words in text)) == appliances


def test_without_an_open_order_everything_named_is_reported() -> None:
    symptoms = (("symptom", "不加热"), ("symptom", "不吸烟"))
    assert reported("热水器不加热，油烟机不吸烟，一起修", *symptoms, known={}) == ["热水器", "油烟机"]


def test_a_visit_that_goes_along_with_another_adds_no_appliance() -> None:
    hood = REPORT | HEATER | {"appliance": "油烟机", **OF_LAST_TIME}
    changes = read(Turn("就跟热水器一起，明天上午10点", "inform", 0.9), hood, "visit_time", NOW).changes
    assert "others" not in changes
    assert changes["visit"]["start"] == "2026-11-24T10:00:00+08:00"
    adding = read(Turn("还有热水器也漏水", "describe_fault", 0.9, (("symptom", "漏水"),)), hood, "visit_time", NOW).changes
    assert [item["appliance"] for item in adding["others"]] == ["热水器"]


@pytest.mark.parametrize("text", ["顺便问下热水器那单有人接了没", "也看看热水器那单到哪了", "另外热水器什么时候来"])
def test_an_order_that_is_asked_after_adds_no_appliance(text: str) -> None:
    hood = REPORT | HEATER | {"appliance": "油烟机"}
    assert "others" not in read(Turn(text, "inform", 0.9), hood, "fault_since", NOW).changes


@pytest.mark.parametrize(("text", "appliances"), [
    ("热水器修得不错，这次是净水器出水慢", ["净水器"]), ("空调修好了，冰箱又坏了", ["冰箱"]), ("空调修好了又坏了，冰箱也坏了", ["空调", "冰箱"]),
    ("空调修好了", ["空调"]), ("冰箱没问题，洗衣机漏水", ["洗衣机"]),
    ("第一台电视看了二十年都没坏过。冰箱洗衣机都是儿子新换的，好好的，没毛病。就是这个热水器，洗到一半变凉水", ["热水器"]),
    ("空调外机正常转但是不制冷，洗衣机漏水", ["空调", "洗衣机"]), ("空调没坏，就是想清洗一下，洗衣机也洗", ["空调", "洗衣机"]),
    ("冰箱冷冻好好的，冷藏不冷，洗衣机也漏水", ["冰箱", "洗衣机"]), ("空调好好的", ["空调"]), ("空调和冰箱都好好的", ["空调", "冰箱"])])
def test_what_works_again_or_works_is_not_what_is_reported(text: str, appliances: list[str]) -> None:
    assert [item.kind for item in items.named(text)] == appliances


@pytest.mark.parametrize(("text", "appliances"), [
    ("洗碗机转不起来了，哦不对，说错了，是烘干机转不起来了", ["烘干机"]), ("冰箱，错了，洗衣机漏水", ["洗衣机"]),
    ("空调坏了，搞错了应该是我家的电视，还有冰箱不冷", ["电视", "冰箱"]), ("空调的温度显示不对，冰箱也不冷", ["空调", "冰箱"])])
def test_an_appliance_that_was_a_slip_is_not_reported(text: str, appliances: list[str]) -> None:
    assert [item.kind for item in items.named(text)] == appliances


@pytest.mark.parametrize(("text", "outcome"), [
    ("哦对，热水器那单取消掉，房东给换新的了", "aside"), ("工单BX1取消", "aside"), ("取消", "stop"), ("油烟机不修了，取消吧", "stop")])
@pytest.mark.parametrize("asked", ["fault_since", "self_check", "phone", "confirm"])
def test_an_order_is_withdrawn_and_the_report_goes_on(text: str, outcome: str, asked: str) -> None:
    hood = REPORT | HEATER | {"appliance": "油烟机"}
    taken = read(Turn(text, "cancel_order", 0.9), hood, asked, NOW)
    assert (taken.aside, taken.stop, taken.changes) == (outcome == "aside", outcome == "stop", {})


@pytest.mark.parametrize(("text", "marked", "fault"), [
    ("那个抽油烟机啊不怎么吸烟了", "啊不怎么吸", "不怎么吸"), ("油烟机也罢工了", "也罢工", "罢工"), ("就是不转", "就是不转", "就是不转")])
def test_a_fault_begins_with_no_particle(text: str, marked: str, fault: str) -> None:
    assert read(Turn(text, "describe_fault", 0.9, (("symptom", marked),)), {}, None, NOW).changes["fault"] == fault


@pytest.mark.parametrize(("text", "name"), [
    ("苗苗，哦写全名吧 苗文静", "苗文静"), ("小王 大名王建国", "王建国"), ("张三，哦不 李四", "李四"), ("全名", None)])
def test_a_name_given_anew_is_the_name(text: str, name: str | None) -> None:
    known = {key: value for key, value in REPORT.items() if key != "contact_name"} | {"contact_name": None}
    assert read(Turn(text, "inform", 0.9), known, "contact_name", NOW).changes.get("contact_name") == name


def test_brands_of_several_said_once_more_do_not_bring_the_same_question_for_ever() -> None:
    text = "电视创维，空调奥克斯，型号都没看"
    several: dict[str, Any] = {
        "service_type": "维修", "appliance": "电视", "brand": "创维", "fault": "没声音", "consent": True, "passed": ["self_check"],
        "others": [{"service_type": "维修", "appliance": "空调", "brand": "奥克斯", "fault": "不制热"}]}
    assert next_question(several) == "model"
    again = several | read(Turn(text, "inform", 0.9), several, "model", NOW).changes
    assert next_question(again) == "fault_since"
    assert [each.get("brand") for each in (again, *again["others"])] == ["创维", "奥克斯"]
    unbranded = several | {"brand": None, "others": [{"service_type": "维修", "appliance": "空调", "fault": "不制热"}]}
    first = unbranded | read(Turn(text, "inform", 0.9), unbranded, "brand_model", NOW).changes
    assert [each.get("brand") for each in (first, *first["others"])] == ["创维", "奥克斯"]
    assert next_question(first) == "fault_since"


def test_the_offered_contact_is_agreed_to_though_it_is_taken_for_a_no() -> None:
    answer = read(Turn("跟上次一样 跟上次一样", "deny", 0.49), REPORT, "reuse", NOW)
    assert answer.changes.keys() >= ALL
