// Undo: one's own last act may be taken back for a while, by a decision that the server names; the strip says how long.
import { toast } from "./dialog.js";
import { byId, el } from "./dom.js";
import { holdable } from "./hold.js";
import { t } from "./i18n.js";
import { nowMs } from "./time.js";

/**
 * @typedef {{message_id: string, action: string, until: string, needs_second: boolean, obstacle: string | null,
 *   decision: Record<string, any> | null}} Undo as the API tells it
 */

/** @param {Undo} undo @param {number} now in ms */
export const secondsLeft = (undo, now) => Math.max(0, Math.ceil((Date.parse(undo.until) - now) / 1000));

/**
 * What the strip says: an offer with the seconds that are left, why there is none, or nothing.
 * @param {Undo | null | undefined} undo
 * @param {number} now in ms
 * @returns {"offer" | "obstacle" | "nothing"}
 */
export function stateOf(undo, now) {
  if (!undo || !secondsLeft(undo, now)) return "nothing";
  if (undo.decision) return "offer";
  return undo.action === "acknowledge" ? "nothing" : "obstacle";
}

/**
 * The fields of the inverse decision besides its incident and action; what is not given stays away.
 * @param {Record<string, any>} decision
 */
export function fieldsOf(decision) {
  const { incident_id: _, action: __, ...fields } = decision;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

export class UndoStrip {
  /** @param {(decision: Record<string, any>) => Promise<void>} send */
  constructor(send) {
    this.send = send;
    /** @type {Undo | null} */
    this.undo = null;
    /** @type {Set<string>} acts that were taken back, put away, or said to be lasting */
    this.settled = new Set();
  }

  /** @param {Undo | null | undefined} undo of the incident that is shown */
  show(undo) {
    const state = undo && this.settled.has(undo.message_id) ? "nothing" : stateOf(undo, nowMs());
    if (undo && state === "obstacle") {
      this.settled.add(undo.message_id);
      toast(t(`undo-${undo.obstacle}`, t(`act-${undo.action}`)));
    }
    this.undo = state === "offer" ? undo ?? null : null;
    this.#draw();
  }

  #draw() {
    const strip = byId("undo");
    const { undo } = this;
    strip.classList.toggle("hidden", !undo);
    if (!undo) {
      strip.replaceChildren();
      return;
    }
    const hadFocus = strip.contains(document.activeElement);
    const button = el("button", { class: "primary", id: "undo-button", text: undo.needs_second ? t("hold-for-two", t("undo")) : t("undo") });
    if (undo.needs_second) holdable(button, () => this.press());
    else button.addEventListener("click", () => this.press());
    strip.replaceChildren(
      el("span", { text: t("undo-of", t(`act-${undo.action}`)) }),
      el("span", { class: "number", id: "undo-left" }),
      button,
      el("button", { text: "×", "aria-label": t("dismiss"), on: { click: () => this.#putAway() } }),
    );
    if (hadFocus) button.focus();
    this.tick();
  }

  /** Every second: how long it is still offered. */
  tick() {
    if (!this.undo) return;
    const left = secondsLeft(this.undo, nowMs());
    if (left) byId("undo-left").textContent = t("seconds", left);
    else this.show(null);
  }

  /** For the keyboard: to the button, which says what it takes back. */
  focus() {
    document.getElementById("undo-button")?.focus();
  }

  async press() {
    const { undo } = this;
    if (!undo?.decision) return;
    this.#putAway();
    await this.send(undo.decision);
  }

  #putAway() {
    if (this.undo) this.settled.add(this.undo.message_id);
    this.show(null);
  }
}
