// Incident: everything about one, with what this officer may decide now, and a slider over its past.
import { Acting } from "./acting.js";
import { get } from "./api.js";
import { countersigned } from "./countersigned.js";
import { byId, el } from "./dom.js";
import { gallery } from "./gallery.js";
import { unlessHeld } from "./hold.js";
import { t } from "./i18n.js";
import { areaName, categoryName, sourceName, unitName } from "./names.js";
import { reportKey, standingAfter, STEPS, viewOfPast } from "./replay.js";
import { mayAsk, personalOf } from "./personal.js";
import { lastWords, whoSaid } from "./said.js";
import { Singles } from "./singles.js";
import { clockTime, dayTime, nowMs, span } from "./time.js";

export class IncidentPanel {
  /**
   * @param {import("./decisions.js").Someone | null} someone
   * @param {(incidentId: string) => void} choose
   */
  constructor(someone, choose) {
    this.choose = choose;
    this.asksPersonal = mayAsk(someone);
    this.acting = new Acting(someone, () => (this.at === null ? this.loaded : null), () => this.#acted());
    this.singles = new Singles(this.acting);
    /** @type {string | null} */
    this.incidentId = null;
    /** @type {{view: any, events: any[], reports: any[], commands: any[]} | null} */
    this.loaded = null;
    this.shownSeq = -1;
    /** @type {number | null} entries of the log that are shown; null is now */
    this.at = null;
    this.loading = false;
    this.heardSeq = -1;
  }

  /** @param {string} incidentId */
  async open(incidentId) {
    if (this.incidentId !== incidentId) Object.assign(this, { incidentId, loaded: null, shownSeq: -1, heardSeq: -1, at: null });
    await this.load();
  }

  /** @param {number} seq of the incident now; loads only what is newer */
  async heard(seq) {
    this.heardSeq = seq;
    if (seq > this.shownSeq && this.at === null) await this.load();
  }

  /** @returns {Promise<void>} */
  async load() {
    if (!this.incidentId || this.loading) return;
    this.loading = true;
    const id = this.incidentId;
    const [view, events, reports, commands] = await Promise.all([
      get(`/api/incidents/${id}`),
      allEvents(id),
      get(`/api/incidents/${id}/reports?limit=50`),
      get(`/api/incidents/${id}/commands`),
    ]);
    this.loading = false;
    if (this.incidentId !== id) return this.load();
    if (!view.ok) return;
    this.loaded = { view: view.body, events, reports: reports.body?.reports ?? [], commands: commands.body?.commands ?? [] };
    this.shownSeq = view.body.summary.seq;
    this.draw();
    // What was heard of while this was on its way.
    if (this.heardSeq > this.shownSeq && this.at === null) await this.load();
  }

  async #acted() {
    this.at = null;
    await this.load();
  }

  draw() {
    unlessHeld(this.drawNow);
  }

  drawNow = () => {
    if (!this.loaded) return;
    const { view, events } = this.loaded;
    const body = byId("incident-body");
    const scrolled = body.scrollTop;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.offer;
    const past = this.at === null ? null : standingAfter(events, this.at);
    // Whatever is drawn of the past is drawn from it alone: nothing here may fall back to the present.
    const shown = past ? viewOfPast(view.summary.incident_id, past) : view;
    byId("incident").toggleAttribute("data-replay", Boolean(past));
    body.replaceChildren(
      past ? this.#mark(events) : el("div"),
      this.#head(shown),
      this.#replay(events),
      this.#facts(shown),
      this.#contradictions(shown),
      this.#suggestions(shown, Boolean(past)),
      this.#timeline(shown),
      this.#commands(shown, past),
      countersigned(events, this.at),
      this.#warning(shown),
      this.#reports(past),
      past ? el("div") : this.singles.joined(this.acting.bar(view), view),
    );
    body.scrollTop = scrolled;
    if (focused) /** @type {HTMLElement | null} */ (body.querySelector(`[data-offer="${CSS.escape(focused)}"]`))?.focus({ preventScroll: true });
    this.acting.undo.show(past ? null : view.undo);
    this.tick();
  };

