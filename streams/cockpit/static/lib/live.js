// Live: the snapshot, then the stream from its position on; it heals itself and says how it is.
import { get } from "./api.js";

const SILENT_MS = 12_000; // the server says something at least every 5 s
const RETRY_MS = 2_000;

/**
 * @typedef {"live" | "connecting" | "broken"} Connection
 * @typedef {{
 *   onSnapshot: (snapshot: any) => void,
 *   onDelta: (delta: any) => void,
 *   onConnection: (state: Connection) => void,
 * }} Listener
 */

export class Live {
  /** @param {Listener} listener */
  constructor(listener) {
    this.listener = listener;
    /** @type {EventSource | null} */
    this.source = null;
    this.heardAt = 0;
    this.starting = false;
    setInterval(() => this.#watch(), 1_000);
  }

  async start() {
    if (this.starting) return;
    this.starting = true;
    this.source?.close();
    this.source = null;
    this.listener.onConnection(this.heardAt ? "broken" : "connecting");
    const answer = await get("/api/screen/snapshot");
    this.starting = false;
    if (!answer.ok) {
      setTimeout(() => this.start(), RETRY_MS);
      return;
    }
    this.listener.onSnapshot(answer.body);
    this.#follow(answer.body.position);
  }

  /** @param {string} position */
  #follow(position) {
    const source = new EventSource(`/api/screen/stream?position=${encodeURIComponent(position)}`);
    this.source = source;
    this.heardAt = Date.now();
    source.onopen = () => this.#heard();
    source.onerror = () => this.listener.onConnection("broken"); // EventSource comes back by itself
    source.addEventListener("ping", () => this.#heard());
    source.addEventListener("delta", (event) => {
      this.#heard();
      this.listener.onDelta(JSON.parse(event.data));
    });
    source.addEventListener("resync", () => this.start());
  }

  #heard() {
    this.heardAt = Date.now();
    this.listener.onConnection("live");
  }

  #watch() {
    if (this.source && !this.starting && Date.now() - this.heardAt > SILENT_MS) this.start();
  }
}
