// Time: the program's time as the server told it last, carried on by the browser's own clock.

import { t } from "./i18n.js";

let serverMs = Date.now();
let heardMs = Date.now();
let aliveMs = Date.now();

/** @param {string} asOf RFC 3339 */
export function heard(asOf) {
  serverMs = Date.parse(asOf);
  heardMs = Date.now();
  alive();
}

/** The program's time now. In a demonstration that runs faster it is as old as the last message. */
export const nowMs = () => serverMs + (Date.now() - heardMs);

/** The line lives: had anything changed it would have been told. */
export function alive() {
  aliveMs = Date.now();
}

/** How old the data may be, in seconds. */
export const ageSeconds = () => Math.round((Date.now() - aliveMs) / 1000);

/**
 * 1:05, 12:40, 3小时20分, 2天
 * @param {number} ms
 */
export function span(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? t("hours-minutes", hours, minutes % 60) : t("days", Math.floor(hours / 24));
}

/**
 * @param {string} moment
 * @returns {string} Beijing time, whatever the browser's zone
 */
export const clockTime = (moment) =>
  new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }).format(new Date(moment));

/** @param {string | number} moment */
export const dayTime = (moment) =>
  new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }).format(new Date(moment));
