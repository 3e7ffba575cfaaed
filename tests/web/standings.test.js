// The appraisal's table: sorted and chosen as asked, and its trends drawn with gaps where nothing was rated.
import assert from "node:assert/strict";
import { arranged, changeOf, linesOf, pathOf } from "/static/lib/standings.js";

/** @param {string} code @param {number | null} score @param {number} sample */
const rating = (code, score, sample) => ({
  subject_code: code, subject_kind: code.includes(":") ? "unit" : "area", score, sample, colour: score === null ? null : score >= 90 ? "green" : "red",
});
const LINES = () => linesOf(
  [rating("500108", 95, 10), rating("500101", 40, 30), rating("500103", null, 0), rating("500108:fire", 95, 5)],
  { "500108": [[80, "yellow", 5], [null, null, 0], [95, "green", 10]], "500101": [[60, "red", 9], [40, "red", 30]] },
  (one) => `名${one.subject_code}`,
);
const ALL = { kind: "", colour: "", text: "" };

/** @param {import("/static/lib/standings.js").Column} by @param {boolean} down @param {typeof ALL} [choice] */
const order = (by, down, choice = ALL) => arranged(LINES(), { by, down }, choice).map((line) => line.rating.subject_code);

Deno.test("either way, and what has no figure stands last both ways", () => {
  assert.deepEqual(order("score", false), ["500101", "500108", "500108:fire", "500103"]);
  assert.deepEqual(order("score", true), ["500108", "500108:fire", "500101", "500103"]);
  assert.deepEqual(order("sample", true), ["500101", "500108", "500108:fire", "500103"]);
  assert.deepEqual(order("change", false), ["500101", "500108", "500103", "500108:fire"]);
  assert.deepEqual(order("subject", true), ["500108:fire", "500108", "500103", "500101"]);
});

Deno.test("by kind, colour and name, all of them together", () => {
  assert.deepEqual(order("subject", false, { ...ALL, kind: "unit" }), ["500108:fire"]);
  assert.deepEqual(order("subject", false, { ...ALL, colour: "none" }), ["500103"]);
  assert.deepEqual(order("subject", false, { ...ALL, text: "500108" }), ["500108", "500108:fire"]);
  assert.deepEqual(order("subject", false, { kind: "area", colour: "green", text: "50" }), ["500108"]);
});

Deno.test("a change is from the first score to the last; one score is no change", () => {
  assert.deepEqual([changeOf([[80, "yellow", 5], [null, null, 0], [95, "green", 10]]), changeOf([[80, "yellow", 5]]), changeOf([])], [15, null, null]);
});

Deno.test("a trend is a line with a gap where nothing was rated", () => {
  assert.equal(pathOf([[100, "green", 1], [50, "red", 1], [null, null, 0], [0, "red", 1]], 90, 20), "M0.0 0.0L30.0 10.0M90.0 20.0");
});

Deno.test("by score those of few cases come after those of enough, both ways, and before what has none", () => {
  const lines = () => linesOf([{ ...rating("500101", 0, 2), few_data: true }, rating("500103", 60, 40), rating("500108", null, 0), rating("500109", 95, 30)], {}, String);
  const codes = (/** @type {boolean} */ down) => arranged(lines(), { by: "score", down }, ALL).map((line) => line.rating.subject_code);
  assert.deepEqual(codes(false), ["500103", "500109", "500101", "500108"]);
  assert.deepEqual(codes(true), ["500109", "500103", "500101", "500108"]);
});
