"""The knowledge base is complete and sourced, and customers' sentences find the right fault."""
from collections import Counter

import pytest
import yaml

from aftersales import diagnosis
from aftersales.catalogue import APPLIANCES
from aftersales.diagnosis import KnowledgeError, advice_for_technician, checklist, codes, faults, find_code, find_fault

KINDS = {"空调", "冰箱", "洗衣机", "烘干机", "热水器", "燃气灶", "油烟机", "电视", "净水器", "洗碗机", "微波炉", "烤箱", "电饭煲",
         "扫地机器人", "壁挂炉", "除湿机"}


def test_the_base_covers_many_kinds_faults_and_codes():
    assert set(APPLIANCES) >= {fault.appliance for fault in faults()} >= KINDS
    assert len({fault.appliance for fault in faults()}) >= 16
    assert len(faults()) >= 130
    assert len(codes()) >= 160


def test_devices_without_a_kind_of_their_own_are_covered():
    assert {"消毒柜", "净化器", "浴霸", "马桶"} <= {device for fault in faults() for device in fault.devices}


@pytest.mark.parametrize("entry", [*faults(), *codes()], ids=lambda entry: f"{entry.appliance} {entry.title}")
def test_every_entry_is_complete(entry):
    assert entry.causes
    assert all(entry.causes)
    assert entry.urgency in {"immediate", "soon", "normal"}
    assert entry.source.title
    assert not entry.checks or 2 <= len(entry.checks) <= 4
    assert all(4 <= len(step) <= 30 for step in (*entry.checks, *entry.safety))
    assert bool(entry.danger) == bool(entry.safety)
    assert not (entry.danger and entry.checks)


def test_every_source_but_trade_and_several_has_an_address_and_is_used():
    table = yaml.safe_load((diagnosis._FOLDER / "faults" / "sources.yml").read_text(encoding="utf-8"))
    used = {entry.source.key for entry in (*faults(), *codes())} | {"several"}
    assert used == set(table)
    assert {key for key, source in table.items() if "address" not in source} == {"trade", "several"}


def test_no_error_code_rests_on_trade_knowledge():
    assert not [entry for entry in codes() if entry.source.key == "trade"]


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: f"{fault.appliance} {fault.name}")
def test_every_phrase_leads_to_its_own_fault(fault):
    device = fault.devices[0] if fault.devices else ""
    found = {phrase: find_fault(fault.appliance, device + phrase.replace("…", "")) for phrase in fault.phrases}
    assert {phrase: hit and hit.name for phrase, hit in found.items()} == dict.fromkeys(fault.phrases, fault.name)


def test_phrases_differ_and_are_no_single_letter():
    for fault in faults():
        folded = Counter(map(diagnosis._fold, fault.phrases))
        assert [phrase for phrase, times in folded.items() if times > 1 or len(phrase) < 2] == [], fault.name


def test_every_phrase_belongs_to_one_fault_of_an_appliance():
    seen = Counter(
        (fault.appliance, fault.devices, diagnosis._fold(phrase)) for fault in faults() for phrase in fault.phrases
    )
    assert [key for key, times in seen.items() if times > 1] == []


