// Map: the districts in the colour of their rating, of the worst alarm there, or by how much is open. A click goes in.
import { get } from "./api.js";
import { byId, el, svg } from "./dom.js";
import { t } from "./i18n.js";
import { areaName, areasBelow, ratingBands, unitName } from "./names.js";

const MODES = ["rating", "alarm", "open"];
const STYLES = ["boundaries", "tiles"];
const CENTRAL = ["500103", "500104", "500105", "500106", "500107", "500108"];
// In the inset some names would touch their neighbours': how far they are moved, in units of the drawing.
/** @type {Record<string, [number, number]>} */
const MOVED = { "500103": [-4, -1], "500104": [7, 6], "500106": [0, -8], "500107": [-7, 17], "500108": [7, 2], "500157": [-8, 46] };
const REACHES_IN = ["500157"]; // far wider than these: seen in the inset as far as it reaches in
const NARROW = "(max-width: 700px)";
const COLOURS = ["green", "blue", "yellow", "orange", "red"]; // best first
const MANY = [1, 5, 20]; // up to 1, 5, 20 open incidents: three shades, and one for more

/** @typedef {Pick<import("./store.js").Store, "alarms" | "ratings" | "areaCode">} Shown */

export class CityMap {
  /** @param {(areaCode: string) => void} goTo */
  constructor(goTo) {
    this.goTo = goTo;
    this.mode = "rating";
    this.style = "boundaries";
    /** Whether a past moment is shown, of which no ratings are known. */
    this.isPast = false;
    /** @type {Map<string, any>} */
    this.drawings = new Map();
    /** @type {string | null} */
    this.drawn = null;
    /** @type {Map<string, SVGElement[]>} */
    this.shapes = new Map();
    /** @type {Map<string, SVGElement[]>} */
    this.marks = new Map();
  }

  async load() {
    for (const style of STYLES) {
      const answer = await get(`/api/screen/map?style=${style}`);
      if (answer.ok) this.drawings.set(style, answer.body);
    }
    // On a phone no name could be read on the map.
    if (this.drawings.get("boundaries")?.source === "tiles" || matchMedia(NARROW).matches) this.style = "tiles";
  }

  get shownMode() {
    return this.isPast && this.mode === "rating" ? "alarm" : this.mode;
  }

  /**
   * @param {Shown} store
   * @param {string} area the area in sight
   * @param {() => void} again
   */
  show(store, area, again) {
    this.#controls(again);
    const known = store.alarms();
    const isCity = area.endsWith("0000");
    if (isCity) this.#city(store, known);
    else this.#district(store, area, known);
    const notes = isCity ? notesOn(this.drawings.get(this.style)) : [];
    byId("map-notes").replaceChildren(...notes.map((note) => el("p", { text: note })));
    this.#legend();
  }

