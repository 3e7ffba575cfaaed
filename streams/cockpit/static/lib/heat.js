// Heat ranking: level, rank, movement, place, age, and why it is hot. The numbers of the city stand above it.
import { byId, el } from "./dom.js";
import { onLanguage, t } from "./i18n.js";
import { areaName, parentOf } from "./names.js";
import { isOverdue, isSevere, liesIn } from "./store.js";
import { nowMs, span } from "./time.js";

const UNRANKED_SHOWN = 3;

/**
 * @typedef {{
 *   choose: (incidentId: string) => void, chosen: string | null, area: string | undefined,
 *   goTo: (area: string | undefined) => void,
 * }} Reader what the reader looks at, and the ways on
 */

/**
 * @param {import("./store.js").Store} store
 * @param {Reader} reader
 */
export function drawHeat(store, reader) {
  const all = store.heat?.entries ?? [];
  const entries = all.filter((/** @type {any} */ entry) => entryLiesIn(store, entry, reader.area));
  const hottest = all[0]?.heat || 1;
  byId("heat-list").replaceChildren(...entries.map((/** @type {any} */ entry) => el("li", {}, row(store, entry, entry.heat / hottest, reader))));
  if (!entries.length) byId("heat-list").append(el("li", { class: "quiet", text: t("heat-none") }));
  drawFilter(reader, entries.length, all.length);
  drawUnranked(unranked(store, reader.area), reader.choose);
}

/**
 * Whether an entry of the ranking lies in an area; one that is no more open is judged by the code it came with.
 * @param {import("./store.js").Store} store
 * @param {any} entry
 * @param {string | undefined} area
 */
export function entryLiesIn(store, entry, area) {
  const incident = store.open.get(entry.incident_id);
  if (incident || !area) return !incident || liesIn(incident, area);
  for (let code = /** @type {string | null} */ (entry.area_code); code; code = parentOf(code)) if (code === area) return true;
  return false;
}

/**
 * Open incidents of level I or II that the ranking does not name: it ranks what is talked of, not what is dangerous.
 * @param {import("./store.js").Store} store
 * @param {string | undefined} area
 */
export function unranked(store, area) {
  const named = new Set((store.heat?.entries ?? []).map((/** @type {any} */ entry) => entry.incident_id));
  return store.inOrder().filter((one) => isSevere(one) && liesIn(one, area) && !named.has(one.incident_id));
}

/**
 * @param {import("./store.js").Store} store
 * @param {any} entry
 * @param {number} ratio to the hottest
 * @param {Reader} reader
 */
function row(store, entry, ratio, reader) {
  const why = [areaName(entry.area_code), t("heat-why", entry.reports, entry.sources), age(store, entry.incident_id)];
  return el(
    "button",
    { "aria-current": String(entry.incident_id === reader.chosen), on: { click: () => reader.choose(entry.incident_id) } },
    el("span", { class: "rank", text: String(entry.rank) }),
    el("span", { class: "title", title: entry.title }, badge(entry.level), ` ${entry.title}`),
    movement(store.ranksBefore.get(entry.incident_id), entry.rank),
    el("span", { class: "why", title: why.join(" · ") }, ...why.map((words) => el("span", { text: words }))),
    bar(ratio),
  );
}

/** @param {string} level */
const badge = (level) => el("span", { class: `level level-${level}`, text: t(`level-${level}`) });

/** @param {number} ratio 0 to 1; a bar of nothing would look like none */
function bar(ratio) {
  const shown = Math.max(0.01, Math.min(1, ratio));
  const full = el("i");
  full.style.width = `${shown * 100}%`;
  return el("span", { class: "heat-bar", role: "img", "aria-label": t("heat-ratio", Math.round(shown * 100)), title: t("heat-ratio", Math.round(shown * 100)) }, full);
}

/**
 * @param {number | undefined} before
 * @param {number} now
 */
