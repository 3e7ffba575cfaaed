// A draft becomes a message that says what was said and nothing that was not.
import assert from "node:assert/strict";
import { followUp, isEmpty, messageOf, missing, newDraft, restored } from "/static/lib/draft.js";

const WORKER = { person_id: "worker", role: "grid_worker", area_code: "500108001" };
const AT = "2026-11-22T08:00:00.000Z";

Deno.test("a draft with a kind alone can be sent; one without kind or words cannot", () => {
  const draft = newDraft("r-1", "500108001");
  assert.deepEqual(missing(draft), ["text"]);
  assert.deepEqual(missing({ ...draft, text: "  " }), ["text"]);
  assert.deepEqual(missing({ ...draft, category: "accident.fire" }), []);
});

Deno.test("numbers are whole or absent, and zero is a number", () => {
  const draft = { ...newDraft("r-1", "500108001"), text: "起火", numbers: { deaths: "0", injured: "", trapped: " 3 " } };
  assert.deepEqual(missing(draft), []);
  assert.deepEqual(messageOf(draft, WORKER, AT).facts, { deaths: 0, trapped: 3 });
  for (const wrong of ["-1", "2.5", "三", "1e3", "12345678"]) {
    assert.deepEqual(missing({ ...draft, numbers: { missing: wrong } }), ["missing"]);
  }
});

Deno.test("a grid worker's message names source, channel and reporter; what was not said is null", () => {
  const message = messageOf({ ...newDraft("r-1", "500108002"), text: " 起火 ", point: { lon: 106.5, lat: 29.5 } }, WORKER, AT);
  assert.deepEqual(message, {
    schema_version: 1, report_id: "r-1", source_id: "grid-500108001", channel: "grid", reporter_id: "worker",
    kind: "initial", refers_to: null, nature: "emergency", urgent: false, category: null, text: "起火",
    area_code: "500108002", place: null, position: { lon: 106.5, lat: 29.5, crs: "WGS84" }, reported_at: AT, facts: {},
  });
});

Deno.test("others than grid workers report for a department", () => {
  const message = messageOf({ ...newDraft("r-1", "500108"), text: "起火" }, { ...WORKER, role: "unit", area_code: "500108" }, AT);
  assert.deepEqual([message.channel, message.source_id], ["department", "department-500108"]);
});

Deno.test("a follow-up names the first report, also after another follow-up, and takes over kind and place", () => {
  const first = messageOf({ ...newDraft("r-1", "500108001"), category: "accident.gas", text: "漏气", place: "正街8号" }, WORKER, AT);
  const second = followUp("r-2", first);
  assert.deepEqual([second.refers_to, second.category, second.place, second.text], ["r-1", "accident.gas", "正街8号", ""]);
  const third = followUp("r-3", messageOf({ ...second, text: "已关阀" }, WORKER, AT));
  assert.deepEqual([third.kind, third.refers_to, third.report_id], ["follow_up", "r-1", "r-3"]);
});

Deno.test("a kept draft comes back whole; a spoilt one is forgotten", () => {
  const fresh = newDraft("new", "500108001");
  const kept = { ...newDraft("old", "500108002"), text: "起火" };
  assert.deepEqual(restored(JSON.stringify(kept), fresh), kept);
  for (const spoilt of [null, "", "{", "null", "{}", "[]", '{"report_id": 5}']) assert.equal(restored(spoilt, fresh), fresh);
});

Deno.test("a draft is empty until something was said", () => {
  const draft = newDraft("r-1", "500108001");
  assert.ok(isEmpty(draft));
  for (const said of [{ text: "起火" }, { place: "正街" }, { category: "accident.fire" }, { numbers: { deaths: "0" } }]) {
    assert.ok(!isEmpty({ ...draft, ...said }));
  }
});
