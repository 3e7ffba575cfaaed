// Replay tells how an incident stood after each entry of its log.
import assert from "node:assert/strict";
import { standingAfter } from "/static/lib/replay.js";

const LOG = [
  { type: "step_started", data: { step: "intake", tier: "township" } },
  { type: "report_joined", data: {} },
  { type: "facts_revised", data: { facts: { deaths: 3 } } },
  { type: "preliminary_graded", data: { level: "III" } },
  { type: "step_ended", data: { step: "intake" } },
  { type: "stage_entered", data: { stage: "verification" } },
  { type: "step_started", data: { step: "check", tier: "district" } },
  { type: "deadline_set", data: { deadline_id: "d-1", step: "check" } },
  { type: "verdict_reached", data: { verdict: "true" } },
  { type: "command_issued", data: { command: { command_id: "c-1", unit_code: "500108:fire" } } },
  { type: "command_acknowledged", data: { command_id: "c-1", person: { name: "陈勇" } } },
  { type: "command_done", data: { command_id: "c-1" } },
  { type: "incident_closed", data: {} },
].map((event, index) => ({ ...event, recorded_at: `2026-11-22T08:00:${String(index).padStart(2, "0")}Z` }));

Deno.test("nothing has happened before the first entry", () => {
  const at = standingAfter(LOG, 0);
  assert.deepEqual([at.stage, at.status, at.verdict, at.reports, at.steps, at.commands], ["perception", "open", "unverified", 0, {}, {}]);
});

Deno.test("each entry counts once, and none that came later", () => {
  const at = standingAfter(LOG, 4);
  assert.deepEqual([at.reports, at.facts, at.level, at.verdict], [1, { deaths: 3 }, "III", "unverified"]);
  assert.equal(at.steps.intake.ended_at, null);
  assert.equal(standingAfter(LOG, 5).steps.intake.ended_at, "2026-11-22T08:00:04Z");
});

Deno.test("commands carry their status and who signed; the end closes", () => {
  const status = (/** @type {number} */ count) => standingAfter(LOG, count).commands["c-1"]?.status;
  assert.deepEqual([9, 10, 11, 12].map(status), [undefined, "issued", "acknowledged", "done"]);
  const end = standingAfter(LOG, LOG.length);
  assert.deepEqual([end.status, end.stage, end.commands["c-1"].person], ["closed", "verification", "陈勇"]);
});

Deno.test("an overdue clock is counted at its step; that of the check itself is no lateness of a person", () => {
  const log = [
    { type: "step_started", data: { step: "confirm", tier: "district" }, recorded_at: "t" },
    { type: "deadline_set", data: { deadline_id: "d-1", step: "confirm" }, recorded_at: "t" },
    { type: "deadline_fired", data: { deadline_id: "d-1" }, recorded_at: "t" },
    { type: "step_escalated", data: { step: "confirm", to_tier: "city" }, recorded_at: "t" },
    { type: "red_alarm_raised", data: { step: "confirm" }, recorded_at: "t" },
  ];
  assert.deepEqual(standingAfter(log, 5).steps.confirm, { tier: "city", started_at: "t", ended_at: null, times_overdue: 1, red_alarm: true });
});