@pytest.mark.parametrize(("appliance", "text", "name"), [
    ("空调", "空调开了半天一点都不凉", "空调不制冷"),
    ("空调", "我家格力挂机不太制冷了，吹出来都是热风", "空调不制冷"),
    ("空调", "空调智冷不行，制冷效果很差", "空调制冷效果差"),
    ("空调", "昨晚开始空调就是不制热，吹冷风", "空调不制热"),
    ("空调", "内机一直在滴水，墙都湿了", "空调室内机漏水"),
    ("空调", "外机不转，只有里面在吹", "空调外机不转"),
    ("空调", "开一会儿就自动停机了", "空调运转中停机"),
    ("空调", "遥控器按了没反应", "空调遥控器没反应"),
    ("空调", "师傅说要加氟", "空调缺制冷剂"),
    ("空调", "一开空调就跳闸", "一开机就跳闸"),
    ("空调", "吹出来的风有股霉味", "空调吹出来有味道"),
    ("冰箱", "冰箱冷藏室不冷，冷冻是好的", "冷藏室不冷"),
    ("冰箱", "冷冻室的肉都化了", "冷冻室不冻"),
    ("冰箱", "冰箱里的霜特别厚", "冰箱结冰结霜"),
    ("冰箱", "冰箱压缩机一直不停机很费电", "冰箱一直不停机"),
    ("冰箱", "两侧摸着很烫正常吗", "冰箱两侧发烫"),
    ("冰箱", "冰箱门总是关不严", "冰箱门关不严"),
    ("冰箱", "冰箱底下有水流出来", "冰箱漏水积水"),
    ("洗衣机", "洗衣机不能脱水了", "洗衣机不脱水"),
    ("洗衣机", "甩干的时候咣咣响", "洗衣机声音大"),
    ("洗衣机", "洗衣机脱水的时候跳得厉害，都移位了", "洗衣机震动大会移位"),
    ("洗衣机", "水排不出去，桶里还有半桶水", "洗衣机不排水"),
    ("洗衣机", "门打不开了衣服拿不出来", "洗衣机门打不开"),
    ("洗衣机", "洗完衣服上有好多黑渣", "洗衣机洗不干净"),
    ("洗衣机", "一直进水停不下来", "洗衣机进水不停"),
    ("洗衣机", "滚筒转不动", "洗衣机滚筒不转"),
    ("烘干机", "烘了三个小时还是湿的", "烘干机烘不干"),
    ("热水器", "燃气热水器打不着火了", "热水器打不着火"),
    ("热水器", "洗着洗着就灭了", "热水器中途熄火"),
    ("热水器", "水忽冷忽热的没法洗", "水温忽冷忽热"),
    ("热水器", "烧了一晚上水都不热", "热水器不出热水"),
    ("热水器", "热水出水很小", "热水出水小"),
    ("热水器", "打火的时候砰的一声吓死人", "热水器爆响或轰鸣"),
    ("热水器", "洗澡的时候觉得手麻，是不是漏电了", "漏电麻手"),
    ("燃气灶", "左边的灶点不着火", "燃气灶打不着火"),
    ("燃气灶", "打着了一松手就灭", "松手就灭"),
    ("燃气灶", "火是黄的，锅底熏得黑黑的", "火焰发黄或熏黑锅底"),
    ("燃气灶", "打不着火，厨房里有煤气味", "闻到燃气味"),
    ("油烟机", "抽油烟机吸不动烟了", "油烟机吸力小"),
    ("油烟机", "往下滴油滴到锅里", "油烟机漏油"),
    ("油烟机", "按键失灵，关不了机", "油烟机按键失灵"),
    ("洗碗机", "洗完的碗还有油", "洗碗机洗不干净"),
    ("洗碗机", "洗碗块没有化开", "洗涤块没化开"),
    ("洗碗机", "洗碗机底部有积水排不掉", "洗碗机不排水"),
    ("净水器", "净水机出水越来越慢", "净水器出水慢"),
    ("净水器", "废水一直流不停", "废水流个不停"),
    ("净水器", "橱柜里一滩水，接头那里漏", "净水器漏水"),
    ("微波炉", "微波炉能转但不加热", "微波炉不加热"),
    ("微波炉", "里面噼里啪啦冒火花", "微波炉里打火花"),
    ("烤箱", "烤箱下火不热", "烤箱一边不热"),
    ("电饭煲", "煮出来的饭夹生", "饭煮不熟夹生"),
    ("电饭煲", "按下去就跳保温", "提前跳保温"),
    ("扫地机器人", "扫完找不到充电座", "扫地机不回充"),
    ("扫地机器人", "在原地转圈", "扫地机原地转圈走不动"),
    ("吸尘器", "充了一晚充不进电", "吸尘器充不进电"),
    ("电风扇", "风扇要用手拨一下才转", "风扇不转"),
    ("壁挂炉", "家里有一组暖气片不热", "暖气不热"),
    ("壁挂炉", "水压老是掉，天天补水", "壁挂炉水压低"),
    ("电视", "有声音没有图像", "有声音没图像"),
    ("电视", "屏幕上好多竖线", "电视花屏"),
    ("电视", "看一会就自动关机", "电视自动关机"),
    ("电磁炉", "放上锅检测不到锅", "电磁炉不加热"),
    ("冰柜", "冰柜冻不住东西", "冰柜不制冷"),
    ("饮水机", "饮水机烧不开水", "饮水机不加热"),
    ("除湿机", "水满灯一直亮", "除湿机水满灯不灭"),
    ("其他", "消毒柜不加热", "消毒柜不加热"),
    ("消毒柜", "灯管不亮", "消毒柜灯管不亮"),
    ("其他", "空气净化器数值不降", "空气净化器数值一直高"),
    ("其他", "浴霸不出热风", "浴霸不热"),
    ("空调", "空調唔製冷", "空调不制冷"), ("燃气灶", "灶打了半天打不燃", "燃气灶打不着火"), ("燃气灶", "灶具右边漏气", "燃气灶漏气"),
    ("电视", "电视停在logo不动了", "电视卡顿死机"), ("烘干机", "一点热风都没有", "烘干机不加热"),
    (None, "空调不制热", "空调不制热"),
    (None, "挂机不凉", "空调不制冷"),
    (None, "不脱水了，衣服都是湿的", "洗衣机不脱水"),
    (None, "油汀漏油", "油汀漏油"),
    (None, "家里有煤气味", "闻到燃气味"),
])
def test_customers_sentences_find_the_fault(appliance, text, name):
    found = find_fault(appliance, text)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(("appliance", "text"), [
    ("空调", "没有漏水"), ("空调", "不漏水"), ("空调", "空调没漏水了"), ("空调", "没有异味"), ("燃气灶", "没闻到煤气味"),
    ("空调", "制冷很好"),
    ("空调", "不制冷已经修好了"), ("洗衣机", "漏水的问题解决了"), ("洗衣机", "洗衣机不再漏水"), ("热水器", "不是打不着火"),
    ("冰箱", "冰箱很好用"), ("空调", "明天下午三点"), ("空调", ""), ("洗衣机", "脱水不响"), ("空调", "怕漏电"),
    ("电视", "消毒柜"), (None, "不加热"), (None, "你好"), (None, "打不着火"),
])
def test_what_is_denied_mended_or_not_told_finds_nothing(appliance, text):
    assert find_fault(appliance, text) is None


