import re
from dataclasses import replace

import pytest

from aftersales.addresses import (
    Address,
    ambiguous,
    corrected_door,
    exchanged,
    find_address,
    from_location,
    full_address,
    has_room,
    mask_address,
    merge,
    missing_parts,
    with_door,
)

ONE_SHOT = (
    "家里美的壁挂炉L1PB26显示F28，点不着火，前天开始的，没有照片，明天下午三点来修吧，"
    "陕西省西安市碑林区友谊东路50号3单元402，马超，13655667788"
)
SHUNDE = ("广东省", "佛山市", "顺德区")
XIHU = ("浙江省", "杭州市", "西湖区")


def asked(text: str) -> Address:
    address = find_address(text, asked=True)
    assert address is not None
    return address


# The answer to the question for the address: region as an operator knows it, and the rest.
ANSWERS = [
    ("浙江省杭州市西湖区文三路478号6幢1102", *XIHU, "文三路478号6幢1102"),
    ("江苏省南京市玄武区珠江路67号5栋801", "江苏省", "南京市", "玄武区", "珠江路67号5栋801"),
    ("湖北省武汉市江岸区解放大道1208号1栋902", "湖北省", "武汉市", "江岸区", "解放大道1208号1栋902"),
    ("四川省成都市锦江区东大街100号2栋1单元601", "四川省", "成都市", "锦江区", "东大街100号2栋1单元601"),
    ("广东省广州市番禺区市桥街道大北路88号2栋305", "广东省", "广州市", "番禺区", "市桥街道大北路88号2栋305"),
    ("广州市越秀区东风中路300号12楼B", "广东省", "广州市", "越秀区", "东风中路300号12楼B"),
    ("北京市朝阳区建国路88号SOHO现代城A座12B", "北京市", "北京市", "朝阳区", "建国路88号SOHO现代城A座12B"),
    ("佛山顺德北滘镇美的大道6号", *SHUNDE, "北滘镇美的大道6号"),
    ("顺德北滘镇美的大道6号", *SHUNDE, "北滘镇美的大道6号"),
    ("广东省佛山市顺德区 北滘镇 美的大道6号", *SHUNDE, "北滘镇美的大道6号"),
    ("地址：广东省 深圳市 南山区 科技园 高新南一道 8号", "广东省", "深圳市", "南山区", "科技园高新南一道8号"),
    ("广东省佛山市顺德区北滘镇美的大道六号", *SHUNDE, "北滘镇美的大道六号"),
    ("佛山市顺德区容桂街道文海西路翠湖居三栋一二零一", *SHUNDE, "容桂街道文海西路翠湖居三栋一二零一"),
    ("昆山市玉山镇前进西路１００号３栋５０２室", "江苏省", "苏州市", "昆山市", "玉山镇前进西路100号3栋502室"),
    ("我家在昆山前进西路100号3栋502", "江苏省", "苏州市", "昆山市", "前进西路100号3栋502"),
    ("昆山", "江苏省", "苏州市", "昆山市", ""),
    ("上海浦东张江高科祖冲之路1000弄5号302室", "上海市", "上海市", "浦东新区", "张江高科祖冲之路1000弄5号302室"),
    ("浦东新区世纪大道100号环球金融中心58楼", "上海市", "上海市", "浦东新区", "世纪大道100号环球金融中心58楼"),
    ("上海市市辖区浦东新区世纪大道1号", "上海市", "上海市", "浦东新区", "世纪大道1号"),
    ("上海南京东路100号", "上海市", "上海市", None, "南京东路100号"),
    ("北京朝阳路33号", "北京市", "北京市", None, "朝阳路33号"),
    ("北京市北京市朝阳区望京街9号", "北京市", "北京市", "朝阳区", "望京街9号"),
    ("北京朝阳望京SOHO塔3", "北京市", "北京市", "朝阳区", "望京SOHO塔3"),
    ("海淀区中关村大街1号", "北京市", "北京市", "海淀区", "中关村大街1号"),
    ("天津市河西区友谊路35号", "天津市", "天津市", "河西区", "友谊路35号"),
    ("滨海新区第三大街", "天津市", "天津市", "滨海新区", "第三大街"),
    ("重庆市渝中区解放碑民权路28号英利国际", "重庆市", "重庆市", "渝中区", "解放碑民权路28号英利国际"),
    ("新疆乌鲁木齐天山区解放北路10号2单元301", "新疆维吾尔自治区", "乌鲁木齐市", "天山区", "解放北路10号2单元301"),
    ("内蒙古呼和浩特市新城区海东路5号", "内蒙古自治区", "呼和浩特市", "新城区", "海东路5号"),
    ("广西南宁青秀区民族大道100号", "广西壮族自治区", "南宁市", "青秀区", "民族大道100号"),
    ("贵州黔东南凯里北京西路3号", "贵州省", "黔东南苗族侗族自治州", "凯里市", "北京西路3号"),
    ("恩施市舞阳大道8号", "湖北省", "恩施土家族苗族自治州", "恩施市", "舞阳大道8号"),
    ("重庆市彭水县民族路12号", "重庆市", "重庆市", "彭水苗族土家族自治县", "民族路12号"),
    ("吉林省吉林市船营区解放中路12号", "吉林省", "吉林市", "船营区", "解放中路12号"),
    ("吉林船营区解放中路12号", "吉林省", "吉林市", "船营区", "解放中路12号"),
    ("仙桃市钱沟路8号", "湖北省", "仙桃市", None, "钱沟路8号"),
    ("石河子北三路5号2单元101", "新疆维吾尔自治区", "石河子市", None, "北三路5号2单元101"),
    ("东莞市长安镇振安中路12号", "广东省", "东莞市", None, "长安镇振安中路12号"),
    ("中山市小榄镇升平中路12号", "广东省", "中山市", None, "小榄镇升平中路12号"),
    ("长沙县星沙街道望仙路2号", "湖南省", "长沙市", "长沙县", "星沙街道望仙路2号"),
    ("哈尔滨道里区中央大街69号", "黑龙江省", "哈尔滨市", "道里区", "中央大街69号"),
    ("石家庄长安区中山东路39号", "河北省", "石家庄市", "长安区", "中山东路39号"),
    ("沈阳和平区三好街100号", "辽宁省", "沈阳市", "和平区", "三好街100号"),
    ("杭州临平区南苑街道", "浙江省", "杭州市", "临平区", "南苑街道"),
    ("杭州钱塘下沙路5号", "浙江省", "杭州市", "钱塘区", "下沙路5号"),
    ("杭州江干区钱江路2号", "浙江省", "杭州市", "上城区", "钱江路2号"),
    ("奉化市中山路5号", "浙江省", "宁波市", "奉化区", "中山路5号"),
    ("山南市错那市波拉路1号", "西藏自治区", "山南市", "错那市", "波拉路1号"),
    ("苏州工业园区星湖街1号", "江苏省", "苏州市", None, "工业园区星湖街1号"),
    ("广州天河棠下村西边大街3巷5号", "广东省", "广州市", "天河区", "棠下村西边大街3巷5号"),
    ("香港九龙弥敦道100号", "香港特别行政区", "香港特别行政区", None, "九龙弥敦道100号"),
    ("我家在杭州，西湖区文三路478号", *XIHU, "文三路478号"),
    ("日照", "山东省", "日照市", None, ""),
    ("我是沈阳铁西的", "辽宁省", "沈阳市", "铁西区", ""),
    ("鼓楼区中山北路30号", None, None, "鼓楼区", "中山北路30号"),
    ("江苏省鼓楼区中山北路30号", "江苏省", None, "鼓楼区", "中山北路30号"),
    ("朝阳区望京SOHO塔1 1203", None, None, "朝阳区", "望京SOHO塔1 1203"),
    ("朝阳", None, None, "朝阳区", ""),
    ("美的大道6号", None, None, None, "美的大道6号"),
    ("翠湖山庄", None, None, None, "翠湖山庄"),
    ("橡树湾三期", None, None, None, "橡树湾三期"),
    ("住翠湖小区12栋", None, None, None, "翠湖小区12栋"),
    ("2号楼1503", None, None, None, "2号楼1503"),
    ("1503", None, None, None, "1503"),
    ("李家村3组", None, None, None, "李家村3组"),
    ("五金市场A12档", None, None, None, "五金市场A12档"),
    ("中山路5号", None, None, None, "中山路5号"),
]


