// A store follows snapshot and deltas, keeps the newest of each, and orders the board.
import assert from "node:assert/strict";
import { alarms, byUrgency, isSevere, passes, Store } from "/static/lib/store.js";

const COLUMNS = ["incident_id", "seq", "status", "level", "title", "category", "city_code", "district_code", "township_code", "acknowledged", "red_alarm", "next_due_at"];
const AS_OF = "2026-11-22T08:00:00Z";

/** @param {Record<string, any>} change */
const incident = (change) => ({
  incident_id: "i-1", seq: 1, status: "open", level: "IV", title: "起火", category: "accident.fire", city_code: "500000",
  district_code: "500108", township_code: "500108001", acknowledged: false, red_alarm: false, next_due_at: null, ...change,
});
const row = (/** @type {Record<string, any>} */ change) => {
  const one = /** @type {Record<string, any>} */ (incident(change));
  return COLUMNS.map((name) => one[name]);
};

/** @param {...any[]} rows */
function loaded(...rows) {
  const store = new Store();
  store.load({ as_of: AS_OF, position: "e:0", area_code: "500000", columns: COLUMNS, rows, ratings: [], heat: null });
  return store;
}

Deno.test("what becomes severe is news like what is new; what stays severe is not", () => {
  const store = loaded(row({ level: "III" }));
  const told = (/** @type {number} */ seq, /** @type {string} */ level) => store.apply({ as_of: AS_OF, rows: [row({ seq, level })] }).length;
  assert.deepEqual([told(2, "IV"), told(3, "II"), told(4, "I"), told(5, "III"), told(6, "II")], [0, 1, 0, 0, 1]);
});

Deno.test("a delta adds, changes and ends; only what was not here before is fresh", () => {
  const store = loaded(row({}));
  const fresh = store.apply({ as_of: AS_OF, rows: [row({ seq: 2, level: "III" }), row({ incident_id: "i-2" })] });
  assert.deepEqual(fresh.map((one) => one.incident_id), ["i-2"]);
  assert.equal(store.open.get("i-1")?.level, "III");
  store.apply({ as_of: AS_OF, rows: [row({ seq: 3, status: "closed" })] });
  assert.deepEqual([[...store.open.keys()], store.ended.map((one) => one.incident_id)], [["i-2"], ["i-1"]]);
});

Deno.test("an older row that comes late changes nothing", () => {
  const store = loaded(row({ seq: 5, level: "I" }));
  store.apply({ as_of: AS_OF, rows: [row({ seq: 4, level: "III" })] });
  assert.equal(store.open.get("i-1")?.level, "I");
});

Deno.test("a new snapshot forgets what it does not hold", () => {
  const store = loaded(row({}), row({ incident_id: "i-2" }));
  store.load({ as_of: AS_OF, position: "e:9", area_code: "500000", columns: COLUMNS, rows: [row({ incident_id: "i-2" })] });
  assert.deepEqual([...store.open.keys()], ["i-2"]);
});

Deno.test("ranks of the ranking before are remembered, to show what moved", () => {
  const store = loaded();
  for (const rank of [3, 1]) store.apply({ as_of: AS_OF, heat: { entries: [{ incident_id: "i-1", rank }] } });
  assert.deepEqual([store.ranksBefore.get("i-1"), store.heat.entries[0].rank], [3, 1]);
});

Deno.test("red alarms stand first, then the clock that ends first, then the worse", () => {
  const order = [
    incident({ incident_id: "calm" }),
    incident({ incident_id: "grave", level: "I" }),
    incident({ incident_id: "soon", next_due_at: "2026-11-22T09:00:00Z" }),
    incident({ incident_id: "late", next_due_at: "2026-11-22T07:00:00Z" }),
    incident({ incident_id: "red", red_alarm: true }),
  ].sort(byUrgency);
  assert.deepEqual(order.map((one) => one.incident_id), ["red", "late", "soon", "grave", "calm"]);
});

Deno.test("a filter goes by area at each height, level, kind of event and words", () => {
  const one = incident({ level: "II", title: "学府大道商场起火" });
  for (const filter of [{}, { area: "500000" }, { area: "500108" }, { area: "500108001" }, { level: "II" }, { category: "accident" }, { text: "商场" }, { text: "i-1" }]) {
    assert.ok(passes(one, filter), JSON.stringify(filter));
  }
  for (const filter of [{ area: "500101" }, { level: "I" }, { category: "nature" }, { text: "医院" }]) {
    assert.ok(!passes(one, filter), JSON.stringify(filter));
  }
});

Deno.test("an area has the worst level in it, and flashes while a severe one has nobody", () => {
  const found = alarms([
    incident({ level: "III" }),
    incident({ incident_id: "i-2", level: "II", township_code: "500108002" }),
    incident({ incident_id: "i-3", level: "I", district_code: "500101", township_code: null, acknowledged: true }),
  ]);
  assert.deepEqual(found.get("500108"), { level: "II", count: 2, flashes: true });
  assert.deepEqual(found.get("500108001"), { level: "III", count: 1, flashes: false });
  assert.deepEqual(found.get("500101"), { level: "I", count: 1, flashes: false });
  assert.deepEqual(["I", "II", "III", "IV"].map((level) => isSevere(incident({ level }))), [true, true, false, false]);
});

Deno.test("order and alarms are made once for what is open, and anew when that has changed", () => {
  const store = loaded(row({}), row({ incident_id: "i-2", red_alarm: true }));
  const [order, alarmed] = [store.inOrder(), store.alarms()];
  assert.deepEqual(order.map((one) => one.incident_id), ["i-2", "i-1"]);
  assert.ok(store.inOrder() === order && store.alarms() === alarmed);
  store.apply({ as_of: AS_OF, rows: [row({ incident_id: "i-2", seq: 9, status: "closed" })] });
  assert.deepEqual([store.inOrder().map((one) => one.incident_id), store.alarms().get("500108")?.count], [["i-1"], 1]);
});
