// The numbers above the ranking count what is late and alarmed; the ranking is that of the area, and hides no danger.
import assert from "node:assert/strict";
import { countsOf, entryLiesIn, unranked } from "/static/lib/heat.js";
import { passes, Store } from "/static/lib/store.js";
import { span } from "/static/lib/time.js";

const NOW = Date.parse("2026-11-22T08:00:00Z");
const [EARLIER, LATER] = ["2026-11-22T07:59:59Z", "2026-11-22T08:05:00Z"];
const COLUMNS = ["incident_id", "seq", "status", "level", "title", "city_code", "district_code", "township_code", "red_alarm", "next_due_at", "open_commands"];

/** @param {Record<string, any>} change */
const row = (change) => {
  const one = /** @type {Record<string, any>} */ ({ seq: 1, status: "open", level: "IV", title: "起火", city_code: "500000", district_code: "500108", township_code: null, red_alarm: false, next_due_at: null, open_commands: 0, ...change });
  return COLUMNS.map((name) => one[name]);
};

/** @param {any[]} entries @param {...any[]} rows */
function loaded(entries, ...rows) {
  const store = new Store();
  store.load({ as_of: EARLIER, position: "e:0", area_code: "500000", columns: COLUMNS, rows, ratings: [], heat: { entries } });
  return store;
}

const BUSY = [
  row({ incident_id: "late", next_due_at: EARLIER }),
  row({ incident_id: "in-time", next_due_at: LATER, open_commands: 2 }),
  row({ incident_id: "alarm-without-clock", red_alarm: true, level: "II" }),
  row({ incident_id: "alarm-with-new-clock", red_alarm: true, next_due_at: LATER, district_code: "500107" }),
];

Deno.test("a red alarm is overdue, whether it has no clock or a new one, and is counted by itself", () => {
  const incidents = loaded([], ...BUSY).inOrder();
  assert.deepEqual(countsOf(incidents, NOW), { open: 4, overdue: 3, severe: 1, owed: 2, alarmed: 2 });
  assert.deepEqual(countsOf([], NOW), { open: 0, overdue: 0, severe: 0, owed: 0, alarmed: 0 });
});

Deno.test("the board can be made to show red alarms only, of an area too", () => {
  const seen = (/** @type {any} */ filter) => loaded([], ...BUSY).inOrder().filter((one) => passes(one, filter)).map((one) => one.incident_id).sort();
  assert.deepEqual(seen({ alarmed: true }), ["alarm-with-new-clock", "alarm-without-clock"]);
  assert.deepEqual(seen({ alarmed: true, area: "500107" }), ["alarm-with-new-clock"]);
  assert.equal(seen({ alarmed: false }).length, 4);
});

Deno.test("the ranking of a district has none of another's", () => {
  const entries = [{ incident_id: "late", area_code: "500108001" }, { incident_id: "alarm-with-new-clock", area_code: "500107" }, { incident_id: "gone", area_code: "500107" }];
  const store = loaded(entries, ...BUSY);
  const of = (/** @type {string | undefined} */ area) => entries.filter((entry) => entryLiesIn(store, entry, area)).map((entry) => entry.incident_id);
  assert.deepEqual(of(undefined), ["late", "alarm-with-new-clock", "gone"]);
  assert.deepEqual(of("500107"), ["alarm-with-new-clock", "gone"]);
  assert.deepEqual(of("500108"), ["late"]);
});

Deno.test("a severe incident that is not ranked is named beside the ranking", () => {
  const names = (/** @type {any[]} */ entries, /** @type {string} */ area) => unranked(loaded(entries, ...BUSY), area).map((one) => one.incident_id);
  assert.deepEqual(names([], "500000"), ["alarm-without-clock"]);
  assert.deepEqual(names([], "500107"), []);
  assert.deepEqual(names([{ incident_id: "alarm-without-clock" }], "500000"), []);
});

Deno.test("a span is told in the words of the language", () => {
  assert.deepEqual([65, 69 * 60, 50 * 3600].map((seconds) => span(seconds * 1000)), ["1:05", "1小时9分", "2天"]);
});
