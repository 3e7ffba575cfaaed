// Proposals: decisions that wait for a second person: others' to countersign or decline, one's own to see how they stand.
import { get, request } from "./api.js";
import { ask, dropToast, toast } from "./dialog.js";
import { byId, el } from "./dom.js";
import { holdable, unlessHeld } from "./hold.js";
import { t } from "./i18n.js";
import { about, isInSight, stakes } from "./proposal-card.js";
import { clockTime, nowMs, span } from "./time.js";

/**
 * @typedef {Record<string, any> & {message_id: string, state: string, expires_at: string, mine: boolean, may_countersign: boolean}} Proposal
 */

/**
 * How it stands: what waits and is out of time has expired, whether or not anybody has written that down.
 * @param {Proposal} proposal
 * @param {number} now in ms
 */
export const standing = (proposal, now) => (proposal.state === "waiting" && Date.parse(proposal.expires_at) <= now ? "expired" : proposal.state);

/**
 * What concerns this person: what they may countersign while it waits, soonest to expire first, then their own.
 * @param {Proposal[]} all
 * @param {number} now in ms
 * @param {Set<string>} putAway ids of own ones that were seen
 */
export function concerning(all, now, putAway = new Set()) {
  const soonest = (/** @type {Proposal} */ one, /** @type {Proposal} */ other) => Date.parse(one.expires_at) - Date.parse(other.expires_at);
  const others = all.filter((one) => one.may_countersign && standing(one, now) === "waiting");
  const own = all.filter((one) => one.mine && !putAway.has(one.message_id));
  return [...others.sort(soonest), ...own.sort(soonest)];
}

/**
 * Those that waited and do not any more, as far as this person is told: what was said about them is old.
 * @param {Proposal[]} before
 * @param {Proposal[]} after
 * @param {number} now in ms
 * @returns {string[]} ids
 */
export function settledSince(before, after, now) {
  const waiting = new Set(after.filter((one) => standing(one, now) === "waiting").map((one) => one.message_id));
  return [...new Set([...before, ...after].map((one) => one.message_id))].filter((id) => !waiting.has(id));
}

export class Proposals {
  /** @param {(incidentId: string) => void} choose */
  constructor(choose) {
    this.choose = choose;
    /** @type {Proposal[]} */
    this.all = [];
    /** @type {Set<string>} */
    this.putAway = new Set();
    /** @type {Set<string>} those that were told of */
    this.told = new Set();
    /** @type {Map<string, boolean>} whether their orders were unfolded or folded by hand */
    this.unfolded = new Map();
    this.isFolded = false;
    byId("proposals-fold").addEventListener("click", () => { this.isFolded = !this.isFolded; this.draw(); });
    this.loading = false;
    this.isStale = false;
  }

  /**
   * Whether any of these incidents has something that waits: its orders may be others now.
   * @param {string[]} incidentIds
   */
  hangOn(incidentIds) {
    return this.all.some((one) => standing(one, nowMs()) === "waiting" && incidentIds.includes(one.incident_id));
  }

  /** Something about them has changed: ask again; what is heard meanwhile is asked for after. */
  async load() {
    this.isStale = true;
    if (this.loading) return;
    this.loading = true;
    while (this.isStale) {
      this.isStale = false;
      const answer = await get("/api/proposals");
      if (answer.ok) this.#take(answer.body.proposals);
    }
    this.loading = false;
    this.#tell();
    this.draw();
  }

