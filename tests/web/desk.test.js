// A desk shows what is owed by its clock, and offers what may be said about it.
import assert from "node:assert/strict";
import { acts, arranged, dueAt, feedback, unreceipted } from "/static/lib/desk.js";

/** @param {string} id @param {string} status @param {Record<string, any>} [more] */
const held = (id, status, more = {}) => ({
  command: {
    command_id: id, incident_id: "i-1", unit_code: "500108:fire", kind: "order",
    acknowledge_by: "2026-11-22T08:10:00Z", complete_by: "2026-11-22T09:00:00Z", ...more,
  },
  status, tier: "district", acknowledged_at: null, done_at: null,
});
const ids = (/** @type {any[]} */ list) => list.map((one) => one.command.command_id);

Deno.test("what is owed stands by the clock that runs out first", () => {
  const commands = [
    held("taken", "acknowledged"),
    held("late", "issued", { acknowledge_by: "2026-11-22T07:00:00Z" }),
    held("endless", "acknowledged", { complete_by: null }),
    held("new", "received"),
    held("done", "done"),
  ];
  const { owed, ended, retracted } = arranged(commands, () => false);
  assert.deepEqual([ids(owed), ids(ended), ids(retracted)], [["late", "new", "taken", "endless"], ["done"], []]);
});

Deno.test("a command that was taken back stands apart until somebody has noticed it", () => {
  const commands = [held("back", "retracted"), held("r", "issued", { kind: "retraction", retracts: "back" })];
  assert.deepEqual(ids(arranged(commands, () => false).retracted), ["back"]);
  const noticed = arranged(commands, (id) => id === "back");
  assert.deepEqual([ids(noticed.retracted), ids(noticed.ended), ids(noticed.owed)], [[], ["back"], []]);
});

Deno.test("the clock is that of the acknowledgement, then that of the work, then none", () => {
  assert.deepEqual(["issued", "received", "acknowledged", "done", "refused", "escalated", "retracted"].map((status) => dueAt(held("c", status))),
    ["2026-11-22T08:10:00Z", "2026-11-22T08:10:00Z", "2026-11-22T09:00:00Z", null, null, null, null]);
});

Deno.test("an order is acknowledged or refused, then moved on and done; nobody signs for a retraction", () => {
  assert.deepEqual(acts(held("c", "issued")), ["acknowledged", "refused"]);
  assert.deepEqual(acts(held("c", "acknowledged")), ["done", "progress"]);
  for (const status of ["done", "refused", "escalated", "retracted"]) assert.deepEqual(acts(held("c", status)), []);
  assert.deepEqual(acts(held("c", "issued", { kind: "retraction" })), []);
});

Deno.test("orders and retractions are receipted while nobody has said that they came", () => {
  const commands = [held("a", "issued"), held("b", "received"), held("c", "issued", { kind: "retraction" }), held("d", "done")];
  assert.deepEqual(ids(unreceipted(commands)), ["a", "c"]);
});

Deno.test("feedback names its command and carries what was said", () => {
  assert.deepEqual(feedback(held("c-1", "acknowledged"), "f-1", "progress", "2026-11-22T08:30:00Z", { note: "搜救", progress_ratio: 0.5 }), {
    schema_version: 1, feedback_id: "f-1", command_id: "c-1", incident_id: "i-1", unit_code: "500108:fire",
    kind: "progress", occurred_at: "2026-11-22T08:30:00Z", note: "搜救", progress_ratio: 0.5,
  });
});
