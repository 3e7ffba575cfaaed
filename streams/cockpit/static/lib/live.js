// Live: the snapshot, then the stream from its position on; it heals itself and says how it is. The tabs of a browser
// share one stream: whoever holds the lock has it and tells the others.
import { get } from "./api.js";
import { hasStream, placeOf, roleAfter } from "./tabs.js";

const SILENT_MS = 12_000; // the server says something at least every 5 s
const RETRY_MS = 2_000;
const NEVER = new Promise(() => {});

/**
 * @typedef {"live" | "connecting" | "broken"} Connection
 * @typedef {{
 *   onSnapshot: (snapshot: any) => void,
 *   onDelta: (delta: any) => void,
 *   onConnection: (state: Connection) => void,
 * }} Listener
 * @typedef {{kind: "delta", position: string, delta: any}} DeltaTold
 * @typedef {DeltaTold | {kind: "snapshot", snapshot: any} | {kind: "alive"} | {kind: "broken"}} Told
 */

export class Live {
  /**
   * @param {Listener} listener
   * @param {string} reader whose stream it is: only the tabs of one person share it
   */
  constructor(listener, reader) {
    this.listener = listener;
    /** @type {EventSource | null} */
    this.source = null;
    this.heardAt = 0;
    this.starting = false;
    this.position = "";
    /** @type {DeltaTold[]} what the leader told while the snapshot was on its way */
    this.early = [];
    /** @type {import("./tabs.js").Role} */
    this.role = "alone";
    /** @type {BroadcastChannel | null} */
    this.channel = null;
    // Browsers have locks in secure contexts only; elsewhere each tab has a stream of its own.
    if (navigator.locks && globalThis.BroadcastChannel) this.#share(`fenghuo.live.${reader}`);
    setInterval(() => this.#watch(), 1_000);
  }

  async start() {
    if (this.starting) return;
    this.starting = true;
    this.#hangUp();
    this.listener.onConnection(this.heardAt ? "broken" : "connecting");
    const answer = await get("/api/screen/snapshot");
    this.starting = false;
    if (!answer.ok) {
      setTimeout(() => this.start(), RETRY_MS);
      return;
    }
    this.#load(answer.body);
    if (hasStream(this.role)) this.#follow();
    if (this.role === "leader") this.#tell({ kind: "snapshot", snapshot: answer.body });
  }

  /** @param {string} name of the lock and the channel */
  #share(name) {
    this.role = "follower";
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = (event) => this.#told(event.data);
    void navigator.locks.request(name, () => {
      this.#become("granted");
      return NEVER; // until the tab is closed
    });
  }

  /** @param {"granted" | "heard" | "silent"} what */
  #become(what) {
    this.role = roleAfter(this.role, what);
    if (!hasStream(this.role)) this.#hangUp();
    else if (!this.source && !this.starting && this.position) this.#follow();
  }

  #hangUp() {
    this.source?.close();
    this.source = null;
  }

  /** @param {any} snapshot */
  #load(snapshot) {
    this.position = snapshot.position;
    this.#heard();
    this.listener.onSnapshot(snapshot);
    const early = this.early;
    this.early = [];
    for (const told of early) this.#take(told);
  }

  /** The leader's words. @param {Told} told */
  #told(told) {
    if (this.role === "leader") return;
    this.#become("heard");
    if (told.kind === "broken") {
      this.heardAt = Date.now();
      this.listener.onConnection("broken");
      return;
    }
    if (this.position) this.#heard();
    if (told.kind === "snapshot" && !this.starting) this.#load(told.snapshot);
    if (told.kind === "delta") this.#take(told);
  }

  /** @param {DeltaTold} told */
  #take(told) {
    if (this.starting) {
      this.early.push(told);
      return;
    }
    const place = placeOf(this.position, told.position);
    if (place === "gap") void this.start();
    if (place !== "next") return;
    this.position = told.position;
    this.listener.onDelta(told.delta);
  }

  #follow() {
    this.heardAt = Date.now();
    const source = new EventSource(`/api/screen/stream?position=${encodeURIComponent(this.position)}`);
    this.source = source;
    source.onopen = () => this.#aloud({ kind: "alive" });
    source.onerror = () => { // EventSource comes back by itself
      this.listener.onConnection("broken");
      this.#tell({ kind: "broken" });
    };
    source.addEventListener("ping", () => this.#aloud({ kind: "alive" }));
    source.addEventListener("delta", (event) => {
      const delta = JSON.parse(event.data);
      this.position = event.lastEventId;
      this.#aloud({ kind: "delta", position: event.lastEventId, delta });
      this.listener.onDelta(delta);
    });
    source.addEventListener("resync", () => this.start());
  }

  /** The line lives, and the other tabs hear what it said. @param {Told} told */
  #aloud(told) {
    this.#heard();
    this.#tell(told);
  }

  /** @param {Told} told */
  #tell(told) {
    if (this.role === "leader") this.channel?.postMessage(told);
  }

  #heard() {
    this.heardAt = Date.now();
    this.listener.onConnection("live");
  }

  #watch() {
    if (this.starting || !this.position || Date.now() - this.heardAt <= SILENT_MS) return;
    if (hasStream(this.role)) void this.start();
    else this.#become("silent");
  }
}