@pytest.mark.parametrize(("text", "province", "city", "district", "detail"), ANSWERS)
def test_answer_is_read(text, province, city, district, detail):
    address = asked(text)
    assert (address.province, address.city, address.district, address.detail) == (province, city, district, detail)


# What stands in a longer message, as typed.
FREE = [
    (ONE_SHOT, "陕西省西安市碑林区友谊东路50号3单元402"),
    ("洗衣机不转了，住在南京市鼓楼区中山北路30号5栋201空调不制冷", "南京市鼓楼区中山北路30号5栋201"),
    ("美的空调不制冷顺德北滘镇美的大道6号张伟13800138000明天下午", "顺德北滘镇美的大道6号"),
    ("修一下空调，明天来，杭州文三路478号", "杭州文三路478号"),
    ("换个地址，改到南山区科技园南路8号B座1203", "南山区科技园南路8号B座1203"),
    ("不是友谊路50号，是友谊路52号", "友谊路52号"),
    ("海尔路1号2栋301", "海尔路1号2栋301"),
    ("我司（苏州恒润餐饮管理有限公司）2024年6月采购空调一台，地址：江苏省苏州市姑苏区干将东路567号一层", "江苏省苏州市姑苏区干将东路567号一层"),
    ("我家空调坏了，地址碧桂园凤凰城12栋2单元1801，电话13800138000", "碧桂园凤凰城12栋2单元1801"),
    ("你好，我想报修，佛山市南海区桂城街道万科城5座1203，美的空调挂机不制冷", "佛山市南海区桂城街道万科城5座1203"),
    ("空调坏了我在南京", "南京"),
    ("我家在佛山市禅城区，油烟机漏油", "佛山市禅城区"),
    ("张伟 13800138000 佛山市禅城区季华五路10号", "佛山市禅城区季华五路10号"),
    ("我家住江苏省南京市玄武区珠江路67号5栋801，姓郑", "江苏省南京市玄武区珠江路67号5栋801"),
    ("河南省周口市太康县李家村12号，冰箱不制冷", "河南省周口市太康县李家村12号"),
]


