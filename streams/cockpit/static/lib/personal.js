// Personal: what a report says of people, shown on a press to those who may know; each press is written down.
import { get } from "./api.js";
import { toast } from "./dialog.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";

const MAY_ASK = ["duty_officer", "commander"];
/** What was told, for as long as this incident is looked at. */
let told = { incident: "", of: /** @type {Map<string, any>} */ (new Map()) };

/** @param {import("./decisions.js").Someone | null} someone null: the installation itself */
export const mayAsk = (someone) => !someone || MAY_ASK.includes(someone.role);

/**
 * Whom to call, once somebody has pressed for it.
 * @param {string} incidentId
 * @param {{source_id: string, report_id: string}} report
 * @param {() => void} redraw
 */
export function personalOf(incidentId, report, redraw) {
  if (told.incident !== incidentId) told = { incident: incidentId, of: new Map() };
  const key = `${report.source_id}/${report.report_id}`;
  const known = told.of.get(key);
  if (known) {
    const contact = [known.contact_name, known.contact_phone, known.reporter_id].filter(Boolean).join(" ");
    return el("p", { class: "personal" }, el("b", { text: contact || t("personal-none") }), el("span", { text: ` ${known.text ?? known.title ?? ""}` }));
  }
  return el("button", { class: "personal", text: t("personal"), on: { click: () => ask(incidentId, report, key, redraw) } });
}

/** @param {string} incidentId @param {{source_id: string, report_id: string}} report @param {string} key @param {() => void} redraw */
async function ask(incidentId, report, key, redraw) {
  const names = [incidentId, report.source_id, report.report_id].map(encodeURIComponent);
  const answer = await get(`/api/incidents/${names[0]}/reports/${names[1]}/${names[2]}/personal`);
  if (!answer.ok) {
    toast(t("personal-refused"), true);
    return;
  }
  if (told.incident === incidentId) told.of.set(key, answer.body);
  redraw();
}
