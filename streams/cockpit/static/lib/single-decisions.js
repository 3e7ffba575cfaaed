// Single decisions: one level, one clock, one order. Who is offered them, what there is to choose, and what is sent. Pure.
// The engine decides: as in decisions.js, nothing is offered that it would refuse.
import { needsSecond } from "./decisions.js";

/**
 * @typedef {import("./decisions.js").Someone} Someone
 * @typedef {{action: string, extra: Record<string, any>}} Decision
 * @typedef {{value: string, isForTwo: boolean}} Choice
 * @typedef {{deadlineId: string, kind: string, step: string | null, due_at: string}} Clock
 */

const LEVELS = ["I", "II", "III", "IV"];
const MAY = /** @type {Record<string, string[]>} */ ({
  regrade: ["commander"],
  extend: ["commander"],
  retract: ["duty_officer", "commander"],
});
const WITH_ORDERS = ["disposal", "follow_up"];
// A refusal stands until somebody takes the order back.
const OWED = ["issued", "received", "acknowledged", "refused"];
const EXTENDED_BY_MINUTES = [30, 60, 120];
const MINUTE_MS = 60_000;
const BEIJING_MS = 8 * 60 * MINUTE_MS;

/**
 * @param {string} action
 * @param {any} view the API's incident
 * @param {Someone | null} someone null: the installation itself
 */
const mayNow = (action, view, someone) =>
  (!someone || MAY[action].includes(someone.role)) && view.summary.status === "open" && view.summary.stage !== "perception";

/**
 * The levels that it could have instead; none where nothing may be chosen.
 * @param {any} view
 * @param {Someone | null} someone
 * @returns {Choice[]}
 */
export function otherLevels(view, someone) {
  if (!mayNow("regrade", view, someone)) return [];
  return LEVELS.filter((level) => level !== view.summary.level)
    .map((level) => ({ value: level, isForTwo: needsSecond(view, { id: "regrade", action: "regrade", extra: { level } }) }));
}

/**
 * The running clocks that may be given more time; the look for a twin is the machine's own and nobody waits for it.
 * @param {any} view
 * @param {Someone | null} someone
 * @param {(deadline: any) => boolean} isWanted
 * @returns {Clock[]}
 */
export function clocksOf(view, someone, isWanted) {
  if (!mayNow("extend", view, someone)) return [];
  return Object.entries(view.deadlines)
    .filter(([, deadline]) => deadline.kind !== "fusion_check" && isWanted(deadline))
    .map(([deadlineId, { kind, step, due_at }]) => ({ deadlineId, kind, step, due_at }));
}

/**
 * @param {any} view
 * @param {any} held a command as the API tells it
 * @param {Someone | null} someone
 */
export const mayRetract = (view, held, someone) =>
  mayNow("retract", view, someone) && WITH_ORDERS.includes(view.summary.stage) && isOwed(held);

/** An order that is out and not ended. @param {any} held a command as the API tells it */
export const isOwed = (held) => held.command.kind === "order" && OWED.includes(held.status);

/** More time counts from the end of the clock, or from now where that has passed. @param {string} due @param {number} now in ms */
const countsFrom = (due, now) => Math.max(Date.parse(due), now);

/**
 * @param {string} due when the clock ends
 * @param {number} now in ms
 * @returns {{minutes: number, until: string}[]}
 */
export const extensions = (due, now) =>
  EXTENDED_BY_MINUTES.map((minutes) => ({ minutes, until: new Date(countsFrom(due, now) + minutes * MINUTE_MS).toISOString() }));

/**
 * The first whole minute, in Beijing, that gives more time; as a field for a date and time wants it.
 * @param {string} due
 * @param {number} now in ms
 */
export const earliest = (due, now) =>
  new Date(Math.floor(countsFrom(due, now) / MINUTE_MS) * MINUTE_MS + MINUTE_MS + BEIJING_MS).toISOString().slice(0, 16);

/** @param {string} field a date and time of day in Beijing, as such a field gives it */
export const momentOf = (field) => new Date(`${field}+08:00`).toISOString();

/** @param {string} level @param {string} reason @returns {Decision} */
export const regrade = (level, reason) => ({ action: "regrade", extra: { level, reason } });

/** @param {string} deadlineId @param {string} until @param {string} reason @returns {Decision} */
export const extension = (deadlineId, until, reason) => ({ action: "extend", extra: { deadline_id: deadlineId, until, reason } });

/** @param {string} commandId @param {string} reason @returns {Decision} */
export const retraction = (commandId, reason) => ({ action: "retract", extra: { command_ids: [commandId], reason } });