@pytest.mark.parametrize(("text", "words"), FREE)
def test_address_is_found_in_a_message(text, words):
    address = find_address(text)
    assert address is not None
    assert address.text == words


@pytest.mark.parametrize(("text", "words"), [
    ("地址是湖北省武汉市江岸区解放大道1208号1栋902，谢谢", "湖北省武汉市江岸区解放大道1208号1栋902"),
    ("佛山市禅城区季华五路10号 陈先生 13800138000", "佛山市禅城区季华五路10号"),
    ("陕西省西安市碑林区友谊东路50号3单元402马超13655667788", "陕西省西安市碑林区友谊东路50号3单元402"),
    ("广东省佛山市顺德区 北滘镇 美的大道6号 张伟 13800138000", "广东省佛山市顺德区 北滘镇 美的大道6号"),
])
def test_names_and_phones_are_left_out(text, words):
    assert asked(text).text == words


NEVER = """不知道|明天下午三点|KFR-35GW|还是上次那个地址|好的|E1|你们在杭州有服务网点吗|11月26号上午|三天了|苏文
王小明先生|BX2611220001
家里没人，放物业|师傅3号下午来的|洗衣机一直显示E1|空调装在客厅|油烟机装了3年|冰箱门关不严|5楼没电梯可以吗|态度5分|五星
在路上了吗|师傅到哪里了
上次那个李师傅技术好|价格为什么1000块|这台机器用了8年|转人工|电话0757-26338888|你们公司地址在哪里|附近有没有网点
有没有人能来佛山吗|投诉乱收费500元
排水管道堵了|下水道堵了|明天下午两点到四点|周六上午9点|美的空调KFR-35GW/N8XHA1不制冷|小天鹅 TH100-H36WT|显示E1|海尔的
张三|13800138000|0757-26338888
打不着火了|甩干的时候转筒咣咣响|买了一个月就坏了|改到周六行吗|取消报修|不用来了，自己好了|F60-21S1|不知道型号|没有照片
苏州也能修吗|3P柜机|55寸
第2次了|重启过了，还是不转|试过了，没有用|前天晚上|滚筒不转|上个月|确认|同意|维修|对的，提交|4星|修得不错，就是来得慢
打12345投诉|里面有水|我家的冰箱
厨房|客厅的空调|楼上楼下都漏水|等一下我发定位|你们几点上班|随便哪天都行""".replace("\n", "|").split("|")


