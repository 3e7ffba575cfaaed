// Store: what the screen knows, built from one snapshot and the deltas after it. Pure: no DOM, no network.

/**
 * @typedef {Record<string, any>} Incident
 * @typedef {{as_of: string, rows?: any[][], heat?: any, ratings?: any[]}} Delta
 * @typedef {Delta & {position: string, area_code: string, columns: string[]}} Snapshot
 */

const SEVERITY = /** @type {Record<string, number>} */ ({ I: 4, II: 3, III: 2, IV: 1 });
const ENDED_REMEMBERED = 60;

export class Store {
  constructor() {
    /** @type {Map<string, Incident>} open incidents by id */
    this.open = new Map();
    /** @type {Incident[]} ended while this screen looked on, latest first */
    this.ended = [];
    /** @type {Map<string, any>} ratings by subject */
    this.ratings = new Map();
    /** @type {any} */
    this.heat = null;
    this.asOf = "";
    this.areaCode = "";
    /** @type {string[]} */
    this.columns = [];
    /** @type {Map<string, number>} rank of the ranking before, by incident */
    this.ranksBefore = new Map();
    /** Changes with what is open, so that what is made of thousands is made once. */
    this.version = 0;
    this.ordered = keptFor(() => [...this.open.values()].sort(byUrgency));
    this.alarmed = keptFor(() => alarms(this.open.values()));
  }

  /** @returns {Incident[]} what is open, as it stands on a board; not to be changed */
  inOrder() {
    return this.ordered(this.version);
  }

  /** The live alarm of each area. */
  alarms() {
    return this.alarmed(this.version);
  }

  /** @param {Snapshot} snapshot */
  load(snapshot) {
    this.columns = snapshot.columns;
    this.areaCode = snapshot.area_code;
    this.open = new Map();
    this.ratings = new Map();
    this.apply(snapshot);
  }

  /**
   * @param {Delta} delta
   * @returns {Incident[]} incidents that are new here, or severe since now
   */
  apply(delta) {
    this.asOf = delta.as_of;
    this.version += 1;
    const fresh = [];
    for (const row of delta.rows ?? []) {
      const incident = Object.fromEntries(this.columns.map((name, index) => [name, row[index]]));
      incident.due_ms = dueAt(incident); // read once: a board of thousands compares it at every drawing
      if (this.#take(incident)) fresh.push(incident);
    }
    if (delta.heat) {
      this.ranksBefore = new Map((this.heat?.entries ?? []).map((/** @type {any} */ e) => [e.incident_id, e.rank]));
      this.heat = delta.heat;
    }
    for (const rating of delta.ratings ?? []) this.ratings.set(rating.subject_code, rating);
    return fresh;
  }

  /**
   * @param {Incident} incident
   * @returns {boolean} whether it was not here before, or was not severe
   */
  #take(incident) {
    const known = this.open.get(incident.incident_id);
    if (known && known.seq > incident.seq) return false;
    if (incident.status === "open") {
      this.open.set(incident.incident_id, incident);
      return !known || (isSevere(incident) && !isSevere(known));
    }
    this.open.delete(incident.incident_id);
    const others = this.ended.filter((one) => one.incident_id !== incident.incident_id);
    this.ended = [incident, ...others].slice(0, ENDED_REMEMBERED);
    return false;
  }
}

/**
 * Makes it anew only for another version.
 * @template T
 * @param {() => T} make
 * @returns {(version: number) => T}
 */
function keptFor(make) {
  /** @type {{version: number, made: T} | null} */
  let kept = null;
  return (version) => {
    if (kept?.version !== version) kept = { version, made: make() };
    return kept.made;
  };
}

/**
 * How an incident stands on a board: the one whose clock ends first comes first, overdue before all, then the worse.
 * @param {Incident} one
 * @param {Incident} other
 */
export function byUrgency(one, other) {
  const alarm = Number(other.red_alarm) - Number(one.red_alarm);
  if (alarm) return alarm;
  const due = dueAt(one) - dueAt(other);
  if (due) return due;
  return SEVERITY[other.level] - SEVERITY[one.level] || (one.incident_id < other.incident_id ? -1 : 1);
}

/** @param {Incident} incident @returns {number} milliseconds; the end of time when no clock runs */
export const dueAt = (incident) =>
  incident.due_ms ?? (incident.next_due_at ? Date.parse(incident.next_due_at) : Number.MAX_SAFE_INTEGER);

/**
 * @param {Incident} incident
 * @returns {boolean} level I or II
 */
export const isSevere = (incident) => SEVERITY[incident.level] >= SEVERITY.II;

/**
 * Whether it is late now: its clock has run out, or it is under a red alarm, which has no clock or a new one.
 * @param {Incident} incident
 * @param {number} now in ms
 */
export const isOverdue = (incident, now) => Boolean(incident.red_alarm) || dueAt(incident) < now;

/**
 * @param {Incident} incident
 * @param {string | undefined} area code of a city, district or township; none is everywhere
 */
export const liesIn = (incident, area) =>
  !area || [incident.city_code, incident.district_code, incident.township_code].includes(area);

/**
 * @typedef {{area?: string, level?: string, category?: string, text?: string, alarmed?: boolean}} Filter
 * @param {Incident} incident
 * @param {Filter} filter
 */
export function passes(incident, filter) {
  if (!liesIn(incident, filter.area)) return false;
  if (filter.alarmed && !incident.red_alarm) return false;
  if (filter.level && incident.level !== filter.level) return false;
  if (filter.category && !(incident.category ?? "other").startsWith(filter.category)) return false;
  return !filter.text || incident.title.includes(filter.text) || incident.incident_id.startsWith(filter.text);
}

/**
 * The live alarm of each area: the worst level open there, how many, and whether a severe one has nobody yet.
 * @param {Iterable<Incident>} incidents
 * @returns {Map<string, {level: string, count: number, flashes: boolean}>}
 */
export function alarms(incidents) {
  /** @type {Map<string, {level: string, count: number, flashes: boolean}>} */
  const found = new Map();
  for (const incident of incidents) {
    const codes = [incident.city_code, incident.district_code, incident.township_code, incident.community_code, incident.grid_code];
    for (const code of codes) {
      if (!code) continue;
      const alarm = found.get(code) ?? { level: "IV", count: 0, flashes: false };
      alarm.count += 1;
      if (SEVERITY[incident.level] > SEVERITY[alarm.level]) alarm.level = incident.level;
      alarm.flashes ||= isSevere(incident) && !incident.acknowledged;
      found.set(code, alarm);
    }
  }
  return found;
}
