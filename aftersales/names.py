"""The name of the person to contact, in free text."""

import re
import unicodedata


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈钟姜崔谭陆范汪廖石金贾韦夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常"
    "汤康易乔赖文洪季辛庞殷鲁葛伍池毕翟倪聂齐申樊安章俞牛尚施凌关苗盛耿左欧舒詹柯童卜柳涂祝纪凃梅裴霍岳"
    "娄管焦甄华翁房缪应项滕温芦景游邢甘阮蓝辜司柏屈路解简饶麦储阎岑鲍符包查褚喻桂古蒲阳连艾苑宫冉瞿鄢"
    "费时燕晏冼鞠虞茅沙米蔺闵穆席敖佘邝揭车卓靳骆牟花窦丘荆党隋兰鹿丛宗祁乌尤佟普"
    "張劉陳楊黃趙吳孫馬鄭羅許韓馮鄧蕭葉蘇呂盧鍾譚陸範賈韋鄒賀龔萬錢嚴龍顧紀倫關蔣齊莊歐鄺麥簡")
_COMPOUND = (
    "欧阳|司马|上官|诸葛|夏侯|慕容|皇甫|尉迟|司徒|东方|令狐|端木|南宫|公孙|长孙|宇文"
    "|轩辕|独孤|呼延|申屠|钟离|闻人|百里|西门")
_SURNAME = f"(?:{_COMPOUND}|[{_SURNAMES}])"
_HAN = r"[\u4e00-\u9fff]"
_TITLE = "(?:先生|女士|小姐|太太|阿姨|大姐|大哥|大爷|大妈|叔叔|老师|经理|老板|总)"

# What follows a name without a pause: 我叫李娜电话137…
_AFTER_NAME = r"(?=$|[^\u4e00-\u9fff]|电话|手机|号码|联系|住|在|地址|的|吧|啊|呀|哦|哈|呢|就|和|我|先|女|小姐|家|谢|那)"
_FULL = rf"(?:(?:{_COMPOUND}){_HAN}{{1,2}}?|[{_SURNAMES}]{_HAN}{{1,2}}?)"
_KIN = (
    "(?:[我俺](?:的)?)?(?:爸|妈|父亲|母亲|老公|老婆|丈夫|妻子|爱人|媳妇|儿子|女儿|哥|姐|弟|妹|租客|房客)(?![的妈爸妹弟哥姐])")
_CUE = (
    f"(?:[我俺他她]叫|名字|姓名|联系人|称呼我?|叫我|叫做|收货人|户主|业主|找|联系|本人|鄙人|我系|{_KIN})"
    "(?:[是为叫改成应: ]|应该是)*")
_CUED = re.compile(
    rf"{_CUE}(?P<name>{_SURNAME}{_HAN}{{0,2}}?{_TITLE}|{_FULL}{_AFTER_NAME}|[小老阿][{_SURNAMES}]{_AFTER_NAME})")
_TITLED = re.compile(
    rf"(?:(?<!{_HAN})|我是|我姓|是)(?P<name>{_SURNAME}{_HAN}{{0,2}}?(?:先生|女士|小姐|太太))"
    rf"|我是(?P<kind>{_SURNAME}{_TITLE})|(?P<plain>{_SURNAME}(?:先生|女士|小姐|太太))")
_FAMILY_NAME = re.compile(
    rf"(?:免贵|我|敝|本人|^|[,。 ])姓(?P<name>{_SURNAME})(?![名氏])"
    rf"(?:[, ]*(?:名字?)?叫(?P<given>{_HAN}{{1,3}})(?=$|[,。 ]))?")
_LEAD = re.compile(
    r"^(?:你好|您好|嗯+|哦|好的?|那就|就|写|填|登记|留|请?叫我?|我的?名字[叫是]?"
    r"|我|是|姓名|名字|联系人|这边是|[:, ])+")
_TAIL = re.compile(r"(?:吧|啊|呀|哦|哈|呢|的|就行|就可以|就好|谢谢|[,。!~ ])+$")
_ENGLISH = re.compile(r"[A-Za-z][A-Za-z.'\-]+|[A-Z][A-Za-z.'\-]*(?: [A-Z][A-Za-z.'\-]*){1,3}")
_NO_ENGLISH = _words(
    "ok okay yes no hi hello hey thanks thx bye skip none null na n/a wifi app midea haier colmo lg tcl sony gree "
    "samsung panasonic siemens test what why help stop cancel quit sn vip "
    "okk nope pass exit nihao goodbye good love thank you asdf asdfgh qwerty sdf lol please who how")
_NICKNAME = re.compile(rf"[小老阿]{_HAN}|[小阿]{_HAN}{{2}}")
_PIECE = re.compile(r"[,，。.!！?？;；、:：/|\s\d()（）\-+*]+")