@pytest.mark.parametrize(("text", "name"), [
    ("不制热", "空调不制热"), ("不制冷", "空调不制冷"), ("不制热但是制冷正常", "空调不制热"), ("不是不制冷，是不制热", "空调不制热"),
    ("制热还行，就是不制冷", "空调不制冷"), ("不制冷什么时候能修好", "空调不制冷"), ("上次修好了，现在又漏水", "空调室内机漏水"),
    ("漏水又漏电", "漏电麻手"),
])
def test_neighbours_are_told_apart(text, name):
    found = find_fault("空调", text)
    assert found is not None
    assert found.name == name


def test_a_fault_common_to_all_takes_the_kind_asked_for():
    found = find_fault("新风机", "一开就跳闸")
    assert found is not None
    assert (found.appliance, found.danger, checklist(found)) == ("新风机", "electricity", None)
    assert found.safety


def test_a_check_list_is_short():
    offered = [checklist(entry) for entry in (*faults(), *codes())]
    lists = [offer for offer in offered if offer]
    assert len(lists) > 200
    assert max(len(offer.text) for offer in lists) <= 300
    assert all(offer.title and 2 <= len(offer.steps) <= 4 for offer in lists)


def test_a_check_list_reads_as_title_and_numbered_steps():
    found = find_code("洗衣机", "美的", "E21")
    assert found is not None
    offered = checklist(found)
    assert offered is not None
    assert offered.text.startswith("E21：排水超时\n1. ")


