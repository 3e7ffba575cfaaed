// Acting: what this officer may do about the incident that is shown, asked for once more, sent, and what came of it.
import { decide, isHeldFor, needsSecond, offers } from "./decisions.js";
import { ask, toast } from "./dialog.js";
import { el } from "./dom.js";
import { holdable } from "./hold.js";
import { t } from "./i18n.js";
import { unitName } from "./names.js";
import { isOwed } from "./single-decisions.js";
import { fieldsOf, UndoStrip } from "./undo.js";

/** @typedef {import("./decisions.js").Offer} Offer */

const WORD_OF_OUTCOME = /** @type {Record<string, string>} */ ({ applied: "applied", pending: "pending", awaiting_second: "awaiting-second" });

/** @param {Offer} offer */
const nameOf = (offer) => t(offer.id, offer.takesBack ?? "");

/**
 * The tasks or orders that it is about, each with its unit.
 * @param {Offer} offer
 * @param {{view: any, commands: any[]}} shown
 */
function stakes(offer, shown) {
  const about = offer.id === "release" ? shown.view.waiting_tasks : offer.takesBack ? shown.commands.filter(isOwed).map((held) => held.command) : [];
  return about.map((/** @type {any} */ one) => `${unitName(one.unit_code)}：${one.text_zh}`);
}

export class Acting {
  /**
   * @param {import("./decisions.js").Someone | null} someone
   * @param {() => {view: any, commands: any[]} | null} shown the API's incident, null while none is loaded
   * @param {() => Promise<void>} acted something was sent: look again
   */
  constructor(someone, shown, acted) {
    this.someone = someone;
    this.shown = shown;
    this.acted = acted;
    this.undo = new UndoStrip((decision) => this.send(decision.incident_id, t("undo"), decision.action, fieldsOf(decision)));
  }

  /** @param {any} view */
  bar(view) {
    const all = offers(view, this.someone);
    const buttons = (/** @type {Offer[]} */ some) => some.map((offer) => this.#button(view, offer));
    const back = all.filter((offer) => offer.takesBack);
    return el("div", { class: "actions", role: "group", "aria-label": t("actions") },
      ...buttons(all.filter((offer) => !offer.takesBack)),
      // Never beside what sends out: it takes orders back, and is no way to call a release off.
      back.length > 0 && el("div", { class: "back", role: "group", "aria-label": t("act-retract") }, ...buttons(back)));
  }

  /** @param {any} view @param {Offer} offer */
  #button(view, offer) {
    const words = nameOf(offer);
    const isHeld = isHeldFor(view, offer);
    const look = offer.danger ? "danger" : offer.id === "release" || offer.id === "acknowledge" ? "primary" : "";
    const text = needsSecond(view, offer) ? t("hold-for-two", words) : isHeld ? t("hold-for", words) : words;
    const button = el("button", { class: look, text, data: { offer: offer.id } });
    if (isHeld) holdable(button, () => this.decide(offer));
    else button.addEventListener("click", () => this.decide(offer));
    return button;
  }

  /** @param {string} id of an offer; for the keyboard */
  press(id) {
    const view = this.shown()?.view;
    const offer = view && offers(view, this.someone).find((one) => one.id === id);
    if (!offer) return;
    // What is held is held by whatever means: a key only leads there.
    if (isHeldFor(view, offer)) /** @type {HTMLElement | null} */ (document.querySelector(`[data-offer="${id}"]`))?.focus();
    else void this.decide(offer);
  }

  /** @param {Offer} offer */
  async decide(offer) {
    const shown = this.shown();
    if (!shown) return;
    const view = shown.view;
    /** @type {Record<string, any>} */
    const extra = { ...offer.extra };
    if (offer.reason || offer.id === "release") {
      const lines = needsSecond(view, offer) ? [t("for-two"), ...stakes(offer, shown)] : stakes(offer, shown);
      const said = await ask(nameOf(offer), { lines, reason: Boolean(offer.reason), danger: Boolean(offer.danger) });
      if (!said) return;
      if (said.reason) extra.reason = said.reason;
    }
    await this.send(view.summary.incident_id, nameOf(offer), offer.action, extra);
  }

  /**
   * @param {string} incidentId
   * @param {string} words what it is called
   * @param {string} action
   * @param {Record<string, any>} extra
   */
  async send(incidentId, words, action, extra) {
    const answer = await decide(incidentId, this.shown()?.view.place.city_code, action, extra, this.someone);
    if (answer.status === 0) toast(t("unreachable"), true);
    else if (!answer.ok) toast(t("refused", answer.body?.reason ?? answer.detail), true);
    else toast(`${words} ${t(WORD_OF_OUTCOME[answer.body.outcome])}`, false, answer.body.message_id);
    await this.acted();
  }
}