  /** @param {Proposal[]} all */
  #take(all) {
    settledSince(this.all, all, nowMs()).forEach(dropToast);
    this.all = all;
  }

  /** In words, once, for who does not look there. */
  #tell() {
    for (const one of concerning(this.all, nowMs())) {
      if (one.may_countersign && !this.told.has(one.message_id)) {
        this.isFolded = false;
        toast(t("proposal-new", one.officer.name, t(`act-${one.action}`)), false, one.message_id);
      }
      this.told.add(one.message_id);
    }
  }

  draw() {
    unlessHeld(this.drawNow);
  }

  drawNow = () => {
    const shown = concerning(this.all, nowMs(), this.putAway);
    const panel = byId("proposals");
    panel.classList.toggle("hidden", !shown.length);
    document.body.classList.toggle("has-proposals", shown.length > 0);
    this.#drawFold(shown.length);
    const scrolled = new Map([...panel.querySelectorAll(".stakes")].map((list) => [list.id, list.scrollTop]));
    const panelScrolled = panel.scrollTop;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.key;
    byId("proposals-list").replaceChildren(...shown.map((one) => this.#item(one)));
    for (const [id, top] of scrolled) { const list = document.getElementById(id); if (list) list.scrollTop = top; }
    panel.scrollTop = panelScrolled;
    if (focused) /** @type {HTMLElement | null} */ (panel.querySelector(`[data-key="${focused}"]`))?.focus();
    this.tick();
  };

  /** @param {number} count */
  #drawFold(count) {
    const fold = byId("proposals-fold");
    fold.textContent = t(this.isFolded ? "unfold" : "fold");
    fold.setAttribute("aria-expanded", String(!this.isFolded));
    byId("proposals-count").textContent = String(count);
    byId("proposals-list").classList.toggle("hidden", this.isFolded);
  }

  /** Every second: how long each still waits; what has run out is drawn anew. */
  tick() {
    let hasRunOut = false;
    for (const clock of byId("proposals-list").querySelectorAll("[data-until]")) {
      const left = Date.parse(/** @type {HTMLElement} */ (clock).dataset.until ?? "") - nowMs();
      clock.textContent = t("left", span(left));
      hasRunOut ||= left <= 0;
    }
    if (!hasRunOut) return;
    settledSince([], this.all, nowMs()).forEach(dropToast);
    this.draw();
  }

  /** @param {Proposal} one */
  #item(one) {
    const state = standing(one, nowMs());
    const inSight = isInSight(one, this.unfolded);
    const toggle = () => { this.unfolded.set(one.message_id, !inSight); this.draw(); };
    return el(
      "li",
      {},
      el(
        "div",
        { class: "row" },
        el("b", { text: [t(`act-${one.action}`), one.orders ? t("order-count", one.orders) : "", one.until ? t("until", clockTime(one.until)) : ""].filter(Boolean).join(" ") }),
        state === "waiting" && el("span", { class: "number", data: { until: one.expires_at } }),
      ),
      ...about(one, () => this.choose(one.incident_id)),
      ...(state === "waiting" ? stakes(one, inSight, toggle) : []),
      ...(one.may_countersign && state === "waiting" ? [this.#answers(one, inSight)] : []),
      ...(one.mine ? [this.#own(one, state)] : []),
    );
  }

  /** @param {Proposal} one @param {boolean} inSight */
  #answers(one, inSight) {
    const sign = el("button", { class: "primary", text: t("hold-to-countersign"), disabled: !inSight, data: { key: `sign-${one.message_id}` } });
    if (inSight) holdable(sign, () => this.#countersign(one));
    return el("div", { class: "bar" }, !inSight && el("p", { class: "quiet", text: t("unfold-to-sign") }), sign, el("button", { text: t("decline"), on: { click: () => this.#decline(one) }, data: { key: `decline-${one.message_id}` } }));
  }

  /** @param {Proposal} one @param {string} state */
  #own(one, state) {
    const words = t(`proposal-${state}`, one.second_name ?? "", one.declined_because ?? "");
    if (state === "waiting") return el("p", { text: words });
    const away = () => { this.putAway.add(one.message_id); this.draw(); };
    return el("div", { class: "row" }, el("p", { class: state === "countersigned" ? "" : "late", text: words }), el("button", { text: t("dismiss"), on: { click: away }, data: { key: `away-${one.message_id}` } }));
  }

  /** @param {Proposal} one */
  async #countersign(one) {
    const answer = await request("POST", `/api/proposals/${one.message_id}/countersign`, {});
    this.#told(answer, t(answer.body?.outcome === "applied" ? "countersigned" : "pending"));
    await this.load();
  }

  /** @param {Proposal} one */
  async #decline(one) {
    const said = await ask(t("decline"), { lines: [`${t(`act-${one.action}`)} ${one.title}`], reason: true });
    if (!said) return;
    this.#told(await request("POST", `/api/proposals/${one.message_id}/decline`, { reason: said.reason }), t("declined"));
    await this.load();
  }

  /** @param {import("./api.js").Answer} answer @param {string} well */
  #told(answer, well) {
    if (answer.status === 0) toast(t("unreachable"), true);
    else if (answer.ok) toast(well);
    else toast(t("refused", answer.body?.reason ?? answer.detail), true);
  }
}