@pytest.mark.parametrize("entry", [entry for entry in (*faults(), *codes()) if entry.danger or not entry.checks],
                         ids=lambda entry: f"{entry.appliance} {entry.title}")
def test_dangers_and_what_a_layman_cannot_check_have_no_list(entry):
    assert checklist(entry) is None


@pytest.mark.parametrize(("appliance", "brand", "code", "meaning"), [
    ("空调", "美的", "E1", "室内外机通信异常"), ("空调", "格力", "E1", "系统高压保护"), ("空调", "海尔", "E1", "室内环境温度传感器异常"),
    ("空调", "格力", "h6", "室内风机没有转速反馈"), ("空调", "LG", "CH5", "室内外机通信异常"), ("空调", "松下", "H-11", "室内外机通信异常"),
    ("洗衣机", "LG", "OE", "排水不畅"), ("洗衣机", "LG", "0e", "排水不畅"), ("洗衣机", "三星", "5E", "排水不畅"),
    ("洗衣机", "美的", "Ｅ１０", "进水超时"), ("洗碗机", "西门子", "E15", "底盘有水，防漏保护动作"),
    ("冰箱", "LG", "Er FF", "冷冻室风机异常"), ("壁挂炉", "威能", "F.28", "点火失败"), ("壁挂炉", "威能", "F28", "点火失败"),
    ("热水器", "林内", "11", "点不着火"), ("扫地机器人", "石头", "5", "主刷卡住"), ("除湿机", "美的", "P2", "水箱已满或没装好"),
    ("挂机", "美的", "E1", "室内外机通信异常"), (None, "威能", "F22", "缺水或水压过低"),
])
def test_code_of_a_brand(appliance, brand, code, meaning):
    found = find_code(appliance, brand, code)
    assert found is not None
    assert found.meaning == meaning


@pytest.mark.parametrize(("appliance", "brand", "code"), [
    ("空调", "美的", "X99"), ("空调", "奥克斯", "E1"), ("电视", "LG", "OE"), (None, "LG", "OE"), (None, None, "E1"), ("空调", None, "Q7"),
])
def test_code_that_is_not_known(appliance, brand, code):
    assert find_code(appliance, brand, code) is None


def test_without_a_brand_a_code_counts_where_brands_agree():
    found = find_code("洗衣机", None, "UE")
    assert found is not None
    assert (found.brands, found.meaning) == (("LG", "三星"), "衣物偏到一边不能脱水")


@pytest.mark.parametrize(("appliance", "code"), [("空调", "E1"), ("空调", "CH05"), ("洗碗机", "E1")])
def test_without_a_brand_the_answer_is_cautious_otherwise(appliance, code):
    found = find_code(appliance, None, code)
    assert found is not None
    assert (found.brands, found.checks, found.parts, found.source.key) == ((), (), (), "several")
    assert "品牌" in found.meaning
    assert checklist(found) is None


def test_what_each_brand_means_reaches_the_technician():
    found = find_code("空调", None, "E1")
    assert found is not None
    advice = advice_for_technician(found)
    assert "格力：系统高压保护" in advice.causes
    assert "美的：室内外机通信异常" in advice.text
    assert advice.parts == ()


def test_advice_names_causes_parts_and_doubts():
    found = find_code("洗衣机", "海尔", "E1")
    assert found is not None
    advice = advice_for_technician(found)
    assert (advice.causes, advice.parts) == (found.causes, found.parts)
    assert advice.text == (
        "E1：排水超时。可能原因：排水过滤器堵塞、排水管弯折、排水泵故障。建议带：排水泵。不同年份的机型代码表不同，有资料说法相反。"
    )