  /** Every second: the clocks. */
  tick() {
    for (const clock of byId("incident-body").querySelectorAll("[data-due]")) {
      const left = Date.parse(/** @type {HTMLElement} */ (clock).dataset.due ?? "") - nowMs();
      clock.textContent = left < 0 ? t("late", span(-left)) : t("left", span(left));
      clock.classList.toggle("late", left < 0);
    }
    this.acting.undo.tick();
  }

  /** @param {any[]} events */
  #mark(events) {
    const at = events[(this.at ?? 1) - 1];
    return el(
      "div",
      { class: "rewind" },
      el("strong", { class: "mark", text: t("replay-mark") }),
      el("time", { class: "number", text: at ? dayTime(at.recorded_at) : "" }),
      el("button", { id: "leave-past", class: "primary", text: t("back-to-now"), on: { click: () => this.#leavePast() } }),
    );
  }

  async #leavePast() {
    this.at = null;
    this.draw();
    document.getElementById("replay-slider")?.focus();
    if (this.heardSeq > this.shownSeq) await this.load();
  }

  /** @param {any} view */
  #head(view) {
    const { summary, place } = view;
    const where = [areaName(place.district_code), areaName(place.township_code), place.words].filter(Boolean).join(" ");
    return el(
      "div",
      {},
      el(
        "div",
        { class: "head" },
        el("span", { class: `level level-${summary.level}`, text: t(`level-${summary.level}`) }),
        el("strong", { text: summary.title }),
      ),
      el("p", { class: "quiet", text: `${where} · ${categoryName(summary.category)} · ${dayTime(summary.opened_at)}` }),
      el(
        "p",
        {},
        [t(`stage-${summary.stage}`), t(`status-${summary.status}`), t(`verdict-${summary.verdict}`), view.acknowledged_by?.name ?? t("nobody")].join(" · "),
        summary.exercise && el("b", { class: "late", text: ` ${t("exercise")}` }),
        summary.red_alarm && el("b", { class: "late", text: ` ${t("red-alarm")}` }),
      ),
      el("p", { class: "quiet number", text: summary.incident_id }),
    );
  }

