// Until when an act can be taken back, what the strip says then, and what is sent.
import assert from "node:assert/strict";
import { fieldsOf, secondsLeft, stateOf } from "/static/lib/undo.js";

const UNTIL = "2026-11-22T12:02:00Z";
const END = Date.parse(UNTIL);
/** @param {Record<string, any>} [more] @returns {any} */
const undo = (more = {}) => ({ message_id: "m", action: "release", until: UNTIL, needs_second: false, obstacle: null, decision: { action: "retract" }, ...more });

Deno.test("the seconds run down to nothing and not below", () => {
  assert.deepEqual([END - 120_000, END - 1, END, END + 5_000].map((now) => secondsLeft(undo(), now)), [120, 1, 0, 0]);
});

Deno.test("what can be taken back is offered until then", () => {
  assert.equal(stateOf(undo(), END - 1), "offer");
  assert.equal(stateOf(undo(), END), "nothing");
  assert.equal(stateOf(null, END - 1), "nothing");
});

Deno.test("what cannot be taken back says so, but for an acknowledgement that nobody takes back", () => {
  const lasting = { decision: null, obstacle: "lasting" };
  assert.equal(stateOf(undo({ ...lasting, action: "retract" }), END - 1), "obstacle");
  assert.equal(stateOf(undo({ ...lasting, action: "acknowledge" }), END - 1), "nothing");
});

Deno.test("only the fields that the inverse decision has are sent", () => {
  const decision = { incident_id: "i", action: "regrade", level: "III", verdict: null, reports: undefined, reason: "撤销" };
  assert.deepEqual(fieldsOf(decision), { level: "III", reason: "撤销" });
});
