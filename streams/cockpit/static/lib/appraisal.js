// Appraisal: the ratings behind the colours with the way they went, down to the incidents behind each figure.
import { get } from "./api.js";
import { closeDialog, show, toast } from "./dialog.js";
import { el, svg } from "./dom.js";
import { t } from "./i18n.js";
import { areaName, unitName } from "./names.js";
import { arranged, linesOf, pathOf } from "./standings.js";
import { dayTime } from "./time.js";

const [WIDTH, HEIGHT] = [120, 28];
const COLOURS = ["green", "blue", "yellow", "orange", "red"];
const COLUMNS = /** @type {import("./standings.js").Column[]} */ (["subject", "score", "change", "sample"]);

/**
 * @param {import("./store.js").Store} store
 * @param {string} area
 * @param {(incidentId: string) => void} choose
 */
export async function showAppraisal(store, area, choose) {
  const answer = await get(`/api/screen/trends?area=${area}`);
  if (!answer.ok) toast(answer.detail || t("unreachable"), true);
  new Appraisal(store, answer.body?.subjects ?? {}, answer.body?.ends ?? [], choose).show();
}

class Appraisal {
  /**
   * @param {import("./store.js").Store} store
   * @param {Record<string, import("./standings.js").Point[]>} trends
   * @param {string[]} ends of the windows, the oldest first
   * @param {(incidentId: string) => void} choose
   */
  constructor(store, trends, ends, choose) {
    this.store = store;
    this.ends = ends;
    this.choose = choose;
    this.lines = linesOf(store.ratings.values(), trends, nameOf);
    /** @type {import("./standings.js").Order} the worst first */
    this.order = { by: "score", down: false };
    this.choice = { kind: "", colour: "", text: "" };
    this.heads = new Map(COLUMNS.map((column) => [column, this.#head(column)]));
    this.body = el("tbody");
    this.count = el("p", { class: "quiet", role: "status" });
  }

  show() {
    show(
      el("h2", { id: "dialog-title", text: t("appraisal") }),
      this.#choices(),
      this.count,
      el("p", { class: "quiet wider", text: t("scroll-sideways") }),
      el("div", { class: "standings", tabindex: "0", role: "region", "aria-label": t("appraisal") }, el(
        "table",
        {},
        el("thead", {}, el("tr", {}, ...this.heads.values(), el("th", { scope: "col", text: t("trend") }), el("th", { scope: "col", text: t("components") }))),
        this.body,
      )),
    );
    this.#draw();
  }

  #choices() {
    const select = (/** @type {"kind" | "colour"} */ what, /** @type {[string, string][]} */ options) => {
      const chosen = /** @type {HTMLSelectElement} */ (el("select", {
        "aria-label": options[0][1], on: { change: () => { this.choice[what] = chosen.value; this.#draw(); } },
      }, ...options.map(([value, text]) => el("option", { value, text }))));
      return chosen;
    };
    const text = /** @type {HTMLInputElement} */ (el("input", {
      type: "search", "aria-label": t("subject"), placeholder: t("subject"),
      on: { input: () => { this.choice.text = text.value.trim(); this.#draw(); } },
    }));
    return el(
      "div",
      { class: "choices" },
      text,
      select("kind", [["", t("all-subjects")], ["area", t("districts-and-townships")], ["unit", t("units")]]),
      select("colour", [["", t("all-colours")], ...COLOURS.map((one) => /** @type {[string, string]} */ ([one, t(`rating-${one}`)])), ["none", t("nothing-to-rate")]]),
    );
  }

  /** @param {import("./standings.js").Column} column */
  #head(column) {
    const turn = () => {
      this.order = { by: column, down: this.order.by === column && !this.order.down };
      this.#draw();
    };
    return el("th", { scope: "col" }, el("button", { class: "sort", text: t(column), on: { click: turn } }));
  }

  #draw() {
    const lines = arranged(this.lines, this.order, this.choice);
    for (const [column, head] of this.heads) {
      const isIt = column === this.order.by;
      head.setAttribute("aria-sort", isIt ? (this.order.down ? "descending" : "ascending") : "none");
    }
    this.count.textContent = t("standings-count", lines.length, this.lines.length);
    this.body.replaceChildren(...lines.map((line) => this.#row(line)));
  }

  /** @param {import("./standings.js").Line} line */
  #row(line) {
    const { rating } = line;
    const word = rating.colour ? t(`rating-${rating.colour}`) : t("nothing-to-rate");
    return el(
      "tr",
      { class: rating.few_data ? "few" : "", data: { subject: rating.subject_code } },
      el("th", { scope: "row", text: line.name }),
      el("td", { class: "number" }, el("i", { class: "swatch", data: { colour: rating.colour ?? "none" } }),
        `${word} ${rating.score === null ? "" : rating.score.toFixed(1)} ${rating.few_data ? `(${t("few-data")})` : ""}`),
      el("td", { class: "number", text: line.change === null ? "" : signed(line.change) }),
      el("td", { class: "number", text: String(rating.sample) }),
      el("td", {}, this.#trend(line)),
      el("td", {}, rating.components.length > 0 && this.#components(rating)),
    );
  }

  /** @param {import("./standings.js").Line} line */
  #trend({ points }) {
    if (!points.some(([score]) => score !== null)) return "";
    const told = points.map(([score, colour], index) =>
      score === null ? null : `${dayTime(this.ends[index]).slice(5, 16)} ${t(`rating-${colour}`)} ${score.toFixed(1)}`).filter(Boolean);
    const last = points[points.length - 1];
    return svg(
      "svg",
      { class: "trend", viewBox: `-3 -3 ${WIDTH + 6} ${HEIGHT + 6}`, role: "img", "aria-label": `${t("trend")}: ${told.join("; ")}` },
      svg("title", { text: told.join("\n") }),
      svg("path", { class: "rule", d: `M0 ${HEIGHT}H${WIDTH}` }),
      svg("path", { class: "way", d: pathOf(points, WIDTH, HEIGHT) }),
      ...(last[0] === null ? [] : [svg("circle", { cx: WIDTH, cy: HEIGHT - (last[0] / 100) * HEIGHT, r: 3, "data-colour": last[1] })]),
    );
  }

  /** @param {any} rating */
  #components(rating) {
    const bringIntoView = (/** @type {Event} */ { target }) => {
      const opened = /** @type {HTMLDetailsElement} */ (target);
      if (opened.open) opened.scrollIntoView({ block: "nearest", inline: "nearest" });
    };
    return el(
      "details",
      { on: { toggle: bringIntoView } },
      el("summary", { text: t("open-components", rating.components.length) }),
      el("ul", { class: "components" }, ...rating.components.map((/** @type {any} */ one) => this.#component(one))),
    );
  }

  /** @param {any} one */
  #component(one) {
    return el(
      "li",
      {},
      el("p", {}, `${t(`component-${one.id}`)} ${one.numerator}/${one.denominator} `, el("span", { class: "quiet", text: t("weighs", one.weight) })),
      el("meter", { min: 0, max: 1, value: one.ratio, "aria-label": t(`component-${one.id}`) }),
      el("p", { class: "behind" }, ...one.incident_ids.map((/** @type {string} */ id) => this.#incident(id)),
        one.omitted > 0 && el("span", { class: "quiet", text: ` +${one.omitted}` })),
    );
  }

  /** @param {string} id */
  #incident(id) {
    const words = this.store.open.get(id)?.title ?? id.slice(0, 8);
    return el("button", { text: words, data: { incident: id }, on: { click: () => { closeDialog(); this.choose(id); } } });
  }
}

/** @param {any} rating */
const nameOf = (rating) => (rating.subject_kind === "unit" ? unitName(rating.subject_code) : areaName(rating.subject_code));

/** @param {number} change */
const signed = (change) => `${change > 0 ? "▲ +" : change < 0 ? "▼ −" : ""}${Math.abs(change).toFixed(1)}`;