  /** @param {any[]} events */
  #replay(events) {
    const shown = this.at ?? events.length;
    const slider = /** @type {HTMLInputElement} */ (el("input", {
      type: "range", min: "1", max: String(events.length), value: String(shown), "aria-label": t("replay"),
      on: { input: () => { const at = Number(slider.value); this.at = at >= events.length ? null : at; this.draw(); document.getElementById("replay-slider")?.focus(); } },
      id: "replay-slider",
    }));
    const last = events[shown - 1];
    const words = this.at !== null && last ? t("replay-at", shown, events.length, [clockTime(last.recorded_at), t(`event-${last.type}`), whoSaid(last)].filter(Boolean).join(" ")) : t("replay-now");
    slider.setAttribute("aria-valuetext", words);
    return el(
      "div",
      { class: "replay" },
      el("h3", { text: t("replay") }),
      slider,
      el("p", { class: "quiet", text: words }),
    );
  }

  /** @param {any} view */
  #facts(view) {
    const known = Object.entries(view.facts).filter(([, value]) => value !== null && value !== undefined);
    const list = el("dl", { class: "facts" });
    for (const [name, value] of known) {
      const about = view.approximate.includes(name) ? `${t("approximate")} ` : "";
      const spans = view.origins?.[name]?.spans ?? [];
      const origin = spans.length ? el("q", { text: spans.map((/** @type {any} */ s) => s.words).join(" … ") }) : el("span", { class: "quiet", text: t("in-brackets", t("given-by-field")) });
      list.append(el("dt", { text: t(`fact-${name}`) }), el("dd", {}, `${about}${value} `, origin));
    }
    const sensitive = (view.sensitive ?? []).map((/** @type {any} */ one) => one.span.words).join(t("list-comma"));
    return el(
      "div",
      {},
      known.length > 0 && el("h3", { text: t("facts") }),
      list,
      el("ul", { class: "quiet" }, ...(view.fired ?? []).map((/** @type {any} */ one) => el("li", { text: firedWords(one) }))),
      sensitive && el("p", {}, el("b", { text: `${t("sensitive")} ` }), sensitive),
    );
  }

  /** @param {any} view */
  #contradictions(view) {
    const found = view.contradictions ?? [];
    if (!found.length) return el("div");
    return el(
      "div",
      {},
      el("h3", { class: "late", text: t("contradictions") }),
      el("ul", {}, ...found.map((/** @type {any} */ one) =>
        el("li", {}, `${t("said-of", WORD_OF_FIELD(one.field), `${valueOf(one.field, one.given)} ≠ ${valueOf(one.field, one.read)}`)} `, el("q", { class: "quiet", text: one.span.words })))),
    );
  }

  /** @param {any} view @param {boolean} isPast nothing can be decided about */
  #suggestions(view, isPast) {
    const merges = view.suggestions ?? [];
    const lines = view.next_lines ?? [];
    const questions = view.questions ?? [];
    if (!merges.length && !lines.length && !questions.length) return el("div");
    return el(
      "div",
      {},
      el("h3", { text: t("suggestions") }),
      el(
        "ul",
        {},
        ...merges.map((/** @type {any} */ one) =>
          el("li", {}, `${t("may-be-same")} `, el("button", { text: `${one.incident_id.slice(0, 8)} ${Math.round(one.score * 100)}%`, on: { click: () => this.choose(one.incident_id) } }),
            !isPast && el("button", { text: t("merge"), on: { click: () => this.acting.decide({ id: "merge", action: "merge", extra: { other_incident_id: one.incident_id }, reason: true }) } }))),
        ...lines.map((/** @type {any} */ one) => el("li", { text: t("next-line", t(`fact-${one.fact}`), one.needed, t(`level-${one.level}`)) })),
        questions.length > 0 && el("li", { text: t("ask-reporter", [...new Set(questions.map((/** @type {any} */ one) => t(`fact-${one.fact}`)))].join(t("list-comma"))) }),
      ),
    );
  }

  /** @param {any} view */
  #timeline(view) {
    const { steps } = view;
    /** @type {Map<string, string>} */
    const due = new Map(Object.values(view.deadlines).filter((/** @type {any} */ d) => d.step).map((/** @type {any} */ d) => [d.step, d.due_at]));
    return el(
      "div",
      {},
      el("h3", { text: t("timeline") }),
      el("ol", { class: "steps" }, ...STEPS.map((name) => {
        const step = steps[name];
        const state = !step ? "" : step.ended_at ? "done" : "open";
        const mark = { "": "○", done: "✓", open: "●" }[state];
        const clock = state === "open" && due.has(name) ? el("span", { class: "number", data: { due: due.get(name) } }) : el("span");
        const when = step ? `${clockTime(step.started_at)}${step.ended_at && step.ended_at !== step.started_at ? `–${clockTime(step.ended_at)}` : ""}` : "";
        return el(
          "li",
          { class: state },
          el("span", { text: mark, "aria-hidden": "true" }),
          el("span", { text: t(`step-${name}`) }),
          el("span", { class: "quiet", text: [when, step && t(`tier-${step.tier}`), step?.times_overdue ? `${t("overdue")} ×${step.times_overdue}` : ""].filter(Boolean).join(" ") }),
          this.at === null ? this.singles.ofStep(view, name, clock) : clock,
        );
      })),
    );
  }

  /** @param {any} view @param {import("./replay.js").Standing | null} past */
  #commands(view, past) {
    const held = past
      ? Object.values(past.commands).map((one) => ({ command: one.command, status: one.status, acknowledged_by: one.person && { name: one.person } }))
      : this.loaded?.commands.filter((one) => one.command.kind === "order") ?? [];
    const waiting = view.waiting_tasks, said = lastWords(this.loaded?.events ?? [], this.at);
    if (!held.length && !waiting.length) return el("div");
    return el(
      "div",
      {},
      el("h3", { text: `${t("commands")} ${held.filter((one) => one.status === "done").length}/${held.length}` }),
      el(
        "ul",
        { class: "commands" },
        ...held.map((/** @type {any} */ one) => el(
          "li",
          {},
          el("div", { class: "row" }, el("b", { text: unitName(one.command.unit_code) }),
            el("span", { class: `state-${one.status}`, text: `${t(`command-${one.status}`)} ${one.acknowledged_by?.name ?? ""}` })),
          el("p", { class: "quiet", text: one.command.text_zh }),
          wordsBelow(said.get(one.command.command_id)),
          past ? null : this.singles.ofOrder(view, one),
          gallery(one.attachments, unitName(one.command.unit_code)),
        )),
        ...waiting.map((/** @type {any} */ task) => el(
          "li",
          {},
          el("div", { class: "row" }, el("b", { text: unitName(task.unit_code) }), el("span", { text: t("waiting-tasks") })),
          el("p", { class: "quiet", text: task.text_zh }),
        )),
      ),
    );
  }

  /** @param {any} view */
  #warning(view) {
    if (!view.warning) return el("div");
    return el("div", {}, el("h3", { text: t("warning") }), el("p", { text: view.warning.headline_zh }), el("p", { class: "quiet", text: view.warning.description_zh }));
  }

  /** @param {import("./replay.js").Standing | null} past */
  #reports(past) {
    const reports = (this.loaded?.reports ?? []).filter((report) => !past || past.joined.has(reportKey(report)));
    /** @type {Record<string, any>} */
    let before = {};
    const items = [...reports].reverse().map((report) => {
      const changed = Object.entries(report.facts).filter(([name, value]) => value !== null && before[name] !== undefined && before[name] !== value)
        .map(([name, value]) => `${t(`fact-${name}`)} ${t("changed-to", before[name], String(value))}`);
      before = { ...before, ...Object.fromEntries(Object.entries(report.facts).filter(([, value]) => value !== null)) };
      return el(
        "li",
        {},
        el("div", { class: "row" }, el("b", { text: `${t(`kind-${report.kind}`)} ${t(`channel-${report.channel}`)} ${report.claim === "deny" ? t("claim-deny") : ""}` }), el("span", { class: "quiet number", text: clockTime(report.reported_at) })),
        el("p", { text: report.title ?? "" }),
        el("p", { class: "quiet", text: report.text ?? "" }),
        report.low_trust && el("p", { class: "late", text: t("low-trust", report.low_trust.reports, report.low_trust.within_seconds) }),
        !past && this.asksPersonal && this.incidentId && personalOf(this.incidentId, report, this.drawNow),
        gallery(report.attachments, `${t(`kind-${report.kind}`)} ${clockTime(report.reported_at)}`),
        changed.length > 0 && el("p", { class: "late", text: changed.join(t("list-comma")) }),
      );
    });
    return el("div", {}, el("h3", { text: `${t("reports")} ${reports.length}` }), el("ul", { class: "reports" }, ...items.reverse()));
  }
}

