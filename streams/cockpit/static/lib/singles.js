// Singles: the buttons for what an officer may decide about one level, one clock or one order, where each stands.
import { choose } from "./choosing.js";
import { ask } from "./dialog.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";
import { unitName } from "./names.js";
import { clocksOf, earliest, extension, extensions, mayRetract, momentOf, otherLevels, regrade, retraction } from "./single-decisions.js";
import { dayTime, nowMs } from "./time.js";

/** @typedef {import("./single-decisions.js").Clock} Clock */

export class Singles {
  /** @param {import("./acting.js").Acting} acting through which all is sent */
  constructor(acting) {
    this.acting = acting;
  }

  /** @param {HTMLElement} bar of decisions, which the level joins before what takes orders back @param {any} view */
  joined(bar, view) {
    if (otherLevels(view, this.acting.someone).length) {
      const button = el("button", { text: t("regrade"), data: { offer: "regrade" }, on: { click: () => this.#regrade(view) } });
      bar.insertBefore(button, bar.querySelector(":scope > .back"));
    }
    return bar;
  }

  /** @param {any} view @param {string} step @param {HTMLElement} left of its clock, in a row of the timeline */
  ofStep(view, step, left) {
    const clocks = clocksOf(view, this.acting.someone, (deadline) => deadline.step === step);
    return el("span", { class: "singles" }, left, ...clocks.map((clock) => this.#extendButton(view, clock, t(`step-${step}`))));
  }

  /** @param {any} view @param {any} held @returns {HTMLElement | null} for an order: its clocks and how to take it back */
  ofOrder(view, held) {
    const { someone } = this.acting;
    const { command } = held;
    const unit = unitName(command.unit_code);
    const clocks = clocksOf(view, someone, (deadline) => deadline.command_id === command.command_id);
    const isRetractable = mayRetract(view, held, someone);
    if (!clocks.length && !isRetractable) return null;
    return el(
      "div",
      { class: "singles" },
      ...clocks.flatMap((clock) => {
        const name = t(clock.kind === "acknowledge" ? "acknowledge-by" : "complete-by");
        return [el("span", { class: "quiet", text: name }), el("span", { class: "number", data: { due: clock.due_at } }), this.#extendButton(view, clock, `${name} ${unit}`)];
      }),
      isRetractable && this.#button(t("retract"), t("retract-of", unit), `retract-${command.command_id}`, () => this.#retract(view, command)),
    );
  }

  /** @param {any} view @param {Clock} clock @param {string} name of what the clock runs for */
  #extendButton(view, clock, name) {
    return this.#button(t("extend"), t("extend-of", name), `extend-${clock.deadlineId}`, () => this.#extend(view, clock, name));
  }

  /** @param {string} text @param {string} label @param {string} offer @param {() => void} act */
  #button(text, label, offer, act) {
    return el("button", { class: "small-act", text, "aria-label": label, data: { offer }, on: { click: act } });
  }

  /** @param {any} view */
  async #regrade(view) {
    const choices = otherLevels(view, this.acting.someone).map((one) =>
      ({ ...one, words: [t(`level-${one.value}`), one.isForTwo ? t("takes-two") : ""].filter(Boolean).join(" · ") }));
    const said = await choose(t("regrade"), { line: t("level-now", t(`level-${view.summary.level}`)), choices });
    await this.#sent(view, "regrade", t("regrade"), said && regrade(said.value, said.reason));
  }

  /** @param {any} view @param {Clock} clock @param {string} name */
  async #extend(view, clock, name) {
    const now = nowMs();
    const choices = extensions(clock.due_at, now).map((one) =>
      ({ value: one.until, words: t("more-minutes", one.minutes, dayTime(one.until)), isForTwo: true }));
    const moment = { label: t("until-moment"), min: earliest(clock.due_at, now) };
    const said = await choose(t("extend-of", name), { line: t("due-at", dayTime(clock.due_at)), choices, moment });
    const until = said && (said.isMoment ? momentOf(said.value) : said.value);
    await this.#sent(view, `extend-${clock.deadlineId}`, t("act-extend"), said && extension(clock.deadlineId, until ?? "", said.reason));
  }

  /** @param {any} view @param {any} command */
  async #retract(view, command) {
    const unit = unitName(command.unit_code);
    const said = await ask(t("retract-of", unit), { lines: [command.text_zh], reason: true, danger: true });
    await this.#sent(view, `retract-${command.command_id}`, t("act-retract"), said && retraction(command.command_id, said.reason));
  }

  /**
   * @param {any} view
   * @param {string} offer whose button gets the focus back: it may have been drawn anew behind the dialog
   * @param {string} words
   * @param {import("./single-decisions.js").Decision | null} decision null: called off
   */
  async #sent(view, offer, words, decision) {
    if (document.activeElement === document.body) /** @type {HTMLElement | null} */ (document.querySelector(`[data-offer="${CSS.escape(offer)}"]`))?.focus();
    if (decision) await this.acting.send(view.summary.incident_id, words, decision.action, decision.extra);
  }
}
