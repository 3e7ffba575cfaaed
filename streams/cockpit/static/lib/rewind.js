// Rewind: the map of a whole day, moved by a slider or played. While it is on nothing live is shown but a new alarm.
import { get } from "./api.js";
import { Day, playedOn } from "./day.js";
import { toast } from "./dialog.js";
import { byId, el } from "./dom.js";
import { onLanguage, t } from "./i18n.js";
import { alarms, isSevere } from "./store.js";
import { clockTime, nowMs } from "./time.js";

const TICK_MS = 200;
const STEP_MS = 60_000;
const MINUTES_A_SECOND = [1, 5, 20, 60];
const BEIJING_MS = 8 * 3_600_000;

export class Rewind {
  /**
   * @param {() => string} area whose map it is
   * @param {() => void} changed draw again
   */
  constructor(area, changed) {
    this.area = area;
    this.changed = changed;
    /** @type {Day | null} what is replayed; null: the screen is live */
    this.day = null;
    this.at = 0;
    this.minutesASecond = 5;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
    onLanguage(() => this.day && this.#build());
  }

  get isOn() {
    return this.day !== null;
  }

  /** What the map needs of a store, as it was. */
  picture() {
    const open = this.day?.openAt(this.at) ?? new Map();
    return { alarms: () => alarms(open.values()), ratings: new Map(), areaCode: this.area() };
  }

  async toggle() {
    if (this.isOn) this.leave();
    else await this.#load(today());
  }

  leave() {
    if (!this.isOn) return;
    this.day = null;
    this.#stop();
    this.#show();
    byId("open-rewind").focus();
    this.changed();
  }

  togglePlay() {
    if (this.timer !== undefined) this.#stop();
    else this.#play();
    this.#label();
  }

  /** @param {number} minutes forwards, or back */
  step(minutes) {
    this.#goTo(this.at + minutes * STEP_MS);
  }

  /** @param {string} date */
  async #load(date) {
    this.#stop();
    const answer = await get(`/api/screen/day?area=${this.area()}&date=${date}`);
    if (!answer.ok) {
      toast(answer.detail || t("unreachable"), true);
      return;
    }
    const wasOn = this.isOn;
    this.day = new Day(answer.body);
    this.at = 0;
    this.#build();
    this.#show();
    if (!wasOn) byId("rewind-moment").focus();
    this.changed();
  }

  #show() {
    byId("rewind").classList.toggle("hidden", !this.isOn);
    byId("open-rewind").setAttribute("aria-pressed", String(this.isOn));
    document.body.toggleAttribute("data-replay", this.isOn);
  }

  #play() {
    if (!this.day) return;
    if (this.at >= this.day.told.until_ms) this.at = 0;
    this.timer = setInterval(() => {
      const until = this.day?.told.until_ms ?? 0;
      this.#goTo(playedOn(this.at, TICK_MS, this.minutesASecond * 60, until));
      if (this.at >= until) this.#stop();
    }, TICK_MS);
  }

  #stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    if (this.isOn) this.#label();
  }

  /** @param {number} ms of the day */
  #goTo(ms) {
    if (!this.day) return;
    this.at = Math.max(0, Math.min(this.day.told.until_ms, ms));
    this.#label();
    this.changed();
  }

  #build() {
    const { told } = /** @type {Day} */ (this.day);
    const slider = /** @type {HTMLInputElement} */ (el("input", {
      id: "rewind-moment", type: "range", min: "0", max: String(Math.ceil(told.until_ms / STEP_MS) * STEP_MS), step: String(STEP_MS), "aria-label": t("moment"),
      on: { input: () => this.#goTo(Number(slider.value)) },
    }));
    const date = /** @type {HTMLInputElement} */ (el("input", {
      id: "rewind-date", type: "date", max: today(), value: told.date, "aria-label": t("replay-date"),
      on: { change: () => date.value && void this.#load(date.value) },
    }));
    const speed = /** @type {HTMLSelectElement} */ (el("select", {
      id: "rewind-speed", "aria-label": t("speed"), on: { change: () => { this.minutesASecond = Number(speed.value); } },
    }, ...MINUTES_A_SECOND.map((minutes) => el("option", { value: String(minutes), text: t("minutes-a-second", minutes) }))));
    speed.value = String(this.minutesASecond);
    byId("rewind").replaceChildren(
      el("strong", { class: "mark", text: t("replay-mark") }),
      el("time", { id: "rewind-clock", class: "number" }),
      el("span", { id: "rewind-counts", class: "number" }),
      told.is_whole ? "" : el("span", { class: "late", text: t("replay-partial") }),
      told.put_away ? el("span", { class: "late", text: t("replay-put-away", told.put_away) }) : "",
      date,
      el("button", { id: "rewind-play", on: { click: () => this.togglePlay() } }),
      speed,
      el("button", { id: "rewind-leave", class: "primary", text: t("back-to-live"), on: { click: () => this.leave() } }),
      slider,
    );
    this.#label();
  }

  #label() {
    if (!this.day) return;
    const moment = this.day.momentAt(this.at);
    const open = [...this.day.openAt(this.at).values()];
    const slider = /** @type {HTMLInputElement} */ (byId("rewind-moment"));
    slider.value = String(this.at);
    slider.setAttribute("aria-valuetext", clockTime(moment));
    byId("rewind-clock").textContent = `${this.day.told.date} ${clockTime(moment)}`;
    byId("rewind-counts").textContent = t("replay-counts", open.length, open.filter(isSevere).length);
    byId("rewind-play").textContent = t(this.timer === undefined ? "play" : "pause");
  }
}

/** Today in Beijing by the program's time, 2026-11-22. */
const today = () => new Date(nowMs() + BEIJING_MS).toISOString().slice(0, 10);