/** @param {{words: string, at: string} | undefined} said */
const wordsBelow = (said) => said && el("p", { class: "said" }, el("time", { class: "number", text: clockTime(said.at) }), ` ${said.words}`);

/** @param {string} id */
async function allEvents(id) {
  /** @type {any[]} */
  const events = [];
  /** @type {number | null} */
  let after = 0;
  while (after !== null) {
    const answer = await get(`/api/incidents/${id}/events?after_seq=${after}&limit=200`);
    if (!answer.ok) return events;
    events.push(...answer.body.events);
    after = answer.body.next_after_seq;
  }
  return events;
}

/** @param {any} fired a line of a rule pack that its facts reach */
const firedWords = (fired) =>
  `${t("said-of", t(`level-${fired.level}`), fired.met.map((/** @type {any} */ met) => `${met.counted.map((/** @type {any} */ one) => t(`fact-${one.fact}`)).join("+")} ${met.value} ≥ ${met.at_least}`).join(t("list-comma")))} ${t("in-brackets", sourceName(fired.source))}`;

/** @param {string} field */
const WORD_OF_FIELD = (field) => (field === "category" ? t("all-categories") : field === "area_code" ? t("map") : t(`fact-${field}`));

/** @param {string} field @param {string} value */
const valueOf = (field, value) => (field === "category" ? categoryName(value) : field === "area_code" ? areaName(value) : value);
