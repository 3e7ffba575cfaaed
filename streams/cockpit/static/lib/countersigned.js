// Countersigned: which decisions of an incident two persons stand behind, read from its log.
import { el } from "./dom.js";
import { t } from "./i18n.js";
import { clockTime } from "./time.js";

/**
 * @param {any[]} events in the order of seq
 * @param {number} [count] how many of them have happened; all, if left out
 * @returns {{action: string, officer: string, second: string, at: string}[]}
 */
export const signaturesIn = (events, count = events.length) =>
  events.slice(0, count).filter((event) => event.type === "countersigned").map(({ data, recorded_at: at }) =>
    ({ action: data.action, officer: data.officer.name, second: data.second_officer.name, at }));

/** @param {any[]} events @param {number | null} count null is now */
export function countersigned(events, count) {
  const found = signaturesIn(events, count ?? events.length);
  if (!found.length) return el("div");
  return el(
    "div",
    {},
    el("h3", { text: t("two-persons") }),
    el("ul", {}, ...found.map((one) => el("li", { text: `${clockTime(one.at)} ${t("said-of", t(`act-${one.action}`), `${one.officer} + ${one.second}`)}` }))),
  );
}
