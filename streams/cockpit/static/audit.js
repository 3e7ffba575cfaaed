// Audit page: who asked for what, by page and filter, and whether the book is as it was written. Asks only when told to,
// since each asking is an entry, too.
import { get } from "./lib/api.js";
import { ACTS, actWord, ASKERS, askerNamed, firstUnlinked, OUTCOMES, pathOf, roleWord, shortly, verdictOf } from "./lib/audit.js";
import { byId, el } from "./lib/dom.js";
import { forbid } from "./lib/forbidden.js";
import { onLanguage, t } from "./lib/i18n.js";
import { areaName } from "./lib/names.js";
import { lineIs, openPage } from "./lib/page.js";
import { dayTime } from "./lib/time.js";

const NOT_FOUND = 404; // what is not allowed looks like what is not there, and the audit is there
const form = /** @type {HTMLFormElement} */ (byId("filters"));
/** @type {import("./lib/audit.js").Entry[]} */
let entries = [];
/** @type {string | null} */
let cursor = null;
/** What the line above the table says: a word and its values. @type {[string, ...(string | number)[]]} */
let said = ["connecting"];
/** @type {[string, ...(string | number)[]] | null} */
let verdict = null;
let asked = filters();

function filters() {
  const fields = new FormData(form);
  const text = (/** @type {string} */ name) => String(fields.get(name) ?? "");
  return { person: askerNamed(text("person").trim(), t), act: text("act"), outcome: text("outcome"), from: text("from"), to: text("to") };
}

async function search() {
  asked = filters();
  entries = [];
  cursor = null;
  await more();
}

async function more() {
  const answer = await get(pathOf(asked, cursor));
  lineIs(answer);
  if (answer.status === NOT_FOUND) {
    forbid("no-audit", me.role);
    return;
  }
  if (answer.ok) {
    entries = [...entries, ...answer.body.entries];
    cursor = answer.body.next_cursor;
  }
  said = !answer.ok ? ["audit-failed"] : entries.length === 0 ? ["audit-none"] : ["audit-shown", entries.length];
  draw();
}

async function verify() {
  const button = /** @type {HTMLButtonElement} */ (byId("verify"));
  button.disabled = true;
  judged(["audit-verifying"], "unknown");
  const answer = await get("/api/audit/chain");
  lineIs(answer);
  button.disabled = false;
  if (answer.ok) judged(verdictOf(answer.body), answer.body.is_whole ? "whole" : "broken");
  else judged(["audit-failed"], "unknown");
  button.focus();
}

/** @param {[string, ...(string | number)[]]} words @param {"unknown" | "whole" | "broken"} state */
function judged(words, state) {
  verdict = words;
  byId("chain").dataset.state = state;
  byId("chain").textContent = t(...words);
}

function draw() {
  byId("summary").textContent = t(...said);
  const unlinked = firstUnlinked(entries);
  byId("entries").replaceChildren(...entries.map((entry) => row(entry, entry.seq === unlinked)));
  byId("earlier").classList.toggle("hidden", cursor === null);
}

/** @param {import("./lib/audit.js").Entry} entry @param {boolean} isUnlinked */
function row(entry, isUnlinked) {
  const role = entry.role === "none" ? "" : ` ${t(roleWord(entry.role))}`;
  const asker = ASKERS[entry.person_id];
  return el(
    "tr",
    { class: `${entry.outcome}${isUnlinked ? " unlinked" : ""}`, data: { seq: entry.seq } },
    el("td", { class: "number", text: dayTime(entry.at) }),
    el("td", {}, el("b", { text: asker ? t(asker) : entry.person_id }), el("span", { class: "quiet", text: role })),
    el("td", { text: t(actWord(entry)) }),
    el("td", { class: "outcome", text: t(`ended-${entry.outcome}`) }),
    el("td", { text: areaName(entry.area_code) }),
    el("td", { class: "subject", text: entry.subject ?? "" }),
    el("td", { class: "digest", text: `${entry.seq} ${shortly(entry.digest)}` }),
  );
}

/** @param {string} id @param {string[]} values @param {string} start of the words */
function fill(id, values, start) {
  const select = /** @type {HTMLSelectElement} */ (byId(id));
  const chosen = select.value;
  const all = el("option", { value: "", text: t("audit-all") });
  select.replaceChildren(all, ...values.map((value) => el("option", { value, text: t(`${start}${value}`) })));
  select.value = chosen;
}

function drawWords() {
  fill("act", ACTS, "audited-");
  fill("outcome", OUTCOMES, "ended-");
  if (verdict) byId("chain").textContent = t(...verdict);
  draw();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
byId("earlier").addEventListener("click", more);
byId("verify").addEventListener("click", verify);
onLanguage(drawWords);
drawWords();
const me = await openPage();
await search();
