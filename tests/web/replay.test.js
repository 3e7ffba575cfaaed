// Replay tells how an incident stood after each entry of its log.
import assert from "node:assert/strict";
import { standingAfter, viewOfPast } from "/static/lib/replay.js";

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

const STORY = [
  { type: "incident_opened", data: { title: "烟雾", category: null, place: { city_code: "500000" }, exercise: false } },
  { type: "report_joined", data: { source_id: "grid", report_id: "r-1" } },
  { type: "facts_revised", data: { facts: { injured: 2 }, approximate: ["injured"], origins: { injured: { spans: [{ words: "两人受伤" }] } } } },
  { type: "preliminary_graded", data: { level: "IV", fired: [{ rule_id: "serious-IV" }] } },
  { type: "step_started", data: { step: "confirm", tier: "city" } },
  { type: "red_alarm_raised", data: { step: "confirm" } },
  { type: "incident_acknowledged", data: { officer: { name: "陈勇" } } },
  { type: "step_ended", data: { step: "confirm" } },
  { type: "category_settled", data: { category: "accident.fire" } },
  { type: "report_contradicted", data: { contradictions: [{ field: "deaths" }] } },
  { type: "sensitivity_found", data: { sensitive: [{ kind: "place" }] } },
  { type: "merge_suggested", data: { suggestion: { incident_id: "i-2", score: 0.6 } } },
  { type: "merge_suggested", data: { suggestion: { incident_id: "i-2", score: 0.7 } } },
  { type: "report_joined", data: { source_id: "grid", report_id: "r-2" } },
  { type: "warning_issued", data: { warning: { headline_zh: "预警" } } },
  { type: "warning_cancelled", data: { warning: { headline_zh: "解除" } } },
].map((event, index) => ({ ...event, recorded_at: `2026-11-22T08:00:${String(index).padStart(2, "0")}Z` }));
const past = (/** @type {number} */ count) => viewOfPast("i-1", standingAfter(STORY, count));

Deno.test("at its beginning an incident has nothing of what became of it", () => {
  const { summary, ...rest } = past(1);
  assert.deepEqual(summary, {
    incident_id: "i-1", level: "IV", stage: "perception", status: "open", verdict: "unverified", title: "烟雾", category: null,
    exercise: false, opened_at: "2026-11-22T08:00:00Z", red_alarm: false,
  });
  assert.deepEqual(rest, {
    place: { city_code: "500000" }, acknowledged_by: null, facts: {}, approximate: [], origins: {}, sensitive: [], contradictions: [],
    suggestions: [], fired: [], next_lines: [], questions: [], steps: {}, deadlines: {}, warning: null, waiting_tasks: [],
  });
});

Deno.test("each thing is there from its entry on, and a red alarm only while its step stands open", () => {
  const whole = past(13);
  assert.deepEqual([whole.approximate, whole.fired.length, whole.acknowledged_by.name, whole.summary.category], [["injured"], 1, "陈勇", "accident.fire"]);
  assert.deepEqual([whole.contradictions.length, whole.sensitive.length, whole.suggestions.map((one) => one.score)], [1, 1, [0.7]]);
  assert.deepEqual([5, 6, 7, 8].map((count) => past(count).summary.red_alarm), [false, true, true, false]);
  assert.deepEqual([6, 7].map((count) => past(count).acknowledged_by?.name), [undefined, "陈勇"]);
  assert.deepEqual([14, 15, 16].map((count) => past(count).warning?.headline_zh), [undefined, "预警", undefined]);
});

Deno.test("of the reports those are known that had joined", () => {
  assert.deepEqual([1, 2, 13, 14].map((count) => [...standingAfter(STORY, count).joined]), [[], ["grid/r-1"], ["grid/r-1"], ["grid/r-1", "grid/r-2"]]);
});