# Words that begin like a name.
_NO_NAMES = _words(
    "高温 高压 高层 高新 高明 高淳 高邮 高兴 高铁 方便 方向 方太 方式 方案 方形 安装 安排 安全 安静 安心 安徽 安庆 "
    "安阳 安康 安吉尔 安防 任何 任意 明天 明日 明早 明晚 明年 明白 明后天 明显 马上 马桶 马达 马路 马鞍山 何时 "
    "何况 时间 时候 时常 时效 时不时 江苏 江西 江门 江阴 江宁 江北 江夏 江汉 江边 江岸 成都 温度 温水 温州 温岭 "
    "温江 温热 金色 金华 金额 金羚 金属 常温 常见 常州 常德 常常 常规 石家庄 石头 石狮 石景山 唐山 黄山 黄石 黄冈 "
    "黄埔 黄浦 黄色 黄岛 武汉 武昌 武侯 徐州 徐汇 郑州 沈阳 余姚 余杭 萧山 白天 白色 白云 白银 白屏 白城 花园 花都 "
    "花屏 花溪 花费 单元 单位 单子 单号 单门 单开门 单冷 单独 包头 包装 包修 包换 包年 左右 左边 左侧 左上角 房子 "
    "房间 房东 房屋 管道 管子 管路 管家 关机 关闭 关掉 关门 关不上 关了 关于 全部 全天 全新 全自动 全屋 全国 全额 "
    "应该 应急 平时 连接 连续 连不上 连着 连云港 连网 周一 周二 周三 周四 周五 周六 周日 周天 周末 周围 周边 周期 "
    "毛病 严重 简单 简介 解决 解释 费用 费电 费水 阳台 阳江 阳泉 阳光 华帝 华为 华凌 华南 华扬 万和 万家乐 万宝 "
    "万一 万州 万能 万事达 康佳 康宝 康星 夏普 夏天 夏季 林内 史密斯 苏泊尔 苏州 苏宁 艾美特 戴森 顾客 顾家 米家 "
    "施耐德 文件 文字 温控器 路上 路边 路由器 路口 龙头 龙岗 龙华 龙岩 龙湖 龙江 罗湖 梅州 梅江 柳州 吴江 吴中 "
    "吴兴 钱多少 钱塘 水管 查询 查一下 查单 查进度 查看 车库 车位 车里 时好时坏 向上 向下 向左 易坏 国庆 国产 国内 "
    "国美 国标 章丘 曲靖 岳阳 岳麓 桂林 桂城 古镇 孔明灯 段时间 项目 雷击 雷声 雷雨 计划 计费 尚未 申请 申诉 申报 "
    "游戏 欧式 欧派 欧洲 欧普 欧井 简易 兰州 应用 向导 童锁 连体 季度 季节 盛夏 文明 夏令 陈旧 许多 许久 谢谢 "
    "谢了 谢啦 谢绝 高清 胡闹 于是 于洪 莫名 莫名其妙 易拉罐 汤锅 汤煲 路面 焦味 焦糊 焦急 焦了 焦点 蓝色 蓝光 "
    "蓝屏 蓝牙 沙发 沙沙响 沙沙声 米饭 米黄 席梦思 柜机 甘肃 明火 程序 程序错误 程度 段子 常年 常开 常关 常亮 范围 "
    "石油 石材 孟加拉 孟津 项链 莱克 云米 司机 司米 单身 单向 单层 单杆 单控 卓越 符号 符合 储水 储物 全程 全款 "
    "国家 国际 宗旨 花洒 花钱 花样 兰花 丛林 童装 章程 祝好 祝福 管用 管理 管理员 管理处 关联 关键 关注 包括 包含 "
    "查收 查验 查修 明细 艾灸 车间 车上 万分 温馨 解除 解锁 解冻 安卓 安监 向阳 向东 文三路 金牌 金额多少 师傅 "
    "西门子 鲁山 唐朝 汤山 齐全 齐齐哈尔 严禁 严格 时长 时钟 时段 时刻 武威 武清 洪山 洪水 洪亮 樊城 章鱼 康巴什 "
    "姜堰 高要 高州 高碑店 马马 毛坯 莫得 辛苦 钱照 钱多少 查不到 安徽省 司机 雷达 "
    "宗地 普通 普洱 乌鲁木齐 乌黑 尤其 祁门 许可 万用 关灯 易碎 范本 常住 常来 向来 沙坪坝")
_ALSO_IN_NAMES = _words(
    "白云 高明 文明 安静 高兴 夏天 方向 江夏 金华 白银 龙华 龙江 向阳 兰花 温馨 卓越 龙岩 洪亮 阳光")
_NEVER_IN_NAMES = re.compile(
    "[的了吗呢吧啊哪谁不没是这那我你您他她它们哦呀嘛么什怎请在都也还咯啦呗噢喔]"
    "|字旁|师傅|师父|客服|人工|空调|冰箱|电视|洗衣机|热水器|先生|女士|小姐")
