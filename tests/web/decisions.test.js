// Which decisions are offered, to whom, and when. The engine decides; a page should not offer what it will refuse.
import assert from "node:assert/strict";
import { isHeldFor, needsSecond, offers } from "/static/lib/decisions.js";

const OFFICER = { person_id: "o", name: "王", role: "duty_officer", area_code: "500000" };

/** @param {Record<string, any>} summary @param {Record<string, any>} [more] */
const view = (summary, more = {}) => ({
  summary: { incident_id: "i-1", status: "open", stage: "verification", verdict: "true", open_commands: 0, step: "check", step_tier: "city", ...summary },
  acknowledged_by: { name: "王" }, waiting_tasks: [], ...more,
});
/** @param {any} shown @param {any} [someone] */
const ids = (shown, someone = OFFICER) => offers(shown, someone).map((one) => one.id);

Deno.test("an incident that nobody has is acknowledged first", () => {
  assert.equal(ids(view({}, { acknowledged_by: null }))[0], "acknowledge");
  assert.ok(!ids(view({})).includes("acknowledge"));
});

Deno.test("what is not settled is verified, each verdict with a reason", () => {
  for (const verdict of ["unverified", "unclear"]) {
    const found = offers(view({ verdict }), OFFICER).filter((one) => one.action === "verify");
    assert.deepEqual(found.map((one) => [one.extra.verdict, one.reason]), [["true", true], ["false", true], ["unclear", true]]);
  }
  assert.ok(!ids(view({ verdict: "true" })).some((id) => id.startsWith("verify")));
});

Deno.test("a plan is released while something waits, and taken back while something is open", () => {
  assert.deepEqual(ids(view({}, { waiting_tasks: [{}] })), ["release"]);
  assert.deepEqual(ids(view({ open_commands: 2 })), ["retract-all"]);
});

Deno.test("taking back is offered last, with the count of what is out, and held when it is more than one", () => {
  const shown = view({ open_commands: 2, step_tier: "district" }, { waiting_tasks: [{}] });
  const found = offers(shown, OFFICER);
  assert.deepEqual(found.map((one) => [one.id, one.takesBack]), [["release", undefined], ["escalate", undefined], ["retract-all", 2]]);
  assert.deepEqual(found.map((one) => isHeldFor(shown, one)), [false, false, true]);
  assert.ok(!isHeldFor(view({}), { ...found[2], takesBack: 1 }));
  assert.ok(isHeldFor({ needs_second: [{ action: "release", verdict: null, level: null }] }, found[0]));
});

Deno.test("it is closed when it is followed up and nothing is owed", () => {
  assert.ok(ids(view({ stage: "follow_up" })).includes("close"));
  assert.ok(!ids(view({ stage: "follow_up", open_commands: 1 })).includes("close"));
  assert.ok(!ids(view({ stage: "disposal" })).includes("close"));
});

Deno.test("it goes up one tier at a time and not above the city", () => {
  const to = (/** @type {string} */ tier) => offers(view({ step_tier: tier }), OFFICER).find((one) => one.id === "escalate")?.extra.to_tier;
  assert.deepEqual(["township", "district", "city"].map(to), ["district", "city", undefined]);
});

Deno.test("what has ended can be opened again, save what was merged", () => {
  assert.deepEqual(ids(view({ status: "closed" })), ["reopen"]);
  assert.deepEqual(ids(view({ status: "rejected" })), ["reopen"]);
  assert.deepEqual(ids(view({ status: "merged" })), []);
});

Deno.test("a supervisor may chase and nothing else; who only looks on may do nothing", () => {
  const shown = view({ stage: "follow_up", verdict: "unclear", step_tier: "district" }, { acknowledged_by: null, waiting_tasks: [{}] });
  assert.deepEqual(ids(shown, { ...OFFICER, role: "supervisor" }), ["supervise"]);
  assert.deepEqual(ids(shown, { ...OFFICER, role: "auditor" }), []);
  assert.ok(ids(shown, null).includes("close"));
});

Deno.test("the server says what takes two persons, by action, verdict and level", () => {
  const shown = { needs_second: [{ action: "verify", verdict: "false", level: null }, { action: "release", verdict: null, level: null }] };
  const offer = (/** @type {string} */ action, /** @type {Record<string, any>} */ extra = {}) => ({ id: action, action, extra });
  assert.ok(needsSecond(shown, offer("release")));
  assert.ok(needsSecond(shown, offer("verify", { verdict: "false" })));
  assert.ok(!needsSecond(shown, offer("verify", { verdict: "true" })));
  assert.ok(!needsSecond(shown, offer("retract")));
  assert.ok(!needsSecond({}, offer("release")));
});
