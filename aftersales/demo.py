"""Demo technicians, so that a fresh installation dispatches: `python -m aftersales.demo` (migrates first)."""

from sqlmodel import select

from .migrate import migrate
from .models import Technician
from .store import engine, transaction

_ALL = ["空调", "冰箱", "洗衣机", "烘干机", "热水器", "燃气灶", "油烟机", "洗碗机", "净水器", "微波炉", "烤箱", "电饭煲",
        "扫地机器人", "吸尘器", "电风扇", "取暖器", "除湿机", "新风机", "壁挂炉", "空气炸锅", "电视", "饮水机", "电磁炉", "冰柜",
        "其他"]
TECHNICIANS = (
    ("王建国", "13500135001", ["空调", "冰箱", "冰柜", "洗衣机", "烘干机"], ["佛山市", "广州市"], 8),
    ("李志强", "13500135003", ["热水器", "燃气灶", "油烟机", "壁挂炉", "洗碗机", "净水器"], ["佛山市", "广州市"], 8),
    ("陈晓东", "13500135004", ["电视", "微波炉", "烤箱", "电饭煲", "电磁炉", "空气炸锅"], ["佛山市", "广州市"], 8),
    ("赵海波", "13500135005", _ALL, ["全国"], 200),
)


def fill_in() -> int:
    """Enters the demo technicians where there is nobody yet; returns how many."""
    with transaction() as session:
        if session.exec(select(Technician.id).limit(1)).first() is not None:
            return 0
        for name, phone, skills, areas, capacity in TECHNICIANS:
            session.add(Technician(name=name, phone=phone, skills=skills, service_areas=areas, capacity=capacity))
    return len(TECHNICIANS)


if __name__ == "__main__":
    migrate(engine())
    print(f"demo technicians entered: {fill_in()}")  # noqa: T201
