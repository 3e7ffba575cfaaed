// Heat ranking: rank, movement, level, place, age, and why it is hot. The numbers of the city stand above it.
import { byId, el } from "./dom.js";
import { t } from "./i18n.js";
import { areaName } from "./names.js";
import { dueAt, isSevere } from "./store.js";
import { nowMs, span } from "./time.js";

/**
 * @param {import("./store.js").Store} store
 * @param {(incidentId: string) => void} choose
 * @param {string | null} chosen
 */
export function drawHeat(store, choose, chosen) {
  const entries = store.heat?.entries ?? [];
  const hottest = entries[0]?.heat || 1;
  byId("heat-list").replaceChildren(
    ...entries.map((/** @type {any} */ entry) =>
      el("li", {}, el(
        "button",
        { "aria-current": String(entry.incident_id === chosen), on: { click: () => choose(entry.incident_id) } },
        el("span", { class: "rank", text: String(entry.rank) }),
        el("span", { class: "title", text: entry.title, title: entry.title }),
        movement(store.ranksBefore.get(entry.incident_id), entry.rank),
        el(
          "span",
          { class: "why" },
          el("span", { class: `level level-${entry.level}`, text: t(`level-${entry.level}`) }),
          el("span", { text: areaName(entry.area_code) }),
          el("span", { text: t("heat-why", entry.reports, entry.sources) }),
          el("span", { text: age(store, entry.incident_id) }),
        ),
        el("meter", { min: 0, max: 1, value: Math.max(0.02, Math.min(1, entry.heat / hottest)), "aria-label": t("heat") }),
      ))
    ),
  );
  if (!entries.length) byId("heat-list").append(el("li", { class: "quiet", text: t("heat-none") }));
}

/**
 * @param {number | undefined} before
 * @param {number} now
 */
function movement(before, now) {
  if (before === undefined) return el("span", { class: "up", text: t("new") });
  if (before === now) return el("span", { class: "quiet", text: "–", "aria-label": "=" });
  return before > now
    ? el("span", { class: "up", text: `▲${before - now}` })
    : el("span", { class: "down", text: `▼${now - before}` });
}

/**
 * @param {import("./store.js").Store} store
 * @param {string} incidentId
 */
function age(store, incidentId) {
  const incident = store.open.get(incidentId);
  return incident ? span(nowMs() - Date.parse(incident.opened_at)) : "";
}

/** @param {import("./store.js").Incident[]} incidents those that the filter lets through */
export function drawCounts(incidents) {
  const now = nowMs();
  const numbers = [
    ["open-incidents", incidents.length, false],
    ["overdue", incidents.filter((one) => dueAt(one) < now).length, true],
    ["severe", incidents.filter(isSevere).length, true],
    ["owed-commands", incidents.reduce((sum, one) => sum + one.open_commands, 0), false],
  ];
  byId("counts").replaceChildren(
    ...numbers.map(([name, count, hot]) =>
      el("div", { class: hot && count ? "hot" : "" }, el("dt", { text: t(String(name)) }), el("dd", { text: String(count) }))
    ),
  );
}
