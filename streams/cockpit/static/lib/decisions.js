// Decisions: which acts this officer may offer for an incident as it stands, and how one is sent. The engine decides.
import { newId, request } from "./api.js";

/**
 * @typedef {{person_id: string, name: string, role: string, area_code: string}} Someone
 * @typedef {{id: string, action: string, extra: Record<string, any>, danger?: boolean, reason?: boolean, takesBack?: number}} Offer `takesBack`: so many orders that are out
 */

const HANDLES = ["duty_officer", "commander"];

/**
 * The acts to offer, in the order of their likely use.
 * @param {any} view the API's incident
 * @param {Someone | null} someone null: the installation itself
 * @returns {Offer[]}
 */
export function offers(view, someone) {
  const { summary } = view;
  const handles = !someone || HANDLES.includes(someone.role);
  const supervises = handles || someone?.role === "supervisor";
  /** @type {ReturnType<typeof offers>} */
  const found = [];
  if (summary.status !== "open") {
    if (handles && summary.status !== "merged") found.push({ id: "reopen", action: "reopen", extra: {}, reason: true });
    return found;
  }
  if (handles && !view.acknowledged_by) found.push({ id: "acknowledge", action: "acknowledge", extra: {} });
  if (handles && ["unverified", "unclear"].includes(summary.verdict)) {
    found.push({ id: "verify-true", action: "verify", extra: { verdict: "true" }, reason: true });
    found.push({ id: "verify-false", action: "verify", extra: { verdict: "false" }, reason: true, danger: true });
    found.push({ id: "verify-unclear", action: "verify", extra: { verdict: "unclear" }, reason: true });
  }
  if (handles && view.waiting_tasks.length) found.push({ id: "release", action: "release", extra: {} });
  if (supervises && summary.stage === "follow_up") found.push({ id: "supervise", action: "supervise", extra: {}, reason: true });
  if (handles && summary.stage === "follow_up" && !summary.open_commands) found.push({ id: "close", action: "close", extra: {}, reason: true });
  const up = { township: "district", district: "city" }[/** @type {"township" | "district"} */ (summary.step_tier)];
  if (handles && up && summary.step) found.push({ id: "escalate", action: "escalate", extra: { to_tier: up }, reason: true });
  if (handles && summary.open_commands) found.push({ id: "retract-all", action: "retract", extra: {}, reason: true, danger: true, takesBack: summary.open_commands });
  return found;
}

/**
 * Whether one click is too little: a press that is held, and a second officer. The server says which acts those are.
 * @param {any} view
 * @param {Offer} offer
 */
export const needsSecond = (view, offer) =>
  (view.needs_second ?? []).some((/** @type {any} */ choice) =>
    choice.action === offer.action && ["verdict", "level"].every((name) => (choice[name] ?? null) === (offer.extra[name] ?? null)));

/**
 * Whether it is held and not clicked: what takes two, and what takes back more than one order.
 * @param {any} view
 * @param {Offer} offer
 */
export const isHeldFor = (view, offer) => needsSecond(view, offer) || (offer.takesBack ?? 0) > 1;

/**
 * @param {string} incidentId
 * @param {string | undefined} cityCode where the installation itself sits
 * @param {string} action
 * @param {Record<string, any>} extra
 * @param {Someone | null} someone
 */
export function decide(incidentId, cityCode, action, extra, someone) {
  return request("POST", `/api/incidents/${incidentId}/decisions`, {
    schema_version: 1,
    decision_id: newId(),
    action,
    officer: { id: someone?.person_id ?? "installation", name: someone?.name ?? "installation" },
    area_code: someone?.area_code ?? cityCode,
    decided_at: new Date().toISOString(),
    ...extra,
  });
}