GOOD = {
    "name": "不出声", "phrases": "没声 无声 没声音 不出声 静音了", "causes": "静音", "parts": "喇叭", "urgency": "soon",
    "source": "trade", "checks": ["按一下静音键", "换一个信号源"],
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A knowledge base of one's own; what was read before is read again afterwards."""
    for name in ("faults", "codes"):
        (tmp_path / name).mkdir()
    for name in ("sources.yml", "sentences.yml"):
        text = (diagnosis._FOLDER / "faults" / name).read_text(encoding="utf-8")
        (tmp_path / "faults" / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(diagnosis, "_FOLDER", tmp_path)
    forget()
    yield tmp_path
    monkeypatch.undo()
    forget()


def forget():
    for cached in (diagnosis.faults, diagnosis.codes, diagnosis._sources, diagnosis._sentences, diagnosis._phrases):
        cached.cache_clear()


def write(path, content):
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def test_a_good_entry_is_read(folder):
    write(folder / "faults" / "tv.yml", {"appliance": "电视", "faults": [GOOD]})
    assert [fault.name for fault in faults()] == ["不出声"]


@pytest.mark.parametrize(("change", "rule"), [
    ({"colour": "red"}, "colour"), ({"source": "hearsay"}, "hearsay is not in sources.yml"), ({"source": None}, "source"),
    ({"urgency": "whenever"}, "urgency"), ({"checks": ["只有一步的检查"]}, "checks"), ({"checks": ["长" * 31, "按一下静音键"]}, "checks"),
    ({"phrases": "没声 无声"}, "phrases"), ({"danger": "gas"}, "safety"), ({"safety": ["开窗通风"]}, "safety"),
    ({"danger": "gas", "safety": ["开窗通风"]}, "no checks"), ({"devices": "音响"}, "devices"), ({"causes": ""}, "causes"),
])
def test_a_bad_entry_is_refused_by_file_and_name(folder, change, rule):
    write(folder / "faults" / "tv.yml", {"appliance": "电视", "faults": [{**GOOD, **change}]})
    with pytest.raises(KnowledgeError, match=rf"faults/tv\.yml, 不出声: .*{rule}"):
        faults()


def test_an_unknown_appliance_is_refused(folder):
    write(folder / "faults" / "tv.yml", {"appliance": "飞机", "faults": [GOOD]})
    with pytest.raises(KnowledgeError, match="飞机 is not a kind of appliance"):
        faults()


def test_a_file_with_another_key_is_refused(folder):
    write(folder / "faults" / "tv.yml", {"appliance": "电视", "faults": [GOOD], "author": "张三"})
    with pytest.raises(KnowledgeError, match=r"faults/tv\.yml: wants the keys"):
        faults()


CODE = {"code": "E1", "meaning": "没有信号", "causes": "信号线松", "urgency": "normal"}


@pytest.mark.parametrize(("group", "rule"), [
    ({"brands": "海信", "source": "trade", "codes": [CODE]}, "not trade"),
    ({"brands": "没听过", "source": "lg-fridge", "codes": [CODE]}, "没听过 is not a brand"),
    ({"brands": "海信", "source": "lg-fridge", "codes": [CODE, {**CODE, "code": "E-01"}]}, "this code twice"),
    ({"brands": "海信", "source": "lg-fridge", "codes": [{**CODE, "code": 10}]}, "code: Input should be a valid string"),
])
def test_a_bad_code_is_refused_by_file_and_code(folder, group, rule):
    write(folder / "codes" / "tv.yml", {"appliance": "电视", "codes": [group]})
    with pytest.raises(KnowledgeError, match=rf"codes/tv\.yml, .*{rule}"):
        codes()