@pytest.mark.parametrize("answers_the_question", [False, True])
@pytest.mark.parametrize("text", NEVER)
def test_other_matter_is_no_address(text, answers_the_question):
    assert find_address(text, asked=answers_the_question) is None


@pytest.mark.parametrize("text", [
    "电视3楼有信号", "冰箱第3层结冰", "青岛海尔空调不制冷", "上海人工费多少", "你们上海有服务吗",
    "王建平，13800138000", "日照充足", "大理石台面",
    "北京时间几点", "中山装", "南京路", "东方红", "翠湖山庄", "2台，1楼和3楼", "换滤芯，型号A600-D", "沙县小吃",
    "2025年11月买的",
])
def test_only_a_clear_address_counts_unasked(text):
    assert find_address(text) is None


@pytest.mark.parametrize(("text", "missing"), [
    ("浙江省杭州市西湖区文三路478号6幢1102", None),
    ("佛山顺德北滘镇美的大道6号", None),
    ("佛山顺德北滘镇美的大道六号", None),
    ("河南省周口市太康县李家村3组", None),
    ("河南省周口市太康县李家村12号", None),
    ("佛山市南海区五金市场A12档", None),
    ("石河子北三路5号", None),
    ("杭州西湖区绿地世纪城3-2-501", None),
    ("鼓楼区中山北路30号", "region"),
    ("美的大道6号", "region"),
    ("四川省", "region"),
    ("杭州西湖区", "road"),
    ("佛山顺德北滘镇", "road"),
    ("佛山顺德大良", "road"),
    ("杭州市临平区南苑街道", "road"),
    ("杭州西湖区6幢1102", "road"),
    ("杭州西湖区文三路", "door"),
    ("杭州西湖区翠湖花园", "door"),
    ("滨海新区第三大街", "door"),
    ("河南省周口市太康县李家村", "door"),
    ("西湖区文三路地铁2号线旁边", "region"),
])
def test_what_is_missing(text, missing):
    assert missing_parts(asked(text)) == missing


def test_a_subway_line_is_no_house_number():
    assert missing_parts(Address(*XIHU, "文三路地铁2号线旁", "")) == "door"


def test_a_pin_needs_a_room_besides_the_nearest_house_number():
    pin = from_location("福建省福州市鼓楼区五四路158号")
    assert pin is not None
    assert (pin.province, pin.city, pin.district, pin.detail) == ("福建省", "福州市", "鼓楼区", "五四路158号")
    assert (missing_parts(pin), missing_parts(pin, pinned=True)) == (None, "door")
    whole = with_door(pin, "2号楼1503")
    assert missing_parts(whole, pinned=True) is None
    assert whole.text == "福建省福州市鼓楼区五四路158号2号楼1503"


@pytest.mark.parametrize(("detail", "room"), [
    ("五四路158号", False), ("祖冲之路1000弄5号", False), ("五四路158号2号楼", True), ("五四路158号1503", True),
    ("翠湖花园3栋", True),
    ("文三路478号6幢1102", True), ("李家村3组", False), ("五金市场A12档", True), ("绿地世纪城3-2-501", True),
    ("105国道8号", False),
])
def test_room(detail, room):
    assert has_room(Address(*XIHU, detail, detail)) is room


@pytest.mark.parametrize(("text", "cities"), [
    ("鼓楼区中山北路30号", ["南京市", "徐州市", "福州市", "开封市"]),
    ("江苏省鼓楼区中山北路30号", ["南京市", "徐州市"]),
    ("朝阳区望京街9号", ["北京市", "长春市"]),
    ("河北新华区中山路1号", ["石家庄市", "沧州市"]),
    ("南京鼓楼区中山北路30号", []),
    ("昆山前进路1号", []),
    ("美的大道6号", []),
])
def test_cities_to_choose_from(text, cities):
    assert ambiguous(asked(text)) == cities