function movement(before, now) {
  if (before === undefined) return el("span", { class: "up", text: t("new") });
  if (before === now) return el("span", { class: "quiet", text: t("same"), title: t("rank-same") });
  const isUp = before > now;
  const places = Math.abs(before - now);
  return el("span", { class: isUp ? "up" : "down", text: `${isUp ? "▲" : "▼"}${places}`, title: t(isUp ? "rank-up" : "rank-down", places) });
}

/**
 * @param {import("./store.js").Store} store
 * @param {string} incidentId
 */
function age(store, incidentId) {
  const incident = store.open.get(incidentId);
  return incident ? span(nowMs() - Date.parse(incident.opened_at)) : "";
}

/**
 * @param {Reader} reader
 * @param {number} shown
 * @param {number} all
 */
function drawFilter(reader, shown, all) {
  const line = byId("heat-filter");
  line.classList.toggle("hidden", !reader.area);
  if (!reader.area) return line.replaceChildren();
  line.replaceChildren(
    el("span", { text: `${t("heat-filtered", areaName(reader.area), shown, all)} ` }),
    el("button", { text: t("whole-area"), on: { click: () => reader.goTo(undefined) } }),
  );
}

/**
 * @param {import("./store.js").Incident[]} severe
 * @param {(incidentId: string) => void} choose
 */
function drawUnranked(severe, choose) {
  const box = byId("heat-unranked");
  box.classList.toggle("hidden", !severe.length);
  box.replaceChildren(
    ...(severe.length ? [el("span", { text: t("heat-unranked", severe.length) })] : []),
    ...severe.slice(0, UNRANKED_SHOWN).map((one) => el("button", { title: one.title, on: { click: () => choose(one.incident_id) } }, badge(one.level), ` ${one.title}`)),
  );
}

/** @param {() => void} toggle the board shows only red alarms, or all again */
export function setUpCounts(toggle) {
  byId("red-alarms").addEventListener("click", toggle);
  onLanguage(() => { byId("counts").dataset.key = ""; byId("red-alarms").dataset.key = ""; });
}

/**
 * @param {import("./store.js").Incident[]} incidents
 * @param {number} now in ms
 */
export const countsOf = (incidents, now) => ({
  open: incidents.length,
  overdue: incidents.filter((one) => isOverdue(one, now)).length,
  severe: incidents.filter(isSevere).length,
  owed: incidents.reduce((sum, one) => sum + one.open_commands, 0),
  alarmed: incidents.filter((one) => one.red_alarm).length,
});

/**
 * @param {import("./store.js").Incident[]} incidents those that the filter lets through
 * @param {boolean} onlyAlarmed whether the board shows only red alarms
 */
export function drawCounts(incidents, onlyAlarmed) {
  const counts = countsOf(incidents, nowMs());
  /** @type {[string, number, boolean, string?][]} */
  const tiles = [
    ["open-incidents", counts.open, false],
    ["overdue", counts.overdue, true, t("overdue-counts")],
    ["severe", counts.severe, true],
    ["owed-commands", counts.owed, false],
  ];
  if (changed("counts", JSON.stringify(counts))) {
    byId("counts").replaceChildren(...tiles.map(([name, count, hot, title]) =>
      el("div", { class: hot && count ? "hot" : "", title }, el("dt", { text: t(name) }), el("dd", { text: String(count) }))
    ));
  }
  if (changed("red-alarms", `${counts.alarmed} ${onlyAlarmed}`)) showAlarmed(counts.alarmed, onlyAlarmed);
}

/**
 * Asked every second: what stays as it was is not drawn again.
 * @param {string} id
 * @param {string} key
 */
function changed(id, key) {
  const { dataset } = byId(id);
  if (dataset.key === key) return false;
  dataset.key = key;
  return true;
}

/**
 * @param {number} count
 * @param {boolean} isPressed
 */
function showAlarmed(count, isPressed) {
  const button = byId("red-alarms");
  button.textContent = `${count ? "▲ " : ""}${t("red-alarms", count)}`;
  button.title = t(isPressed ? "red-alarms-shown" : "red-alarms-filter");
  button.classList.toggle("loud", count > 0);
  button.setAttribute("aria-pressed", String(isPressed));
}
