// Names: what codes are called, loaded once.
import { get } from "./api.js";
import { language } from "./i18n.js";

/** @type {{areas: Record<string, [string, string | null, boolean]>, categories: Record<string, [string, string]>, departments: Record<string, [string, string]>, sources?: Record<string, string>, rating_bands?: Record<string, number>}} */
let words = { areas: {}, categories: {}, departments: {} };
const KEY = "fenghuo.words";

export async function loadNames() {
  const answer = await get("/api/screen/words");
  if (!answer.ok) return false;
  words = answer.body;
  try {
    localStorage.setItem(KEY, JSON.stringify(words));
  } catch { /* a browser that keeps nothing */ }
  return true;
}

/** The names as they were last time, for a page without a line; whether there are any. */
export function recallNames() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
    if (kept?.areas) words = kept;
    return Boolean(kept?.areas);
  } catch {
    return false;
  }
}

/**
 * What the text is called from which a line of grading was taken; one that is no more in the rule packs by its own words.
 * @param {string} source in English, as the log has it
 */
export const sourceName = (source) => (language() ? source : words.sources?.[source] ?? source);

/** @param {string | null | undefined} code */
export const areaName = (code) => (code ? words.areas[code]?.[0] ?? code : "");

/** @param {string} code */
export const parentOf = (code) => words.areas[code]?.[1] ?? null;

/** The lowest score of each colour, by the rulebook in force; below the last is red. */
export const ratingBands = () => words.rating_bands ?? null;

/**
 * The areas right below, in force today.
 * @param {string} code
 */
export const areasBelow = (code) =>
  Object.entries(words.areas).filter(([, [, parent, inForce]]) => parent === code && inForce).map(([below]) => below);

/** @param {string | null | undefined} category */
export const categoryName = (category) => words.categories[category ?? "other"]?.[language()] ?? category ?? "";

export const categories = () => Object.keys(words.categories);

/**
 * 南岸区 消防救援
 * @param {string} code area:department
 */
export function unitName(code) {
  const [area, department] = code.split(":");
  return `${areaName(area)} ${words.departments[department]?.[language()] ?? department}`;
}

/**
 * Where an incident lies, as far down as is known.
 * @param {Record<string, any>} incident
 */
export const placeName = (incident) => [areaName(incident.district_code), areaName(incident.township_code)].filter(Boolean).join(" ") || areaName(incident.city_code);
