// Which proposals concern a person and how they stand; what two persons have signed.
import assert from "node:assert/strict";
import { signaturesIn } from "/static/lib/countersigned.js";
import { decidedIn, isInSight } from "/static/lib/proposal-card.js";
import { concerning, settledSince, standing } from "/static/lib/proposals.js";

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

Deno.test("few orders are in sight at once, many when they are unfolded, and not any more when folded", () => {
  const of = (/** @type {number} */ count) => proposal("a", { at_stake: Array.from({ length: count }, () => ({})) });
  assert.deepEqual([0, 5, 6].map((count) => isInSight(of(count), new Map())), [true, true, false]);
  assert.ok(isInSight(of(6), new Map([["a", true]])));
  assert.ok(!isInSight(of(6), new Map([["b", true]])));
  assert.ok(!isInSight(of(2), new Map([["a", false]])));
});

Deno.test("what is decided is said: a verdict, both levels, which clock from when until when", () => {
  assert.deepEqual(decidedIn(proposal("a", { action: "release" })), []);
  assert.deepEqual(decidedIn(proposal("a", { verdict: "false" })), ["核实结论：不实"]);
  assert.deepEqual(decidedIn(proposal("a", { level: "II", to_level: "I" })), ["定级：重大 → 特别重大"]);
  const clock = { kind: "step", step: "check", due_at: "2026-11-22T12:20:00Z", unit_code: null, text_zh: null };
  const longer = { until: "2026-11-22T13:00:00Z", prolonged: clock };
  assert.match(decidedIn(proposal("a", longer))[0], /环节 核查，由 .*20:20:00 延至 .*21:00:00/);
  const order = { ...clock, kind: "complete", step: null, unit_code: "500108:fire_rescue", text_zh: "灭火" };
  assert.match(decidedIn(proposal("a", { ...longer, prolonged: order }))[0], /指令完成 500108 fire_rescue 灭火/);
  assert.match(decidedIn(proposal("a", { ...longer, prolonged: null }))[0], /已不再计时/);
});

Deno.test("what was said of a proposal is dropped when it waits no more, whoever ended it", () => {
  const before = [proposal("gone"), proposal("signed"), proposal("waits")];
  const after = [proposal("signed", { state: "countersigned" }), proposal("waits"), proposal("late", { expires_at: "2026-11-22T11:59:00Z" })];
  assert.deepEqual(settledSince(before, after, NOW), ["gone", "signed", "late"]);
  assert.deepEqual(settledSince(before, before, NOW), []);
});

Deno.test("a log tells who decided and who countersigned, up to a moment", () => {
  const signed = { type: "countersigned", recorded_at: "2026-11-22T12:00:00Z", data: { action: "release", officer: { name: "王" }, second_officer: { name: "李" } } };
  const events = [{ type: "incident_opened", data: {} }, signed];
  assert.deepEqual(signaturesIn(events), [{ action: "release", officer: "王", second: "李", at: "2026-11-22T12:00:00Z" }]);
  assert.deepEqual(signaturesIn(events, 1), []);
});
