// Outbox: what was sent but not answered is kept in this browser and sent again, word for word, until it is answered.
// The same id and the same content again: the gateway counts it once. Pure: storage, line and time are handed in.

/**
 * @typedef {"waiting" | "delivered" | "refused"} LetterState
 * @typedef {{
 *   id: string, path: string, body: any, about: Record<string, any>, state: LetterState,
 *   tries: number, put_at: number, answered_at: number | null, answer: any, detail: string,
 *   complete?: boolean,
 * }} Letter `about` is for the page alone and is not sent
 * @typedef {{ok: boolean, status: number, body: any, detail: string}} Answer
 * @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">} Shelf
 */

const BUSY = [0, 401, 408, 425, 429]; // nobody answered, or not yet: the very same again later
const KEPT_ANSWERED = 20;

/**
 * What an answer means for a letter. `pending` is an answer that asks for the same again.
 * @param {Answer} answer
 * @returns {LetterState}
 */
export function meaning(answer) {
  if (answer.ok) return answer.body?.outcome === "pending" ? "waiting" : "delivered";
  return BUSY.includes(answer.status) || answer.status >= 500 ? "waiting" : "refused";
}

export class Outbox {
  /**
   * Each letter lies under a key of its own, so that two tabs never overwrite one another's.
   * @param {Shelf} shelf
   * @param {string} owner whose outbox; a shared phone has several
   * @param {(path: string, body: any) => Promise<Answer>} post
   * @param {() => number} now milliseconds
   * @param {(letter: Letter) => Promise<any>} [complete] the body with what had to be sent before it; null: not yet.
   *   What it gives is kept before it is sent, so that it is the same each time.
   */
  constructor(shelf, owner, post, now, complete = async (letter) => letter.body) {
    this.shelf = shelf;
    this.prefix = `fenghuo.outbox.${owner}.`;
    this.post = post;
    this.now = now;
    this.complete = complete;
    this.sending = false;
  }

  /** @returns {Letter[]} oldest first */
  letters() {
    const found = [];
    for (let index = 0; index < this.shelf.length; index++) {
      const key = this.shelf.key(index);
      if (key?.startsWith(this.prefix)) found.push(this.#read(key));
    }
    const whole = /** @type {Letter[]} */ (found.filter(Boolean));
    return whole.sort((one, other) => one.put_at - other.put_at || (one.id < other.id ? -1 : 1));
  }

  waiting() {
    return this.letters().filter((letter) => letter.state === "waiting");
  }

  /** Whether something lies here under this id, answered or not. @param {string} id */
  holds(id) {
    return this.shelf.getItem(this.prefix + id) !== null;
  }

  /**
   * Keep it for sending. An id that lies here already stays as it is.
   * @param {string} id
   * @param {string} path
   * @param {any} body
   * @param {Record<string, any>} [about]
   */
  put(id, path, body, about = {}) {
    if (this.holds(id)) return;
    this.#keep({ id, path, body, about, state: "waiting", tries: 0, put_at: this.now(), answered_at: null, answer: null, detail: "" });
  }

  /**
   * Send everything that waits, one after the other. Stops at the first that nobody answers.
   * @returns {Promise<Letter[]>} those that were answered now
   */
  async send() {
    if (this.sending) return [];
    this.sending = true;
    const answered = [];
    try {
      for (const waiting of this.waiting()) {
        const letter = await this.#completed(waiting);
        if (!letter) continue; // those behind it do not wait for it
        const answer = await this.post(letter.path, letter.body);
        const state = meaning(answer);
        const now = { ...letter, state, tries: letter.tries + 1, answer: answer.body, detail: answer.detail };
        this.#keep(state === "waiting" ? now : { ...now, answered_at: this.now() });
        if (state !== "waiting") answered.push(now);
        if (answer.status === 0) break;
      }
    } finally {
      this.sending = false;
    }
    this.#forgetOld();
    return answered;
  }

  /** @param {string} id */
  drop(id) {
    this.shelf.removeItem(this.prefix + id);
  }

  /** @param {Letter} letter @returns {Promise<Letter | null>} */
  async #completed(letter) {
    if (letter.complete) return letter;
    const body = await this.complete(letter);
    if (!body) return null;
    const whole = { ...letter, body, complete: true };
    if (body !== letter.body) this.#keep(whole);
    return whole;
  }

  #forgetOld() {
    const answered = this.letters().filter((letter) => letter.state !== "waiting");
    for (const letter of answered.slice(0, Math.max(0, answered.length - KEPT_ANSWERED))) this.drop(letter.id);
  }

  /** @param {Letter} letter */
  #keep(letter) {
    this.shelf.setItem(this.prefix + letter.id, JSON.stringify(letter));
  }

  /** @param {string} key */
  #read(key) {
    try {
      return JSON.parse(this.shelf.getItem(key) ?? "null");
    } catch {
      return null;
    }
  }
}
