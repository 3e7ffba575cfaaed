// Said: what officers and units gave as words of their own in the log of an incident: why, how far, and what else.
import { t } from "./i18n.js";
import { unitName } from "./names.js";

/**
 * @param {any} data of an event
 * @returns {string} empty where nobody gave words
 */
function wordsOf(data) {
  const late = data.late ? t("said-late", t(`command-${data.late}`)) : "";
  const ratio = typeof data.progress_ratio === "number" ? `${Math.round(data.progress_ratio * 100)}%` : "";
  return [late, ratio, data.reason, data.note].filter(Boolean).join(" ");
}

/**
 * The last words of each command's unit, as they stood after so many entries of the log.
 * @param {any[]} events in the order of seq
 * @param {number | null} count null is all
 * @returns {Map<string, {words: string, at: string}>} by command_id
 */
export function lastWords(events, count) {
  const found = new Map();
  for (const { actor, data, recorded_at: at } of events.slice(0, count ?? events.length)) {
    const words = actor?.kind === "unit" && data.command_id ? wordsOf(data) : "";
    if (words) found.set(data.command_id, { words, at });
  }
  return found;
}

/**
 * Who made this happen and in which words; empty for a rule, a clock or a reporter.
 * @param {any} event
 */
export function whoSaid({ actor, data }) {
  if (actor?.kind !== "officer" && actor?.kind !== "unit") return "";
  const who = actor.kind === "unit" ? unitName(actor.id) : actor.id;
  const words = wordsOf(data);
  return words ? t("said-of", who, words) : who;
}
