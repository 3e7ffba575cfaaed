// Proposals: decisions that wait for a second person: others' to countersign or decline, one's own to see how they stand.
import { get, request } from "./api.js";
import { ask, toast } from "./dialog.js";
import { byId, el } from "./dom.js";
import { holdable, unlessHeld } from "./hold.js";
import { t } from "./i18n.js";
import { areaName } from "./names.js";
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
    this.loading = false;
    this.isStale = false;
  }

  /** Something about them has changed: ask again; what is heard meanwhile is asked for after. */
  async load() {
    this.isStale = true;
    if (this.loading) return;
    this.loading = true;
    while (this.isStale) {
      this.isStale = false;
      const answer = await get("/api/proposals");
      if (answer.ok) this.all = answer.body.proposals;
    }
    this.loading = false;
    this.#tell();
    this.draw();
  }

  /** In words, once, for who does not look there. */
  #tell() {
    for (const one of concerning(this.all, nowMs())) {
      if (one.may_countersign && !this.told.has(one.message_id)) toast(t("proposal-new", one.officer.name, t(`act-${one.action}`)));
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
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.key;
    byId("proposals-list").replaceChildren(...shown.map((one) => this.#item(one)));
    if (focused) /** @type {HTMLElement | null} */ (panel.querySelector(`[data-key="${focused}"]`))?.focus();
    this.tick();
  };

  /** Every second: how long each still waits; what has run out is drawn anew. */
  tick() {
    let hasRunOut = false;
    for (const clock of byId("proposals-list").querySelectorAll("[data-until]")) {
      const left = Date.parse(/** @type {HTMLElement} */ (clock).dataset.until ?? "") - nowMs();
      clock.textContent = t("left", span(left));
      hasRunOut ||= left <= 0;
    }
    if (hasRunOut) this.draw();
  }

  /** @param {Proposal} one */
  #item(one) {
    const state = standing(one, nowMs());
    return el(
      "li",
      {},
      el(
        "div",
        { class: "row" },
        el("b", { text: [t(`act-${one.action}`), one.orders ? t("order-count", one.orders) : "", one.until ? t("until", clockTime(one.until)) : ""].filter(Boolean).join(" ") }),
        state === "waiting" && el("span", { class: "number", data: { until: one.expires_at } }),
      ),
      el("button", { class: "link", text: one.title, on: { click: () => this.choose(one.incident_id) }, data: { key: `open-${one.message_id}` } }),
      el("p", { class: "quiet", text: t("proposed-by", one.officer.name, areaName(one.officer_area_code)) }),
      one.reason && el("p", { class: "quiet", text: one.reason }),
      ...(one.may_countersign && state === "waiting" ? [this.#answers(one)] : []),
      ...(one.mine ? [this.#own(one, state)] : []),
    );
  }

  /** @param {Proposal} one */
  #answers(one) {
    const sign = el("button", { class: "primary", text: t("hold-to-countersign"), data: { key: `sign-${one.message_id}` } });
    holdable(sign, () => this.#countersign(one));
    return el("div", { class: "bar" }, sign, el("button", { text: t("decline"), on: { click: () => this.#decline(one) }, data: { key: `decline-${one.message_id}` } }));
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
