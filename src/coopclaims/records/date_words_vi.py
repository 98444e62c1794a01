"""Vietnamese words of date expressions: rules of ``date_words``, in the order in which they are tried."""

from __future__ import annotations

from coopclaims.records.date_rules import numbered

_SAID_MONTHS = {"giêng": 1, "hai": 2, "ba": 3, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}
_MONTHS = {"mười hai": 12, "mười một": 11, **_SAID_MONTHS, "một": 1, "bốn": 4}
_WEEKDAYS = {"hai": 1, "ba": 2, "tư": 3, "năm": 4, "sáu": 5, "bảy": 6}
_TIME_VI = r"(?:sáng sớm|rạng sáng|sáng|trưa|chiều tối|chiều|tối|đêm)"


RULES: list[tuple[str, str]] = [
    ("to:0", r"(?:(?<=\d)|(?<=\d ))(?:, )?rạng sáng(?= \d)"),
    *numbered("weekday", r"thứ {word}\b(?! thập)", _WEEKDAYS),
    *numbered("weekday", r"thứ {word}\b", {str(day + 1): day for day in range(1, 7)}),
    ("weekday:7", r"chủ nhật"),
    *numbered("month", r"tháng {word}\b", _MONTHS),
    ("month", r"(?:tháng|thg\.?) (0?[1-9]|1[0-2])\b(?![/.\d]|-\d{4})"),
    ("month", r"t(0?[1-9]|1[0-2])/(?=\d{4})"),
    ("quarter_roman", r"quý (iv|i{1,3})\b(?:[-/](?=\d{4}))?"),
    ("quarter_roman", r"(?<=[-–])(iv|i{1,3})(?:/(?=\d{4}))?"),
    ("quarter", r"quý ([1-4])\b(?:[-/](?=\d{4}))?"),
    ("day_month", r"(\d{1,2})-(0?[1-9]|1[0-2])(?![\d/.-])(?! tháng)"),
    *numbered("quarter", r"quý {word}\b", {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "đầu": 1, "cuối": 4}),
    ("first_months", r"(\d{1,2}) tháng đầu(?: năm)?\b"),
    ("last_months", r"(\d{1,2}) tháng cuối(?: năm)?\b"),
    *numbered("first_months", r"{word} tháng đầu(?: năm)?\b", {"hai": 2, "ba": 3, "sáu": 6, "chín": 9}),
    *numbered("last_months", r"{word} tháng cuối(?: năm)?\b", {"hai": 2, "ba": 3, "sáu": 6}),
    ("half:1", r"nửa (?:đầu|đầu tiên)\b"),
    ("half:2", r"nửa (?:cuối|sau|cuối cùng)\b"),
    ("first_week:1", r"tuần (?:đầu tiên|đầu)(?: của)?(?= tháng)"),
    ("week_third:2", r"trung tuần"),
    ("week_third:1", r"thượng tuần"),
    ("week_third:3", r"hạ tuần"),
    ("day_offset:-1", rf"hôm qua|{_TIME_VI} (?:hôm )?qua"),
    ("day_offset:0", rf"hôm nay|{_TIME_VI} (?:hôm )?nay"),
    ("day_offset:1", rf"(?:ngày )?mai|{_TIME_VI} mai"),
    ("day_offset:-2", r"hôm kia"),
    ("day_offset:2", r"ngày kia"),
    ("now:0", r"(?:từ )?(?:nay|bây giờ)(?= (?:đến|tới|cho))"),
    ("last_unit:5", r"năm ngoái"),
    ("this_unit:5", r"năm nay"),
    ("next_unit:5", r"sang năm"),
    ("season:21", r"(?:mùa )?xuân\b"),
    ("season:22", r"mùa hè|mùa hạ|hè\b"),
    ("season:23", r"mùa thu"),
    ("season:24", r"mùa đông"),
    ("unit:7", r"(?:dịp )?cuối tuần"),
    ("unit:8", r"năm học|niên khóa"),
    ("unit:9", r"năm tài (?:khóa|chính)|tài khóa"),
    ("part:0", r"đầu\b"),
    ("part:1", r"giữa\b"),
    ("part:2", r"cuối\b"),
    ("until_end:0", r"(?:đến |tới |trước )?hết\b"),
    ("before:0", r"trước(?= (?:cuối |giữa |hết |ngày |tháng |quý |năm |mùa |thứ |\d))"),
    ("after:0", r"sau(?= (?:ngày |tháng |quý |năm |\d))"),
    ("since:0", r"kể từ|từ"),
    ("direction:1", r"(?:sắp )?tới(?=\s*$|\s*,)|sau(?=\s*$)|kế tiếp|tiếp theo|sắp tới"),
    ("direction:-1", r"(?:vừa |mới )?(?:qua|rồi)|trước(?=\s*$)"),
    ("direction:0", r"này"),
    ("to:0", r"đến|tới"),
    ("and:0", r"và|(?<=\d),(?= (?:ngày )?\d{1,2}\b)"),
    ("century", r"thế kỷ (?:thứ )?(\d{1,2})\b"),
    ("unit:10", r"thế kỷ"),
    ("unit:6", r"thập (?:niên|kỷ)"),
    (
        "skip:0",
        r"ngày\b|mùng|mồng|hôm\b|giai đoạn|vào|trong|của|khoảng|dịp|cho|" + _TIME_VI + r"|hai (?=ngày \d|năm \d)",
    ),
    ("clock:0", r"\d{1,2}\s?(?:h|giờ)\s?\d{0,2}\b"),
    ("unit:1", r"tuần"),
    ("unit:2", r"tháng"),
    ("unit:3", r"quý"),
    ("unit:5", r"năm\b"),
    ("holiday:0", r"(?:lễ )?giáng sinh|noel"),
    ("holiday:1", r"(?:lễ )?phục sinh"),
    ("holiday:5", r"tết(?: nguyên đán| âm lịch)?"),
]
