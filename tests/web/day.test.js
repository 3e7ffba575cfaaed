// A day is replayed from its changes: any moment, in any order, adds up to the same.
import assert from "node:assert/strict";
import { Day, playedOn } from "/static/lib/day.js";

/** @returns {import("/static/lib/day.js").DayTold} */
const told = () => ({
  date: "2026-11-22",
  begins_at: "2026-11-22T00:00:00+08:00",
  until_ms: 86_400_000,
  is_whole: true,
  put_away: 0,
  columns: ["incident_id", "district_code"],
  incidents: [["i-1", "500108"], ["i-2", "500101"]],
  changes: [
    [0, 0, true, "IV", false],
    [1_000, 1, true, "IV", false],
    [2_000, 0, true, "II", false],
    [2_000, 1, true, "IV", true],
    [3_000, 0, false, "II", false],
    [4_000, 0, true, "II", false],
  ],
});

/** @param {Day} day @param {number} ms */
const seen = (day, ms) => [...day.openAt(ms).values()].map((one) => `${one.incident_id} ${one.level} ${one.acknowledged}`).sort();
const PICTURES = /** @type {[number, string[]][]} */ ([
  [0, ["i-1 IV false"]],
  [999, ["i-1 IV false"]],
  [1_000, ["i-1 IV false", "i-2 IV false"]],
  [2_500, ["i-1 II false", "i-2 IV true"]],
  [3_000, ["i-2 IV true"]],
  [9_000, ["i-1 II false", "i-2 IV true"]],
]);

Deno.test("a moment has the last change of each incident up to it", () => {
  for (const [ms, picture] of PICTURES) assert.deepEqual(seen(new Day(told()), ms), picture, String(ms));
});

Deno.test("the way to a moment does not matter: on, back, and on again", () => {
  const day = new Day(told());
  for (const [ms, picture] of [...PICTURES, ...[...PICTURES].reverse(), ...PICTURES]) assert.deepEqual(seen(day, ms), picture, String(ms));
});

Deno.test("the area is the incident's, the moment is the day's", () => {
  const day = new Day(told());
  assert.deepEqual(day.openAt(0).get("i-1")?.district_code, "500108");
  assert.equal(day.momentAt(3_600_000), "2026-11-21T17:00:00.000Z");
});

Deno.test("playing goes on at its speed and stops at the end", () => {
  assert.deepEqual([playedOn(0, 200, 300, 86_400_000), playedOn(86_399_000, 200, 300, 86_400_000)], [60_000, 86_400_000]);
});
