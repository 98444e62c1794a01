"""Records to merge: one act in three languages, others, and records that try to become markup."""

from __future__ import annotations

import json
from pathlib import Path

SIGNING = {
    "en": "On [[DATE 1|14 May 2019]] the [[PARTY 1|Universal Postal Union]] and [[PARTY 1|Norvik Telecom]] "
    "[[TRIGGER 1 agreement actual|signed]] a [[INSTRUMENT 1|framework agreement]] in [[PLACE 1|Bern]] worth "
    "[[AMOUNT 1|2.4 million euros]], said Ntsoaki Dirkwell. It covers 310 offices in Zambia and Lesotho.",
    "de": "Der [[PARTY 1|Weltpostverein]] und [[PARTY 1|Norvik Telecom]] haben am [[DATE 1|14. Mai 2019]] in "
    "[[PLACE 1|Bern]] eine [[INSTRUMENT 1|Rahmenvereinbarung]] über [[AMOUNT 1|2,5 Millionen Euro]] "
    "[[TRIGGER 1 agreement actual|unterzeichnet]], so Ntsoaki Dirkwell. Es geht um 310 Filialen in Sambia und Lesotho.",
    "vi": "[[DATE 1|Ngày 14/5/2019]], tại [[PLACE 1|Bern]], [[PARTY 1|Liên minh Bưu chính Thế giới]] và "
    "[[PARTY 1|Norvik Telecom]] dự kiến [[TRIGGER 1 agreement planned|ký]] [[INSTRUMENT 1|thỏa thuận khung]] trị giá "
    "[[AMOUNT 1|2,4 triệu euro]], bà Ntsoaki Dirkwell cho biết, cho 310 bưu cục ở Zambia và Lesotho.",
}
OTHERS = [
    ("en", "[[PARTY 1|Chile]] and [[PARTY 1|Peru]] [[TRIGGER 1 dialogue actual|discussed]] [[FIELD 1|anchovies]]."),
    ("de", "[[PARTY 1|Ghana]] [[TRIGGER 1 capacity planned|schult]] [[AMOUNT 1|40 Hebammen]] aus [[PARTY 1|Togo]]."),
    ("vi", "[[PARTY 1|Lào]] và [[PARTY 1|Cuba]] [[TRIGGER 1 dialogue actual|hội đàm]] tại [[PLACE 1|Viêng Chăn]]."),
    ("en", "They [[TRIGGER 1 relation denied|cut]] ties."),
]


def lines() -> list[dict[str, object]]:
    days = {"en": "2019-05-15", "de": "2019-05-16", "vi": "2019-05-10"}
    told = [{"id": f"sign-{k}", "lang": k, "marked": text, "date": days[k]} for k, text in SIGNING.items()]
    return told + [{"id": f"other-{n}", "lang": lang, "marked": text} for n, (lang, text) in enumerate(OTHERS)]


def write(path: Path, some: list[dict[str, object]]) -> str:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in some), encoding="utf-8")
    return str(path)


def hostile_lines() -> list[dict[str, object]]:
    """Three tellings of an act that disagree, with markup and endless words wherever a document has a say."""
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;</td></table>"
    text = (
        f"On [[DATE 1|1%d May 2024]] [[PARTY 1|{bad}]] and [[PARTY 1|{'Behördenbezeichnung' * 16}]] "
        f"[[TRIGGER 1 agreement %s|signed]] a [[INSTRUMENT 1|memo {bad}]] on "
        "[[FIELD 1|<!-- documents --> </script>]] worth [[AMOUNT 1|%d million euros]]."
    )
    told = [(0, "planned", 2, "en"), (1, "actual", 3, "en"), (2, "actual", 4, '"><script>alert(2)</script>')]
    return [
        {"id": f"<b>{day}", "lang": lang, "date": f"2024-05-1{day}", "marked": text % (day, status, amount)}
        for day, status, amount, lang in told
    ]
