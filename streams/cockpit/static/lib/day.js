// Day: the map's incidents at any moment of a day, from the changes that the gateway tells. Pure.

/**
 * @typedef {[number, number, boolean, string, boolean]} Change milliseconds of the day, index of the incident, open,
 * level, acknowledged: all that is so from then on
 * @typedef {{date: string, begins_at: string, until_ms: number, is_whole: boolean, put_away: number, columns: string[], incidents: any[][], changes: Change[]}} DayTold
 */

export class Day {
  /** @param {DayTold} told */
  constructor(told) {
    this.told = told;
    this.incidents = told.incidents.map((row) => Object.fromEntries(told.columns.map((name, index) => [name, row[index]])));
    this.#rewind();
  }

  #rewind() {
    /** @type {Map<string, import("./store.js").Incident>} */
    this.open = new Map();
    this.done = 0;
    this.at = -1;
  }

  /**
   * What was open at that moment, by id. Going on is cheap, going back begins anew.
   * @param {number} ms of the day
   * @returns {Map<string, import("./store.js").Incident>}
   */
  openAt(ms) {
    if (ms < /** @type {number} */ (this.at)) this.#rewind();
    const { changes } = this.told;
    const open = /** @type {Map<string, import("./store.js").Incident>} */ (this.open);
    let done = /** @type {number} */ (this.done);
    for (; done < changes.length && changes[done][0] <= ms; done++) {
      const [, index, isOpen, level, acknowledged] = changes[done];
      const incident = this.incidents[index];
      if (isOpen) open.set(incident.incident_id, { ...incident, level, acknowledged });
      else open.delete(incident.incident_id);
    }
    this.done = done;
    this.at = ms;
    return open;
  }

  /** @param {number} ms of the day @returns {string} RFC 3339 */
  momentAt(ms) {
    return new Date(Date.parse(this.told.begins_at) + ms).toISOString();
  }
}

/**
 * Where a replay stands after some real time; it stops at the day's end.
 * @param {number} ms of the day
 * @param {number} elapsedMs real time
 * @param {number} speed milliseconds of the day a real one
 * @param {number} untilMs
 */
export const playedOn = (ms, elapsedMs, speed, untilMs) => Math.min(untilMs, ms + elapsedMs * speed);