  /** @param {() => void} again */
  #controls(again) {
    /** @param {"mode" | "style"} what @param {string} value @param {string} word */
    const button = (what, value, word) =>
      el("button", {
        "aria-pressed": String((what === "mode" ? this.shownMode : this.style) === value),
        text: t(word),
        on: { click: () => { this[what] = value; this.drawn = null; again(); } },
      });
    byId("map-modes").replaceChildren(...MODES.filter((mode) => !this.isPast || mode !== "rating").map((mode) => button("mode", mode, `map-${mode}`)));
    byId("map-styles").replaceChildren(...STYLES.map((style) => button("style", style, `map-${style}`)));
  }

  /**
   * @param {Shown} store
   * @param {Map<string, {level: string, count: number, flashes: boolean}>} known
   */
  #city(store, known) {
    const drawing = this.drawings.get(this.style);
    if (!drawing) return;
    if (this.drawn !== this.style) this.#draw(drawing);
    for (const [code, shapes] of this.shapes) {
      const look = this.#look(store, code, known);
      for (const shape of shapes) {
        shape.dataset.colour = look.colour;
        shape.classList.toggle("flashes", look.flashes);
        shape.classList.toggle("few", look.few);
        shape.setAttribute("aria-label", `${areaName(code)} ${look.words}`);
      }
      for (const mark of this.marks.get(code) ?? []) mark.textContent = look.mark;
    }
  }

  /** @param {any} drawing */
  #draw(drawing) {
    this.shapes = new Map();
    this.marks = new Map();
    const whole = svg("svg", { class: "city", viewBox: `0 0 1000 ${drawing.height}`, role: "group", "aria-label": t("map") });
    this.#fill(whole, drawing.shapes, true);
    byId("map-body").replaceChildren(whole);
    if (drawing.source !== "tiles") {
      const hasBoundary = drawing.shapes.filter((/** @type {any} */ shape) => !drawing.without_boundary.includes(shape.code));
      const central = hasBoundary.filter((/** @type {any} */ shape) => CENTRAL.includes(shape.code));
      const box = bounds(central);
      if (box) {
        const inset = svg("svg", { class: "inset", viewBox: box, role: "group", "aria-label": t("central-city") });
        this.#fill(inset, hasBoundary.filter((/** @type {any} */ shape) => [...CENTRAL, ...REACHES_IN].includes(shape.code)), false);
        byId("map-body").append(inset);
      }
    }
    this.drawn = this.style;
  }

  /**
   * All shapes, then all names, so that no shape covers a neighbour's name.
   * @param {SVGElement} picture
   * @param {any[]} shapes
   * @param {boolean} isMain
   */
  #fill(picture, shapes, isMain) {
    picture.append(...shapes.map((shape) => this.#shape(shape, isMain)), ...shapes.flatMap((shape) => this.#words(shape, isMain)));
  }

  /** @param {any} shape @param {boolean} isMain */
  #shape(shape, isMain) {
    const go = () => this.goTo(shape.code);
    const path = svg("path", {
      class: "shape",
      d: shape.path,
      tabindex: isMain ? "0" : "-1",
      role: "button",
      on: { click: go, keydown: (/** @type {KeyboardEvent} */ event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); go(); } } },
    });
    this.shapes.set(shape.code, [...(this.shapes.get(shape.code) ?? []), path]);
    return path;
  }

  /** Name and mark. @param {any} shape @param {boolean} isMain @returns {SVGElement[]} */
  #words(shape, isMain) {
    const isTile = this.style === "tiles";
    const isSmall = !isMain && !isTile;
    const [right, down] = isSmall ? MOVED[shape.code] ?? [0, 0] : [0, 0];
    const [x, y] = [shape.label[0] + right, shape.label[1] + down];
    const name = svg("text", { class: "shape-name", x, y: y + (isTile ? 0 : 4), text: shortName(shape.name) });
    const mark = svg("text", { class: "shape-mark", x, y: y + (isSmall ? 11 : 24) });
    if (isSmall) for (const text of [name, mark]) text.classList.add("small");
    if (isTile && shortName(shape.name).length > 2) name.classList.add("long");
    this.marks.set(shape.code, [...(this.marks.get(shape.code) ?? []), mark]);
    // In the whole city's map the small districts have no room for words: the inset has them.
    const isInInset = CENTRAL.includes(shape.code) && !(shape.is_schematic && !shape.drawn_from.length);
    return isMain && !isTile && isInInset ? [] : [name, mark];
  }

  /**
   * Colour, mark and words of an area: never colour alone.
   * @param {Shown} store
   * @param {string} code
   * @param {Map<string, {level: string, count: number, flashes: boolean}>} known
   */
  #look(store, code, known) {
    const alarm = known.get(code);
    if (this.shownMode === "alarm") {
      const words = alarm ? `${t(`level-${alarm.level}`)} ${alarm.count}` : "";
      return { colour: alarm?.level ?? "none", mark: alarm ? alarm.level : "", words, flashes: Boolean(alarm?.flashes), few: false };
    }
    if (this.shownMode === "open") {
      const count = alarm?.count ?? 0;
      const shade = count ? `n${1 + MANY.filter((many) => count > many).length}` : "none";
      return { colour: shade, mark: count ? String(count) : "", words: `${t("open-incidents")} ${count}`, flashes: false, few: false };
    }
    const rating = store.ratings.get(code);
    const word = rating?.colour ? t(`rating-${rating.colour}`) : t("nothing-to-rate");
    const score = rating?.score === null || rating?.score === undefined ? "" : String(Math.round(rating.score));
    return { colour: rating?.colour ?? "none", mark: rating?.colour ? t("rating-mark", word, score) : score, words: `${word} ${score}`, flashes: Boolean(alarm?.flashes), few: Boolean(rating?.few_data) };
  }

  /**
   * @param {Shown} store
   * @param {string} area
   * @param {Map<string, {level: string, count: number, flashes: boolean}>} known
   */
  #district(store, area, known) {
    this.drawn = null;
    const below = areasBelow(area);
    const tiles = below.length ? below : [area];
    const units = [...store.ratings.keys()].filter((code) => code.startsWith(`${area}:`)).sort();
    byId("map-body").replaceChildren(
      el(
        "div",
        { class: "district" },
        el("h3", { text: t("townships") }),
        el("div", { class: "tiles" }, ...tiles.map((code) => this.#tile(store, code, areaName(code), known))),
        units.length > 0 && el("h3", { text: t("units") }),
        units.length > 0 && el("div", { class: "tiles" }, ...units.map((code) => this.#tile(store, code, unitName(code), known))),
      ),
    );
  }

  /**
   * @param {Shown} store
   * @param {string} code
   * @param {string} name
   * @param {Map<string, {level: string, count: number, flashes: boolean}>} known
   */
  #tile(store, code, name, known) {
    const look = this.#look(store, code, known);
    return el(
      "button",
      { class: `tile${look.flashes ? " flashes" : ""}`, data: { colour: look.colour }, on: { click: () => this.goTo(code) } },
      el("span", { text: name }),
      el("span", { class: "quiet", text: look.words }),
    );
  }

  #legend() {
    const entries = {
      rating: [...COLOURS.map((colour) => [colour, meaningOf(colour)]), ["none", t("nothing-to-rate")], ["few", t("few-data")]],
      alarm: [...["I", "II", "III", "IV"].map((level) => [level, t(`level-${level}`)]), ["none", t("no-alarm")]],
      open: [],
    }[this.shownMode] ?? [];
    byId("legend").replaceChildren(...entries.map(([colour, word]) => el("li", { data: { colour } }, el("i"), word)));
  }
}

