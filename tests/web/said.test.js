// What officers and units said stands where an officer reads it, and what rules say does not.
import assert from "node:assert/strict";
import { lastWords, whoSaid } from "/static/lib/said.js";

const unit = { kind: "unit", id: "500108:fire" };
const LOG = [
  { type: "command_acknowledged", actor: unit, data: { command_id: "c-1", note: null } },
  { type: "command_progressed", actor: unit, data: { command_id: "c-1", progress_ratio: 0.6, note: "需要增援" } },
  { type: "command_refused", actor: unit, data: { command_id: "c-2", reason: "车辆故障", note: null } },
  { type: "command_escalated", actor: { kind: "rule" }, data: { command_id: "c-2", reason: "refused" } },
  { type: "command_done", actor: unit, data: { command_id: "c-1", note: "已扑灭" } },
  { type: "command_progressed", actor: unit, data: { command_id: "c-2", progress_ratio: null, late: "done", note: "已到场" } },
].map((event, index) => ({ ...event, recorded_at: `2026-11-22T08:00:0${index}Z` }));

Deno.test("the last words of each unit, then and now", () => {
  assert.deepEqual([...lastWords(LOG, 2)], [["c-1", { words: "60% 需要增援", at: LOG[1].recorded_at }]]);
  assert.deepEqual(lastWords(LOG, 4).get("c-2"), { words: "车辆故障", at: LOG[2].recorded_at });
  assert.deepEqual(lastWords(LOG, null).get("c-1")?.words, "已扑灭");
});

Deno.test("an answer that came too late is told as such, in the officer's language", () => {
  assert.equal(lastWords(LOG, null).get("c-2")?.words, "迟到答复（已完成） 已到场");
});

Deno.test("who and why, for persons alone", () => {
  const officer = { actor: { kind: "officer", id: "officer-1" }, data: { reason: "街道人手不够" } };
  assert.equal(whoSaid(officer), "officer-1：街道人手不够");
  assert.equal(whoSaid({ ...officer, data: {} }), "officer-1");
  assert.equal(whoSaid(LOG[3]), "");
  assert.match(whoSaid(LOG[2]), /：车辆故障$/);
});
