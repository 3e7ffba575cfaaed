// Appraisal: the ratings behind the colours, down to the incidents behind each figure.
import { el } from "./dom.js";
import { closeDialog, show } from "./dialog.js";
import { t } from "./i18n.js";
import { areaName, unitName } from "./names.js";

/**
 * @param {import("./store.js").Store} store
 * @param {(incidentId: string) => void} choose
 */
export function showAppraisal(store, choose) {
  const ratings = [...store.ratings.values()].sort((one, other) => (one.score ?? 101) - (other.score ?? 101));
  show(
    el("h2", { id: "dialog-title", text: t("appraisal") }),
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, ...["subject", "score", "sample", "components"].map((word) => el("th", { scope: "col", text: t(word) })))),
      el("tbody", {}, ...ratings.map((rating) => row(rating, choose))),
    ),
  );
}

/**
 * @param {any} rating
 * @param {(incidentId: string) => void} choose
 */
function row(rating, choose) {
  const name = rating.subject_kind === "unit" ? unitName(rating.subject_code) : areaName(rating.subject_code);
  const colour = rating.colour ? t(`rating-${rating.colour}`) : t("nothing-to-rate");
  return el(
    "tr",
    {},
    el("th", { scope: "row", text: name }),
    el("td", { class: "number", text: `${colour} ${rating.score === null ? "" : rating.score.toFixed(1)} ${rating.few_data ? `(${t("few-data")})` : ""}` }),
    el("td", { class: "number", text: String(rating.sample) }),
    el("td", {}, ...rating.components.map((/** @type {any} */ one) => component(one, choose))),
  );
}

/**
 * @param {any} one
 * @param {(incidentId: string) => void} choose
 */
function component(one, choose) {
  return el(
    "details",
    {},
    el("summary", { text: `${t(`component-${one.id}`)} ${one.numerator}/${one.denominator}` }),
    ...one.incident_ids.map((/** @type {string} */ id) =>
      el("button", { text: id.slice(0, 8), on: { click: () => { closeDialog(); choose(id); } } })
    ),
    one.omitted > 0 && el("span", { class: "quiet", text: ` +${one.omitted}` }),
  );
}
