// What is asked of the audit, what its verification says, and whether what is shown follows each other.
import assert from "node:assert/strict";
import { ACTS, actWord, ASKERS, askerNamed, firstUnlinked, OUTCOMES, pathOf, roleWord, verdictOf } from "/static/lib/audit.js";
import { WORDS } from "/static/lib/i18n.js";

const NOTHING = { person: "", act: "", outcome: "", from: "", to: "" };
/** @param {number} seq @param {string} previous @param {string} digest */
const entry = (seq, previous, digest) => ({
  seq, previous, digest, at: "2026-11-22T08:00:00Z", person_id: "wang", role: "duty_officer", act: "handle",
  area_code: "500108", subject: null, outcome: "allowed",
});

Deno.test("nothing asked for is the whole audit", () => {
  assert.equal(pathOf(NOTHING), "/api/audit");
  assert.equal(pathOf({ ...NOTHING, person: "  " }, null), "/api/audit");
});

Deno.test("filters and the place of the last page are asked for together", () => {
  const path = pathOf({ ...NOTHING, person: " 王&五 ", act: "handle", outcome: "denied" }, "a-b_c");
  assert.equal(path, "/api/audit?person=%E7%8E%8B%26%E4%BA%94&act=handle&outcome=denied&cursor=a-b_c");
});

Deno.test("times of the fields are Beijing's, with seconds or without", () => {
  const asked = new URL(pathOf({ ...NOTHING, from: "2026-11-22T08:00", to: "2026-11-22T09:30:15" }), "http://here").searchParams;
  assert.deepEqual([asked.get("from"), asked.get("to")], ["2026-11-22T08:00:00+08:00", "2026-11-22T09:30:15+08:00"]);
});

Deno.test("a whole chain says how long it is and ends on, a broken one where", () => {
  const head = "0123456789abcdef".repeat(4);
  assert.deepEqual(verdictOf({ is_whole: true, entries: 7, head, broken_at: null }), ["audit-whole", 7, "0123456789ab"]);
  assert.deepEqual(verdictOf({ is_whole: false, entries: 2, head, broken_at: 3 }), ["audit-broken", 3, 2]);
});

Deno.test("an entry that does not follow the one below it stands out; what is filtered out between two proves nothing", () => {
  assert.equal(firstUnlinked([entry(3, "b", "c"), entry(2, "a", "b"), entry(1, "0", "a")]), null);
  assert.equal(firstUnlinked([entry(3, "b", "c"), entry(2, "x", "b"), entry(1, "0", "a")]), 2);
  assert.equal(firstUnlinked([entry(9, "h", "i"), entry(2, "a", "b")]), null);
});

Deno.test("every act and outcome has its words", () => {
  for (const act of ACTS) assert.ok(`audited-${act}` in WORDS, act);
  for (const outcome of OUTCOMES) assert.ok(`ended-${outcome}` in WORDS, outcome);
});

Deno.test("a photograph is called one, handed in or looked at; a report stays a report", () => {
  const photograph = `sha256:${"a".repeat(64)}`;
  const words = [["report", photograph], ["read_incidents", photograph], ["report", "r-1"], ["report", null], ["handle", photograph]]
    .map(([act, subject]) => actWord({ act: String(act), subject }));
  assert.deepEqual(words, ["audited-photograph", "audited-see-photograph", "audited-report", "audited-report", "audited-handle"]);
  assert.ok(words.every((word) => word in WORDS));
});

Deno.test("whoever is no person here has a word, by which they are found", () => {
  for (const [name, word] of Object.entries(ASKERS)) {
    for (const language of [0, 1]) {
      const t = (/** @type {string} */ key) => WORDS[key][language];
      assert.equal(askerNamed(t(word), t), name);
    }
  }
  assert.equal(askerNamed("wang", (key) => WORDS[key][0]), "wang");
});

Deno.test("every role that stands in the audit has a word", () => {
  const roles = ["grid_worker", "unit", "duty_officer", "commander", "supervisor", "auditor", "administrator", "producer"];
  assert.deepEqual(roles.filter((role) => !(roleWord(role) in WORDS)), []);
});
