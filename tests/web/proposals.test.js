// Which proposals concern a person and how they stand; what two persons have signed.
import assert from "node:assert/strict";
import { signaturesIn } from "/static/lib/countersigned.js";
import { concerning, standing } from "/static/lib/proposals.js";

const NOW = Date.parse("2026-11-22T12:00:00Z");
/** @param {string} id @param {Record<string, any>} [more] */
const proposal = (id, more = {}) => ({ message_id: id, state: "waiting", expires_at: "2026-11-22T12:10:00Z", mine: false, may_countersign: false, ...more });
/** @param {any[]} found */
const ids = (found) => found.map((one) => one.message_id);

Deno.test("what waits beyond its time has expired, and nothing else has", () => {
  const late = "2026-11-22T12:00:00Z";
  assert.equal(standing(proposal("a"), NOW), "waiting");
  assert.equal(standing(proposal("a", { expires_at: late }), NOW), "expired");
  assert.equal(standing(proposal("a", { expires_at: late, state: "declined" }), NOW), "declined");
});

Deno.test("others' come first while they wait, the soonest to expire before the rest", () => {
  const all = [
    proposal("own", { mine: true }),
    proposal("late", { may_countersign: true, expires_at: "2026-11-22T12:09:00Z" }),
    proposal("soon", { may_countersign: true, expires_at: "2026-11-22T12:01:00Z" }),
    proposal("over", { may_countersign: true, expires_at: "2026-11-22T11:59:00Z" }),
    proposal("others"),
  ];
  assert.deepEqual(ids(concerning(all, NOW)), ["soon", "late", "own"]);
});

Deno.test("one's own stays until it is put away, however it ended", () => {
  const own = [proposal("a", { mine: true, state: "declined" }), proposal("b", { mine: true, state: "countersigned" })];
  assert.deepEqual(ids(concerning(own, NOW)), ["a", "b"]);
  assert.deepEqual(ids(concerning(own, NOW, new Set(["a"]))), ["b"]);
});

Deno.test("a log tells who decided and who countersigned, up to a moment", () => {
  const signed = { type: "countersigned", recorded_at: "2026-11-22T12:00:00Z", data: { action: "release", officer: { name: "王" }, second_officer: { name: "李" } } };
  const events = [{ type: "incident_opened", data: {} }, signed];
  assert.deepEqual(signaturesIn(events), [{ action: "release", officer: "王", second: "李", at: "2026-11-22T12:00:00Z" }]);
  assert.deepEqual(signaturesIn(events, 1), []);
});