/**
 * 绿 90 分及以上: what a colour says of the work, by the rulebook in force.
 * @param {string} colour
 */
export function meaningOf(colour) {
  const bands = ratingBands();
  const word = `${t(`rating-${colour}`)} ${t(`rating-${colour}-means`)}`;
  if (!bands) return word;
  const above = bands[COLOURS[COLOURS.indexOf(colour) - 1]];
  const from = bands[colour];
  if (from === undefined) return `${word} ${t("score-below", above)}`;
  return `${word} ${above === undefined ? t("score-from", from) : t("score-between", from, above)}`;
}

/**
 * What a map of boundaries only sketches, in words.
 * @param {any} drawing
 * @returns {string[]}
 */
export function notesOn(drawing) {
  const sketched = (drawing?.shapes ?? []).filter((/** @type {any} */ shape) => shape.is_schematic);
  const succeeding = sketched.filter((/** @type {any} */ shape) => shape.drawn_from.length);
  const without = sketched.filter((/** @type {any} */ shape) => !shape.drawn_from.length);
  const notes = succeeding.map((/** @type {any} */ shape) => t("map-schematic", shape.name, shape.drawn_from.join("、")));
  if (without.length) notes.push(t("map-without-boundary", without.map((/** @type {any} */ shape) => shape.name).join("、")));
  return notes;
}

/** 彭水苗族土家族自治县 → 彭水, 万州区 → 万州, 两江新区 → 两江, but 忠县. @param {string} name */
function shortName(name) {
  const short = name.replace(/(土家族|苗族)+自治县|新区$|[区县]$/g, "");
  return short.length > 1 ? short : name;
}

/**
 * The box around the labels of some shapes, with a margin.
 * @param {any[]} shapes
 */
function bounds(shapes) {
  if (!shapes.length) return null;
  const numbers = shapes.flatMap((shape) => shape.path.match(/-?\d+\.\d/g).map(Number));
  const xs = numbers.filter((_, index) => index % 2 === 0);
  const ys = numbers.filter((_, index) => index % 2 === 1);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return `${left - 3} ${top - 3} ${Math.max(...xs) - left + 6} ${Math.max(...ys) - top + 6}`;
}
