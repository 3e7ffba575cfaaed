// The tabs of one browser: one of them has the stream, and nobody misses or repeats a frame.
import assert from "node:assert/strict";
import { hasStream, placeOf, roleAfter } from "/static/lib/tabs.js";

/** @param {("granted" | "heard" | "silent")[]} story */
const after = (...story) => story.reduce(roleAfter, /** @type {import("/static/lib/tabs.js").Role} */ ("follower"));

Deno.test("a tab has a stream when it leads, or when the leader has long said nothing", () => {
  assert.deepEqual([after(), after("heard"), after("silent"), after("granted")].map(hasStream), [false, false, true, true]);
});

Deno.test("a leader that speaks again makes the others hang up; a leader never hangs up", () => {
  assert.deepEqual([after("silent", "heard"), after("granted", "heard"), after("granted", "silent")], ["follower", "leader", "leader"]);
});

Deno.test("who waited alone leads when the lock comes", () => {
  assert.equal(after("silent", "granted"), "leader");
});

Deno.test("a frame is next, known, or comes after a gap; another numbering is a gap", () => {
  assert.deepEqual(
    ["e:6", "e:5", "e:1", "e:7", "f:6"].map((told) => placeOf("e:5", told)),
    ["next", "known", "known", "gap", "gap"],
  );
  assert.equal(placeOf("a:b:5", "a:b:6"), "next");
});