@pytest.mark.parametrize(("addition", "detail"), [
    ("2号楼1503", "五四路158号2号楼1503"),
    ("就在2号楼1503，谢谢", "五四路158号2号楼1503"),
    ("五四路158号2号楼1503", "五四路158号2号楼1503"),
    ("158号2号楼1503", "五四路158号2号楼1503"),
    ("福建省福州市鼓楼区五四路158号2号楼1503", "五四路158号2号楼1503"),
    ("五四路160号", "五四路160号"),
    ("12", "五四路158号12"),
    ("158号", "五四路158号"),
    ("不知道", "五四路158号"),
    ("没有门牌", "五四路158号"),
])
def test_door_said_later(addition, detail):
    address = with_door(asked("福州鼓楼区五四路158号"), addition)
    assert re.sub(r"\s", "", address.detail) == detail
    assert (address.city, address.district) == ("福州市", "鼓楼区")


IN_ZHENGZHOU = "郑州市金水区经三路66号12号楼1单元803"


@pytest.mark.parametrize(("words", "detail", "rest"), [
    ("哎呀楼号打错了 不是12号楼 是21号楼", "经三路66号21号楼1单元803", "哎呀楼号打错了 ，"),
    ("不是803是805", "经三路66号12号楼1单元805", "，"), ("803写错了，应该是805", "经三路66号12号楼1单元805", "，"),
    ("门牌号是68号不是66号", "经三路68号12号楼1单元803", "门牌号是，"), ("不是66号，是68号", "经三路68号12号楼1单元803", "，"),
    ("2单元，不是1单元", "经三路66号12号楼2单元803", "，"), ("12号楼改成21栋", "经三路66号21栋1单元803", "，"),
    ("不是12是21", "经三路66号21号楼1单元803", "，"), ("不是803是805，明天下午来", "经三路66号12号楼1单元805", "，，明天下午来"),
])
def test_one_part_in_anothers_place(words, detail, rest):
    found = exchanged(asked(IN_ZHENGZHOU), words)
    assert found is not None
    assert (found[0].detail, found[0].text, found[1]) == (detail, f"郑州市金水区{detail}", rest)


@pytest.mark.parametrize("words", ["不是138是139", "不是周五是周六", "不是空调是冰箱", "不是66号楼是68号楼", "电话改成13800138000"])
def test_what_is_not_in_the_address_is_not_exchanged(words):
    assert exchanged(asked(IN_ZHENGZHOU), words) is None


@pytest.mark.parametrize(("words", "detail"), [
    ("应该是21号楼", "经三路66号21号楼1单元803"), ("单元错了，是2单元", "经三路66号12号楼2单元803"),
    ("楼号是21", "经三路66号21号楼1单元803"), ("单元是3", "经三路66号12号楼3单元803"),
    ("房号错了，是1203", "经三路66号12号楼1单元1203"), ("是21号楼2单元1203", "经三路66号21号楼2单元1203"),
    ("门牌号错了，是68号", "经三路68号12号楼1单元803"),
])
def test_only_the_part_named_is_corrected(words, detail):
    assert corrected_door(asked(IN_ZHENGZHOU), words) == replace(asked(IN_ZHENGZHOU), detail=detail, text=f"郑州市金水区{detail}")


def test_a_part_the_address_lacks_is_added_in_its_place():
    address = asked("杭州西湖区翠湖花园3栋501")
    assert corrected_door(address, "是3栋2单元").detail == "翠湖花园3栋2单元501"
    assert corrected_door(asked("杭州西湖区翠湖花园"), "是3栋203").detail == "翠湖花园3栋203"
    assert corrected_door(address, "不知道") is None


