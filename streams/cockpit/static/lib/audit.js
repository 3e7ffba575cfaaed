// Audit: what is asked of the audit, and how an entry reads. Knows nothing of the page.

export const ACTS = [
  "report", "read_personal_data", "handle", "command", "supervise", "countersign", "decline", "answer_commands",
  "read_incidents", "read_commands", "read_appraisal", "export", "read_audit", "manage_accounts",
  "sign_in", "use_link", "use_token", "use_key", "sign_out",
];
export const OUTCOMES = ["allowed", "denied", "lowered"];
const DIGEST_SHOWN = 12;
/** Who asks without being a person here, by the name in the book. No person's id has a space in it. @type {Record<string, string>} */
export const ASKERS = { "the installation": "asker-installation", "the command line": "asker-command-line", "somebody unknown": "asker-unknown" };
const OF_PHOTOGRAPHS = { report: "audited-photograph", read_incidents: "audited-see-photograph" };

/** @typedef {{person: string, act: string, outcome: string, from: string, to: string}} Filters */
/**
 * @typedef {{seq: number, at: string, person_id: string, role: string, act: string, area_code: string | null,
 *   subject: string | null, outcome: string, previous: string, digest: string}} Entry
 */
/** @typedef {{is_whole: boolean, entries: number, head: string, broken_at: number | null}} Chain */

/**
 * Where these entries are asked for. `from` and `to` are as a field for local times gives them, in Beijing time.
 * @param {Filters} filters
 * @param {string | null} [cursor] of the page before
 */
export function pathOf(filters, cursor) {
  const asked = new URLSearchParams();
  for (const name of /** @type {const} */ (["person", "act", "outcome"])) {
    if (filters[name].trim()) asked.set(name, filters[name].trim());
  }
  for (const name of /** @type {const} */ (["from", "to"])) {
    if (filters[name]) asked.set(name, `${filters[name].length === 16 ? `${filters[name]}:00` : filters[name]}+08:00`);
  }
  if (cursor) asked.set("cursor", cursor);
  const query = asked.toString();
  return query ? `/api/audit?${query}` : "/api/audit";
}

/** @param {string} digest */
export const shortly = (digest) => digest.slice(0, DIGEST_SHOWN);

/**
 * What the verification found, as a word and its values.
 * @param {Chain} chain
 * @returns {[string, ...(string | number)[]]}
 */
export const verdictOf = (chain) =>
  chain.is_whole ? ["audit-whole", chain.entries, shortly(chain.head)] : ["audit-broken", chain.broken_at ?? 0, chain.entries];

/**
 * The first of the entries shown, latest first, that does not follow the one below it; null where all do or gaps lie between.
 * @param {Entry[]} entries
 */
export function firstUnlinked(entries) {
  const found = entries.findIndex((entry, index) => entry.seq - 1 === entries[index + 1]?.seq && entry.previous !== entries[index + 1]?.digest);
  return found < 0 ? null : entries[found].seq;
}

/**
 * What was asked for, as a word: a photograph is handed in by the right to report and seen by the right to its incident.
 * @param {Pick<Entry, "act" | "subject">} entry
 */
export const actWord = ({ act, subject }) =>
  (subject?.startsWith("sha256:") && OF_PHOTOGRAPHS[/** @type {keyof typeof OF_PHOTOGRAPHS} */ (act)]) || `audited-${act}`;

/** @param {string} role */
export const roleWord = (role) => `as-${role}`;

/**
 * The name in the book of somebody who is no person here, from its word as the page shows it; else what was typed.
 * @param {string} typed
 * @param {(word: string) => string} t
 */
export const askerNamed = (typed, t) => Object.keys(ASKERS).find((name) => t(ASKERS[name]) === typed) ?? typed;
