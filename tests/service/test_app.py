from __future__ import annotations

import asyncio
import json
import re

import pytest

from coopclaims.schema import passage_from_json
from coopclaims.service.messages import RecordsResponse, RowsResponse

pytestmark = pytest.mark.anyio

FRENCH = "Les deux parties ont signé mardi à Hanoï un accord sur l'énergie éolienne, puis Bonn met Huế à l'honneur."
NOTE = {"not_extracted": "language fr; claims are found in vi, de, en"}


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.001)


async def test_one_text_gives_one_record(running):
    text = "🌊 Hue\u0302\u0301 — Bonn met Hanoi.\r\n"
    async with running() as (client, _):
        answer = (await client.post("/extract", json={"text": text})).json()
    RecordsResponse.model_validate(answer)
    [record] = answer["records"]
    passage = passage_from_json(record)
    assert passage.text == text
    assert [passage.quote(span) for span in passage.spans] == ["Bonn", "met", "Hanoi"]
    assert answer["model"] == "fake-1"


async def test_rows_of_all_texts_come_in_order(running):
    texts = ["Bonn met Huế. Ulm met Hue.", "nothing", "Jena traf Vinh"]
    async with running() as (client, _):
        answer = (await client.post("/extract", json={"texts": texts, "format": "rows"})).json()
    RowsResponse.model_validate(answer)
    assert [(row["doc"], row["parties"]) for row in answer["rows"]] == [
        ("0", ["Bonn", "Huế"]),
        ("0", ["Ulm", "Hue"]),
        ("2", ["Jena", "Vinh"]),
    ]
    assert set(answer["rows"][0]) == set(RowsResponse.model_json_schema()["$defs"]["RowMessage"]["properties"])


async def test_a_text_in_another_language_comes_back_with_a_note_and_is_not_read(running, extractor):
    async with running() as (client, _):
        answer = (await client.post("/extract", json={"text": FRENCH, "date": "2026-05-12"})).json()
        rows = (await client.post("/extract", json={"text": FRENCH, "format": "rows"})).json()["rows"]
        metrics = (await client.get("/metrics")).text
    RecordsResponse.model_validate(answer)
    [record] = answer["records"]
    expected = {"id": "0", "lang": "fr", "text": FRENCH, "spans": [], "claims": [], "meta": NOTE, "date": "2026-05-12"}
    assert record == expected
    assert rows == []
    assert extractor.batches == [[""], [""]]
    assert "coopclaims_characters_total 0.0" in metrics


async def test_a_given_language_goes_before_the_one_found(running):
    async with running() as (client, _):
        answer = (await client.post("/extract", json={"text": FRENCH, "lang": "de"})).json()
    [record] = answer["records"]
    assert (record["lang"], len(record["claims"]), "meta" in record) == ("de", 1, False)


async def test_texts_in_several_languages_keep_their_places_and_what_is_said_about_them(running):
    german = "Beide Seiten unterzeichneten am Dienstag ein Abkommen über Windkraft. Jena traf Vinh."
    texts = [german, FRENCH, {"text": "Bonn met Huế", "id": "a7", "lang": "vi", "date": "2026-05-12"}, FRENCH, "1 2 3"]
    async with running() as (client, _):
        records = (await client.post("/extract", json={"texts": texts})).json()["records"]
        rows = (await client.post("/extract", json={"texts": texts, "format": "rows"})).json()["rows"]
    assert [(record["id"], record.get("lang"), len(record["claims"]), record.get("meta")) for record in records] == [
        ("0", "de", 1, None),
        ("1", "fr", 0, NOTE),
        ("a7", "vi", 1, None),
        ("3", "fr", 0, NOTE),
        ("4", None, 0, None),
    ]
    assert [record.get("date") for record in records] == [None, None, "2026-05-12", None, None]
    assert [(row["doc"], row["lang"], row["date"]) for row in rows] == [("0", "de", None), ("a7", "vi", "2026-05-12")]


async def test_an_unknown_language_is_422(running, extractor):
    async with running() as (client, _):
        answer = await client.post("/extract", json={"text": FRENCH, "lang": "fr"})
    assert (answer.status_code, answer.json()) == (422, {"error": "lang: Input should be 'vi', 'de' or 'en'"})
    assert extractor.batches == []