@pytest.mark.parametrize(("first", "answer", "region", "detail", "text"), [
    ("鼓楼区中山北路30号", "南京", ("江苏省", "南京市", "鼓楼区"), "中山北路30号", "南京鼓楼区中山北路30号"),
    ("鼓楼区中山北路30号", "南京市", ("江苏省", "南京市", "鼓楼区"), "中山北路30号", "南京市鼓楼区中山北路30号"),
    ("鼓楼区中山北路30号", "福州的", ("福建省", "福州市", "鼓楼区"), "中山北路30号", "福州鼓楼区中山北路30号"),
    ("鼓楼区中山北路30号", "南京市中山北路30号5栋", ("江苏省", "南京市", "鼓楼区"), "中山北路30号5栋",
    "南京市中山北路30号5栋"),
    ("朝阳望京SOHO塔1", "北京", ("北京市", "北京市", "朝阳区"), "望京SOHO塔1", "北京朝阳望京SOHO塔1"),
    ("美的大道6号", "佛山顺德", SHUNDE, "美的大道6号", "佛山顺德美的大道6号"),
    ("文三路478号", "杭州西湖区", XIHU, "文三路478号", "杭州西湖区文三路478号"),
    ("南京", "鼓楼区", ("江苏省", "南京市", "鼓楼区"), "", "南京鼓楼区"),
    ("江苏省", "苏州", ("江苏省", "苏州市", None), "", "江苏省苏州"),
    ("南京鼓楼区", "中山北路30号5栋", ("江苏省", "南京市", "鼓楼区"), "中山北路30号5栋", "南京鼓楼区中山北路30号5栋"),
    ("南京中山北路30号", "鼓楼区", ("江苏省", "南京市", "鼓楼区"), "中山北路30号", "南京中山北路30号，鼓楼区"),
    ("南京鼓楼区中山北路30号", "不对，是徐州", ("江苏省", "徐州市", "鼓楼区"), "中山北路30号", "徐州中山北路30号"),
    ("南京鼓楼区中山北路30号", "上海浦东", ("上海市", "上海市", "浦东新区"), "中山北路30号", "上海浦东中山北路30号"),
    ("翠湖花园3栋501", "不知道", (None, None, None), "翠湖花园3栋501", "翠湖花园3栋501"),
])
def test_answers_complete_an_address(first, answer, region, detail, text):
    assert merge(asked(first), answer) == Address(*region, detail, text)


@pytest.mark.parametrize(("label", "expected"), [
    ("福建省福州市鼓楼区五四路158号", Address("福建省", "福州市", "鼓楼区", "五四路158号",
    "福建省福州市鼓楼区五四路158号")),
    ("中国广东省佛山市顺德区美的大道6号", Address(*SHUNDE, "美的大道6号", "广东省佛山市顺德区美的大道6号")),
    ("星巴克咖啡", Address(None, None, None, "星巴克咖啡", "星巴克咖啡")),
    ("", None),
    (" [位置] ", None),
])
def test_location_label(label, expected):
    assert from_location(label) == expected


@pytest.mark.parametrize(("text", "masked"), [
    ("陕西省西安市碑林区友谊东路50号3单元402", "陕西省西安市碑林区友谊东路***"),
    ("上海市浦东新区世纪大道100号", "上海市浦东新区世纪大道***"),
    ("佛山顺德北滘镇美的大道六号", "广东省佛山市顺德区北滘镇美的大道***"),
    ("翠湖花园3栋501", "翠湖花园***"),
    ("2号楼1503", "***"),
    ("昆山", "江苏省苏州市昆山市"),
])
def test_mask(text, masked):
    assert mask_address(asked(text)) == masked


@pytest.mark.parametrize("words", ["北京", "北京市", "路", "一号", "家的", "新地址", "省市区", "1", " ", "在"])
def test_a_word_repeated_without_end_is_read_all_the_same(words):
    address = find_address(words * 600, asked=True)
    assert address is None or address.text in words * 600


def test_full_address_names_a_municipality_once():
    assert full_address(asked("上海浦东世纪大道100号")) == "上海市浦东新区世纪大道100号"


def test_text_stays_as_typed_and_reading_it_again_changes_nothing():
    for text, *_ in ANSWERS:
        address = asked(text)
        assert address.text in text
        assert replace(asked(address.text), text="") == replace(address, text="")
