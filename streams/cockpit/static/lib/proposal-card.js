// Proposal card: everything that a second person signs, in words, before there is a button to sign it with.
import { el } from "./dom.js";
import { t } from "./i18n.js";
import { areaName, parentOf, unitName } from "./names.js";
import { dayTime } from "./time.js";

/** @typedef {import("./proposals.js").Proposal} Proposal */

const FEW = 5; // so many orders are read at a glance; more are unfolded by whoever signs them

/**
 * Whether its orders are in sight, without which nobody signs: few are from the start, many when they were unfolded.
 * @param {Proposal} one
 * @param {Map<string, boolean>} unfolded what this person has chosen, by id
 */
export const isInSight = (one, unfolded) => unfolded.get(one.message_id) ?? (one.at_stake ?? []).length <= FEW;

/**
 * What is decided besides orders: a verdict, a level, or which clock runs until when.
 * @param {Proposal} one
 * @returns {string[]}
 */
export function decidedIn(one) {
  const said = [];
  if (one.verdict) said.push(`${t("act-verify")}：${t(`verdict-${one.verdict}`)}`);
  if (one.to_level) said.push(`${t("act-regrade")}：${t(`level-${one.level}`)} → ${t(`level-${one.to_level}`)}`);
  if (one.until) said.push(clockOf(one));
  return said;
}

/** @param {Proposal} one an extension */
function clockOf(one) {
  const clock = one.prolonged;
  if (!clock) return t("prolonged-gone", dayTime(one.until));
  const whose = clock.unit_code ? [unitName(clock.unit_code), clock.text_zh] : [clock.step && t(`step-${clock.step}`)];
  return t("prolonged", [t(`clock-${clock.kind}`), ...whose].filter(Boolean).join(" "), dayTime(clock.due_at), dayTime(one.until));
}

/** @param {string} code 南岸区 弹子石街道; the city that all share stays away */
function whereIs(code) {
  const above = parentOf(code);
  return [above && parentOf(above) ? areaName(above) : "", areaName(code)].filter(Boolean).join(" ");
}

/**
 * @param {Proposal} one
 * @param {() => void} choose its incident
 * @returns {HTMLElement[]}
 */
export function about(one, choose) {
  return [
    el("p", {}, el("span", { class: `level level-${one.level}`, text: t(`level-${one.level}`) }), ` ${whereIs(one.area_code)}`),
    el("button", { class: "link", text: one.title, on: { click: choose }, data: { key: `open-${one.message_id}` } }),
    ...decidedIn(one).map((words) => el("p", { text: words })),
    el("p", { class: "quiet", text: `${t("proposed-by", one.officer.name, areaName(one.officer_area_code))} ${dayTime(one.proposed_at)}` }),
    ...(one.reason ? [el("p", { text: `${t("reason")}：${one.reason}` })] : []),
  ];
}

/**
 * Its orders, folded or in a box that scrolls by wheel and key.
 * @param {Proposal} one
 * @param {boolean} inSight
 * @param {() => void} toggle
 * @returns {HTMLElement[]}
 */
export function stakes(one, inSight, toggle) {
  const orders = one.at_stake ?? [];
  if (!orders.length) return one.orders ? [el("p", { class: "quiet", text: t("no-stakes") })] : [];
  const words = t("stakes", orders.length);
  const id = `stakes-${one.message_id}`;
  const fold = el("button", {
    text: t(inSight ? "fold" : "unfold"), "aria-expanded": String(inSight), "aria-controls": id, "aria-label": `${t(inSight ? "fold" : "unfold")} ${words}`,
    on: { click: toggle }, data: { key: `fold-${one.message_id}` },
  });
  const list = el("ul", { id, class: `stakes${inSight ? "" : " hidden"}`, tabindex: "0", "aria-label": words, data: { key: id } },
    ...orders.map((/** @type {any} */ order) => el("li", {},
      el("b", { text: `${unitName(order.unit_code)}${order.status ? ` · ${t(`command-${order.status}`)}` : ""}` }),
      el("p", { text: order.text_zh }))));
  return [el("div", { class: "row" }, el("span", { text: words }), fold), list];
}