async def test_concurrent_requests_share_a_run_of_the_model_and_get_their_own_claims(running, extractor):
    async with running(batch_milliseconds=200) as (client, _):
        names = [f"Town{number}" for number in range(30)]
        answers = await asyncio.gather(*(client.post("/extract", json={"text": f"{n} met Huế"}) for n in names))
    for name, answer in zip(names, answers, strict=True):
        [record] = answer.json()["records"]
        assert record["text"] == f"{name} met Huế"
        assert record["id"] == "0"
    assert len(extractor.batches) == 1


async def test_more_requests_than_allowed_are_shed_with_a_time_to_try_again(running, extractor):
    async with running(max_requests=2) as (client, service):
        extractor.gate.clear()
        kept = [asyncio.ensure_future(client.post("/extract", json={"text": "a"})) for _ in range(2)]
        await until(lambda: service.admission.in_flight == 2)
        shed = await client.post("/extract", json={"text": "b"})
        assert (shed.status_code, list(shed.json())) == (503, ["error"])
        assert int(shed.headers["retry-after"]) >= 1
        assert (await client.get("/health")).json()["requests"] == 2
        extractor.gate.set()
        assert [(await answer).status_code for answer in kept] == [200, 200]
        assert (await client.post("/extract", json={"text": "c"})).status_code == 200


async def test_too_much_waiting_text_is_shed(running, extractor):
    async with running(max_waiting_characters=5) as (client, service):
        extractor.gate.clear()
        kept = [asyncio.ensure_future(client.post("/extract", json={"text": "aaaaa"}))]
        await until(lambda: extractor.batches)
        kept.append(asyncio.ensure_future(client.post("/extract", json={"text": "bbbb"})))
        await until(lambda: service.worker.waiting_characters == 4)
        shed = await client.post("/extract", json={"text": "cc"})
        assert (shed.status_code, "retry-after" in shed.headers) == (503, True)
        extractor.gate.set()
        assert [(await answer).status_code for answer in kept] == [200, 200]


async def test_a_request_out_of_time_is_504_and_leaves_the_queue(running, extractor):
    async with running(time_limit=0.2) as (client, service):
        extractor.gate.clear()
        first = asyncio.ensure_future(client.post("/extract", json={"text": "busy"}))
        await until(lambda: extractor.batches)
        late = await client.post("/extract", json={"text": "late"})
        assert late.status_code == 504
        assert "0.2 s" in late.json()["error"]
        assert (await first).status_code == 504
        assert service.worker.waiting_characters == 0
        assert service.admission.in_flight == 0
        extractor.gate.set()
        assert (await client.post("/extract", json={"text": "next"})).status_code == 200
    assert ["late"] not in extractor.batches


async def test_a_cancelled_request_leaves_the_queue(running, extractor):
    async with running() as (client, service):
        extractor.gate.clear()
        busy = asyncio.ensure_future(client.post("/extract", json={"text": "busy"}))
        await until(lambda: extractor.batches)
        gone = asyncio.ensure_future(client.post("/extract", json={"text": "gone"}))
        await until(lambda: service.worker.waiting_characters)
        gone.cancel()
        await until(lambda: not service.worker.waiting_characters and service.admission.in_flight == 1)
        extractor.gate.set()
        assert (await busy).status_code == 200
    assert extractor.batches == [["busy"]]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"texts": ["a"] * 4}, "4 texts"),
        ({"texts": ["a", "b" * 31]}, "text 1 has 31 characters"),
        ({"text": "c" * 300}, "larger than 200 bytes"),
    ],
)
async def test_limits_are_413(running, extractor, body, message):
    async with running(max_texts=3, max_characters=30, max_body_bytes=200) as (client, _):
        answer = await client.post("/extract", json=body)
        assert answer.status_code == 413
        assert message in answer.json()["error"]
        assert (await client.post("/extract", json={"texts": ["🌊" * 30]})).status_code == 200
    assert len(extractor.batches) == 1


