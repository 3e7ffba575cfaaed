// Desk: which commands a unit owes, what it may say about each, and the message it says it with. Pure.

const LIVE = ["issued", "received", "acknowledged"];
const AWAITS = ["issued", "received"];

/**
 * @typedef {{command: any, status: string, tier: string, acknowledged_at: string | null, done_at: string | null, attachments?: any[], incident_title?: string | null}} Held
 * @typedef {"received" | "acknowledged" | "refused" | "progress" | "done"} FeedbackKind
 */

/** @param {Held} held */
export const isLive = (held) => held.command.kind === "order" && LIVE.includes(held.status);

/** @param {Held} held */
export const awaitsAcknowledgement = (held) => held.command.kind === "order" && AWAITS.includes(held.status);

/**
 * The moment the next clock of this unit runs out, or null.
 * @param {Held} held
 * @returns {string | null}
 */
export function dueAt(held) {
  if (!isLive(held)) return null;
  return awaitsAcknowledgement(held) ? held.command.acknowledge_by : held.command.complete_by ?? null;
}

/**
 * @param {Held} held
 * @returns {FeedbackKind[]} the first is the one to press
 */
export function acts(held) {
  if (awaitsAcknowledgement(held)) return ["acknowledged", "refused"];
  return isLive(held) ? ["done", "progress"] : [];
}

/**
 * What is owed first, by its clock; then what was taken back and nobody here has noticed yet; then the rest.
 * @param {Held[]} commands
 * @param {(commandId: string) => boolean} isNoticed
 */
export function arranged(commands, isNoticed) {
  const orders = commands.filter((held) => held.command.kind === "order");
  const due = (/** @type {Held} */ held) => Date.parse(dueAt(held) ?? "9999-01-01T00:00:00Z");
  const isNews = (/** @type {Held} */ held) => held.status === "retracted" && !isNoticed(held.command.command_id);
  return {
    retracted: orders.filter(isNews),
    owed: orders.filter(isLive).sort((one, other) => due(one) - due(other)),
    ended: orders.filter((held) => !isLive(held) && !isNews(held)),
  };
}

/**
 * Orders and retractions that this desk has, and of which the sender does not know it yet.
 * @param {Held[]} commands
 */
export const unreceipted = (commands) => commands.filter((held) => held.status === "issued");

/**
 * @param {Held} held
 * @param {string} feedbackId
 * @param {FeedbackKind} kind
 * @param {string} occurredAt RFC 3339
 * @param {{person?: {id: string, name: string}, reason?: string, note?: string, progress_ratio?: number}} said
 */
export const feedback = (held, feedbackId, kind, occurredAt, said) => ({
  schema_version: 1,
  feedback_id: feedbackId,
  command_id: held.command.command_id,
  incident_id: held.command.incident_id,
  unit_code: held.command.unit_code,
  kind,
  occurred_at: occurredAt,
  ...said,
});

/** @param {string} commandId */
export const feedbackPath = (commandId) => `/api/commands/${encodeURIComponent(commandId)}/feedback`;