_NEVER_LAST = frozenset(
    "色度机器炉灶箱柜扇锅省市区县镇乡村路街道州园苑城楼栋号室层元块钱点时分年日着过上下里边面口间件型款牌"
    "冷热修装洗换坏漏响慢好差大小高低费价票单卡管阀泵膜网门窗店厂院")


def find_name(text: str, asked: bool) -> str | None:
    """The contact's name, or None.

    `asked` says that the text answers the question for the name: then a name may stand alone, be a nickname or foreign.
    Otherwise it needs a cue (我叫, 联系人, 李女士, 我姓王) or has to stand between punctuation in a longer message.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _cued(plain) or _full_family_name(plain) or _titled(plain)
    if found:
        return found
    if asked:
        return _answer(plain) or _family_name(plain)
    return _family_name(plain) or _lone(plain)


def _cued(plain: str) -> str | None:
    names = (match["name"] for match in _CUED.finditer(plain))
    return next((name for name in names if _is_name(name) or _is_titled(name) or _is_nickname(name)), None)


def _titled(plain: str) -> str | None:
    names = (match["name"] or match["kind"] or match["plain"] for match in _TITLED.finditer(plain))
    return next((name for name in names if _is_titled(name)), None)


def _full_family_name(plain: str) -> str | None:
    """姓王，叫小明."""
    match = _FAMILY_NAME.search(plain)
    if not match or not match["given"]:
        return None
    return match["given"] if match["given"].startswith(match["name"]) else match["name"] + match["given"]


def _family_name(plain: str) -> str | None:
    match = _FAMILY_NAME.search(plain)
    return match["name"] if match else None


def _is_titled(name: str) -> bool:
    bare = re.sub(f"{_TITLE}$", "", name)
    return bare != name and not _NEVER_IN_NAMES.search(bare) and bare not in _NO_NAMES


def _is_name(name: str) -> bool:
    """Surname and given name, of a form that no common word has."""
    shape = re.fullmatch(
        rf"(?:{_COMPOUND}){_HAN}{{1,2}}|[{_SURNAMES}]{_HAN}{{1,2}}|[{_SURNAMES}]{{2}}{_HAN}{{2}}", name)
    return bool(shape) and not _is_common_word(name) and not _NEVER_IN_NAMES.search(name)


def _is_common_word(name: str) -> bool:
    """马上, and 马上来; but 白云飞 may be a person."""
    return name in _NO_NAMES or name[:2] in _NO_NAMES - _ALSO_IN_NAMES


def _answer(plain: str) -> str | None:
    if _ENGLISH.fullmatch(plain):
        return None if any(word in _NO_ENGLISH for word in plain.lower().split()) else plain
    if re.search("[?？]", plain):
        return None
    pieces = [_TAIL.sub("", _LEAD.sub("", piece)) for piece in _PIECE.split(plain)]
    answers = [piece for piece in (_spaced(plain), *pieces) if piece and _is_answer(piece)]
    return answers[0] if answers else None


def _spaced(plain: str) -> str | None:
    """张 伟."""
    return plain.replace(" ", "") if re.fullmatch(rf"{_SURNAME} {_HAN} ?{_HAN}?", plain) else None


def _is_answer(piece: str) -> bool:
    if _is_name(piece):
        return True
    if piece in _NO_NAMES or piece in _NO_NICKNAMES or _NEVER_IN_NAMES.search(piece):
        return False
    foreign = re.fullmatch(rf"{_HAN}{{1,6}}[·•・]{_HAN}{{1,8}}", piece)  # 买买提·艾力
    return bool(foreign or _NICKNAME.fullmatch(piece))


_NO_NICKNAMES = _words(
    "小区 小时 小心 小孩 小米 小天鹅 小米的 小问题 小毛病 小型 小家电 小朋友 小声 老板 老婆 老公 老人 老家 老师 "
    "老样子 老款 老是 老化 老毛病 老小区 老房子 老旧 小鸭 小鸡 阿姨 阿里 阿里斯顿 小度 小爱 小吉 小熊 小狗 小程序 "
    "小单 老铁 小花 小白 小黄 小艾 小鹿 小洪 老方 老方太")


def _lone(plain: str) -> str | None:
    """A piece of its own in a longer message."""
    pieces = _PIECE.split(plain)
    if pieces == [plain]:
        return None
    return next((piece for piece in pieces if _is_lone_name(piece) or _is_nickname(piece)), None)


def _is_lone_name(piece: str) -> bool:
    return _is_name(piece) and piece[-1] not in _NEVER_LAST


def _is_nickname(piece: str) -> bool:
    """小王, 老李: the familiar form of a surname."""
    return piece not in _NO_NICKNAMES and re.fullmatch(f"[小老][{_SURNAMES}]", piece) is not None