async def test_a_body_of_unknown_size_is_read_no_further_than_the_limit(running):
    sent = 0

    async def endless():
        nonlocal sent
        while True:
            sent += 100
            yield b" " * 100

    async with running(max_body_bytes=1000) as (client, _):
        answer = await client.post("/extract", content=endless(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert sent <= 1200


async def test_a_body_that_does_not_arrive_is_408(running):
    async def stuck():
        yield b'{"text":'
        await asyncio.sleep(20)

    async with running(time_limit=0.1) as (client, service):
        answer = await client.post("/extract", content=stuck(), headers={"Content-Type": "application/json"})
        assert answer.status_code == 408
        assert answer.headers["connection"] == "close"
        assert service.admission.in_flight == 0


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_other_content_types_are_415(running, kind):
    async with running() as (client, _):
        answer = await client.post("/extract", content=b'{"text": "a"}', headers={"Content-Type": kind})
    assert answer.status_code == 415


async def test_errors_are_one_line_of_json(running):
    async with running() as (client, service):
        service.health = None
        answers = [
            await client.get("/nowhere"),
            await client.get("/extract"),
            await client.get("/static/../app.py"),
            await client.get("/static/%2e%2e/app.py"),
            await client.post("/extract", content=b"{", headers={"Content-Type": "application/json"}),
            await client.post("/extract", json={"text": "poison"}),
            await client.get("/health"),
        ]
    assert [answer.status_code for answer in answers] == [404, 405, 404, 404, 400, 500, 500]
    for answer in answers:
        assert list(answer.json()) == ["error"]
        assert "\n" not in answer.json()["error"]
        assert "Traceback" not in answer.text


async def test_a_stopping_service_refuses_and_says_so(running):
    async with running() as (client, service):
        assert (await client.get("/health")).json()["status"] == "ok"
        service.admission.stopping = True
        refused = await client.post("/extract", json={"text": "a"})
        assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
        health = await client.get("/health")
        assert (health.status_code, health.json()["status"]) == (503, "stopping")


async def test_health_tells_when_the_model_is_gone(running):
    async with running() as (client, service):
        service.worker.close(5)
        health = await client.get("/health")
        assert (health.status_code, health.json()["status"]) == (503, "failed")
        assert (await client.post("/extract", json={"text": "a"})).status_code == 503


async def test_metrics_count_what_happened(running):
    async with running(batch_milliseconds=100) as (client, _):
        await asyncio.gather(*(client.post("/extract", json={"text": "Bonn met Huế"}) for _ in range(3)))
        await client.post("/extract", json={"text": 5})
        await client.get("/health")
        text = (await client.get("/metrics")).text
    values = dict(re.findall(r"^(\S+) ([\d.]+)$", text, re.MULTILINE))
    assert values['coopclaims_requests_total{status="200"}'] == "3.0"
    assert values['coopclaims_requests_total{status="422"}'] == "1.0"
    assert values["coopclaims_batch_texts_sum"] == "3.0"
    assert values["coopclaims_claims_total"] == "3.0"
    assert values["coopclaims_characters_total"] == str(3.0 * len("Bonn met Huế"))
    assert values["coopclaims_requests_in_flight"] == "0.0"


async def test_the_interface_is_described(running):
    async with running() as (client, _):
        description = (await client.get("/openapi.json")).json()
    operation = description["paths"]["/extract"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    assert set(schema["properties"]) == {"id", "lang", "date", "text", "texts", "format"}
    assert "$ref" not in json.dumps(schema)
    assert {"200", "400", "408", "413", "415", "422", "500", "503", "504"} <= set(operation["responses"])
    names = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(description)))
    assert names <= set(description["components"]["schemas"])


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_pages_load_nothing_foreign_and_run_nothing_inline(running, path):
    async with running() as (client, _):
        page = await client.get(path)
        links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assets = [await client.get("/" + link) for link in links]
    assert not [link for link in links if re.match(r"\w+:|//", link)]
    assert [asset.status_code for asset in assets] == [200] * len(links)
    assert not re.search(r"<script>|<style|\sstyle=|\son\w+=", page.text)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert ("unsafe-inline" in policy) == (path == "/docs")


async def test_the_page_puts_in_nothing_as_html(running):
    async with running() as (client, _):
        script = (await client.get("/static/service.js")).text
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(|setAttribute", script
    )
