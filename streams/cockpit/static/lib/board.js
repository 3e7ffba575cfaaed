// Board: five lanes, one a stage. Only the cards in sight are in the page, so that ten thousand stay smooth.
import { byId, el, onceAFrame } from "./dom.js";
import { t } from "./i18n.js";
import { placeName } from "./names.js";
import { dueAt } from "./store.js";
import { nowMs, span } from "./time.js";

export const STAGES = ["perception", "verification", "assessment", "disposal", "follow_up"];
const BEYOND = 4; // cards kept above and below what is in sight

class Lane {
  /**
   * @param {string} stage
   * @param {(incidentId: string) => void} choose
   */
  constructor(stage, choose) {
    this.choose = choose;
    /** @type {import("./store.js").Incident[]} */
    this.incidents = [];
    /** @type {string | null} */
    this.chosen = null;
    this.count = el("span", { class: "number" });
    this.title = el("span", { data: { t: `stage-${stage}` }, text: t(`stage-${stage}`) });
    this.space = el("div");
    this.scroll = el("div", { class: "scroll", tabindex: "0", role: "list", "aria-label": t(`stage-${stage}`) }, this.space);
    this.element = el("div", { class: "lane" }, el("h3", {}, this.title, this.count), this.scroll);
    /** @type {Map<string, HTMLElement>} */
    this.cards = new Map();
    this.draw = onceAFrame(() => this.#draw());
    this.scroll.addEventListener("scroll", this.draw, { passive: true });
    new ResizeObserver(this.draw).observe(this.scroll);
  }

  /**
   * @param {import("./store.js").Incident[]} incidents
   * @param {string | null} chosen
   */
  show(incidents, chosen) {
    this.incidents = incidents;
    this.chosen = chosen;
    this.count.textContent = String(incidents.length);
    this.element.classList.toggle("empty", !incidents.length);
    this.draw();
  }

  #draw() {
    const root = getComputedStyle(document.documentElement);
    const height = parseFloat(root.getPropertyValue("--card-rem")) * parseFloat(root.fontSize);
    this.space.style.height = `${this.incidents.length * height}px`;
    const first = Math.max(0, Math.floor(this.scroll.scrollTop / height) - BEYOND);
    const last = Math.min(this.incidents.length, Math.ceil((this.scroll.scrollTop + this.scroll.clientHeight) / height) + BEYOND);
    const seen = new Map();
    for (let index = first; index < last; index++) {
      const incident = this.incidents[index];
      const known = this.cards.get(incident.incident_id);
      const card = known ?? el("button", { role: "listitem", on: { click: () => this.choose(incident.incident_id) } });
      fill(card, incident, incident.incident_id === this.chosen);
      card.style.top = `${index * height}px`;
      if (!known) this.scroll.append(card);
      seen.set(incident.incident_id, card);
    }
    for (const [id, card] of this.cards) if (!seen.has(id)) card.remove();
    this.cards = seen;
  }
}

/**
 * @param {HTMLElement} card
 * @param {import("./store.js").Incident} incident
 * @param {boolean} isChosen
 */
function fill(card, incident, isChosen) {
  const due = dueAt(incident) - nowMs();
  const left = incident.next_due_at ? (due < 0 ? t("late", span(-due)) : t("left", span(due))) : t("no-clock");
  const marks = [incident.exercise && t("exercise"), incident.urgent && t("urgent"), incident.red_alarm && t("red-alarm")].filter(Boolean).join(" ");
  const key = [incident.seq, left, isChosen, t("left")].join("|");
  if (card.dataset.key === key) return;
  card.dataset.key = key;
  card.dataset.id = incident.incident_id;
  card.title = `${incident.title}\n${placeName(incident)}`;
  card.className = `card level-line-${incident.level}`;
  card.setAttribute("aria-current", String(isChosen));
  card.replaceChildren(
    el("span", { class: "title" }, `${incident.level} `, marks && el("b", { class: "late", text: `${marks} ` }), incident.title),
    el(
      "span",
      { class: "under" },
      el("span", { text: `${placeName(incident)} · ${incident.step ? `${t(`step-${incident.step}`)} ${t(`tier-${incident.step_tier}`)}` : ""}` }),
      el("span", { class: due < 0 ? "late number" : "number", text: left }),
    ),
  );
}

export class Board {
  /** @param {(incidentId: string) => void} choose */
  constructor(choose) {
    this.lanes = STAGES.map((stage) => new Lane(stage, choose));
    byId("lanes").replaceChildren(...this.lanes.map((lane) => lane.element));
  }

  /**
   * @param {import("./store.js").Incident[]} incidents in the order in which they are to stand
   * @param {string | null} chosen
   */
  show(incidents, chosen) {
    const byStage = new Map(STAGES.map((stage) => [stage, /** @type {any[]} */ ([])]));
    for (const incident of incidents) byStage.get(incident.stage)?.push(incident);
    this.lanes.forEach((lane, index) => lane.show(byStage.get(STAGES[index]) ?? [], chosen));
  }

  /** Every second: the time that is left. */
  tick() {
    for (const lane of this.lanes) lane.draw();
  }

  /** All cards in the order in which J and K go through them. */
  order() {
    return this.lanes.flatMap((lane) => lane.incidents.map((one) => one.incident_id));
  }
}
