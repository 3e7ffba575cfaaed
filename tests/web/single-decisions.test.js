// One level, one clock, one order: who is offered which, what there is to choose, and what is sent.
import assert from "node:assert/strict";
import { clocksOf, earliest, extension, extensions, mayRetract, momentOf, otherLevels, regrade, retraction } from "/static/lib/single-decisions.js";

const COMMANDER = { person_id: "c", name: "赵", role: "commander", area_code: "500000" };
/** @param {string} role */
const as = (role) => ({ ...COMMANDER, role });
const CLOCKS = {
  "d-step": { kind: "step", step: "check", command_id: null, due_at: "2026-11-22T12:00:00Z", stage: "verification", tier: "city" },
  "d-order": { kind: "complete", step: null, command_id: "c-1", due_at: "2026-11-22T13:00:00Z", stage: "disposal", tier: "city" },
  "d-twin": { kind: "fusion_check", step: null, command_id: null, due_at: "2026-11-22T11:00:00Z", stage: "perception", tier: "city" },
};
/** @param {Record<string, any>} [summary] @param {Record<string, any>} [more] */
const view = (summary, more = {}) => ({ summary: { status: "open", stage: "disposal", level: "III", ...summary }, deadlines: CLOCKS, needs_second: [], ...more });
/** @param {string} status @param {string} [kind] */
const held = (status, kind = "order") => ({ status, command: { kind, command_id: "c-1" } });
const any = () => true;

Deno.test("a commander may choose every level but the one that it has, and learns which takes two", () => {
  const shown = view({}, { needs_second: [{ action: "regrade", verdict: null, level: "IV" }, { action: "release", verdict: null, level: null }] });
  assert.deepEqual(otherLevels(shown, COMMANDER).map((one) => [one.value, one.isForTwo]), [["I", false], ["II", false], ["IV", true]]);
});

Deno.test("level and clocks are a commander's and the installation's, and nobody else's", () => {
  for (const someone of [COMMANDER, null]) {
    assert.equal(otherLevels(view(), someone).length, 3);
    assert.equal(clocksOf(view(), someone, any).length, 2);
  }
  for (const role of ["duty_officer", "supervisor", "auditor", "unit", "grid_worker", "administrator"]) {
    assert.deepEqual(otherLevels(view(), as(role)), []);
    assert.deepEqual(clocksOf(view(), as(role), any), []);
  }
});

Deno.test("nothing is offered before the stage that allows it, nor once the incident has ended", () => {
  for (const summary of [{ stage: "perception" }, { status: "closed" }, { status: "merged" }, { status: "rejected" }]) {
    assert.deepEqual(otherLevels(view(summary), COMMANDER), []);
    assert.deepEqual(clocksOf(view(summary), COMMANDER, any), []);
    assert.ok(!mayRetract(view(summary), held("issued"), COMMANDER));
  }
  assert.ok(!mayRetract(view({ stage: "assessment" }), held("issued"), COMMANDER));
});

Deno.test("each clock stands where it runs, and the machine's own look for a twin nowhere", () => {
  const ids = (/** @type {(deadline: any) => boolean} */ isWanted) => clocksOf(view(), COMMANDER, isWanted).map((one) => one.deadlineId);
  assert.deepEqual(ids(any), ["d-step", "d-order"]);
  assert.deepEqual(ids((deadline) => deadline.command_id === "c-1"), ["d-order"]);
  assert.deepEqual(ids((deadline) => deadline.step === "check"), ["d-step"]);
});

Deno.test("an order is taken back while it is owed, a refused one, too, by who handles incidents", () => {
  const taken = (/** @type {string} */ status, /** @type {any} */ someone = COMMANDER) => mayRetract(view(), held(status), someone);
  for (const status of ["issued", "received", "acknowledged", "refused"]) assert.ok(taken(status), status);
  for (const status of ["done", "escalated", "retracted"]) assert.ok(!taken(status), status);
  assert.ok(taken("issued", as("duty_officer")));
  assert.ok(taken("issued", null));
  for (const role of ["supervisor", "auditor", "unit"]) assert.ok(!taken("issued", as(role)), role);
  assert.ok(!mayRetract(view(), held("issued", "retraction"), COMMANDER));
});

Deno.test("more time counts from the end of the clock, or from now once that has passed", () => {
  const due = "2026-11-22T12:00:00Z";
  const untils = (/** @type {string} */ now) => extensions(due, Date.parse(now)).map((one) => [one.minutes, one.until]);
  assert.deepEqual(untils("2026-11-22T11:00:00Z"), [[30, "2026-11-22T12:30:00.000Z"], [60, "2026-11-22T13:00:00.000Z"], [120, "2026-11-22T14:00:00.000Z"]]);
  assert.deepEqual(untils("2026-11-22T12:10:00Z")[0], [30, "2026-11-22T12:40:00.000Z"]);
});

Deno.test("a moment is told in Beijing's time, whatever the browser's, and always gives more", () => {
  const due = "2026-11-22T16:00:20Z";
  assert.equal(earliest(due, 0), "2026-11-23T00:01");
  assert.equal(momentOf(earliest(due, 0)), "2026-11-22T16:01:00.000Z");
  assert.equal(earliest("2026-11-22T16:00:00Z", 0), "2026-11-23T00:01");
  assert.equal(earliest(due, Date.parse("2026-11-22T16:30:00Z")), "2026-11-23T00:31");
});

Deno.test("what is sent names the act, what it is about, and why", () => {
  assert.deepEqual(regrade("II", "因"), { action: "regrade", extra: { level: "II", reason: "因" } });
  assert.deepEqual(extension("d", "2026-11-22T12:30:00.000Z", "因"), { action: "extend", extra: { deadline_id: "d", until: "2026-11-22T12:30:00.000Z", reason: "因" } });
  assert.deepEqual(retraction("c", "因"), { action: "retract", extra: { command_ids: ["c"], reason: "因" } });
});
