// Command desk: a unit's commands with their clocks, and what its people say about them. Asks again every few seconds.
import { get, newId, request } from "./lib/api.js";
import { acts, arranged, awaitsAcknowledgement, dueAt, feedback, feedbackPath, unreceipted } from "./lib/desk.js";
import { toast } from "./lib/dialog.js";
import { forbid } from "./lib/forbidden.js";
import { gallery } from "./lib/gallery.js";
import { completed, handIn, openAlbum } from "./lib/photos.js";
import { byId, el } from "./lib/dom.js";
import { language, onLanguage, t } from "./lib/i18n.js";
import { areaName, categoryName } from "./lib/names.js";
import { Outbox } from "./lib/outbox.js";
import { lineIs, openPage, shelf } from "./lib/page.js";
import { clockTime, nowMs, span } from "./lib/time.js";
import { askFor } from "./lib/answer.js";

const ASK_EVERY_MS = 3_000;
const ENDED_SHOWN = 20;

const me = await openPage();
const kept = shelf();
const album = await openAlbum(me.person_id);
const complete = (/** @type {import("./lib/outbox.js").Letter} */ letter) => completed(letter, album, handIn, Date.now());
const outbox = new Outbox(kept, me.person_id, (path, body) => request("POST", path, body), Date.now, complete);
const noticedKey = `fenghuo.noticed.${me.person_id}.`;
const isNoticed = (/** @type {string} */ id) => kept.getItem(noticedKey + id) !== null;
/** @type {import("./lib/desk.js").Held[] | null} */
let commands = null;
let drawn = "";

async function ask() {
  await deliver();
  const answer = await get(`/api/units/${encodeURIComponent(me.unit_code ?? "")}/commands`);
  lineIs(answer);
  if (answer.ok) {
    commands = answer.body.commands;
    for (const held of unreceipted(answer.body.commands)) receipt(held);
  }
  draw();
  if (answer.ok) await deliver(); // at once: later the order may have been taken back
}

/** The sender learns that the desk has it, once a command; nobody has to press for that. @param {import("./lib/desk.js").Held} held */
function receipt(held) {
  const id = held.command.command_id;
  outbox.put(id, feedbackPath(id), feedback(held, id, "received", moment(), {}), { kind: "received", command_id: id });
}

async function deliver() {
  for (const letter of await outbox.send()) {
    if (letter.about.kind === "received") continue;
    await album.drop((letter.about.photos ?? []).map((/** @type {{id: string}} */ photo) => photo.id));
    if (letter.state === "delivered") toast(t(`said-${letter.about.kind}`));
    else toast(t("refused", letter.answer?.reason ?? letter.detail), true);
  }
}

const moment = () => new Date(nowMs()).toISOString();

/** @param {import("./lib/desk.js").Held} held @param {import("./lib/desk.js").FeedbackKind} kind */
async function say(held, kind) {
  const asked = await askFor(kind, me, held.command, album);
  if (!asked) return;
  const { photos, ...said } = asked;
  const id = newId();
  const body = feedback(held, id, kind, moment(), said);
  outbox.put(id, feedbackPath(held.command.command_id), body, { kind, command_id: held.command.command_id, photos });
  draw();
  await ask();
}

// --- drawing --------------------------------------------------------------------------------------------------

/** Anew only when something changed: a person may be about to press. */
function draw() {
  const waiting = outbox.waiting().filter((letter) => letter.about.kind !== "received");
  const noticed = (commands ?? []).map((held) => isNoticed(held.command.command_id));
  const now = JSON.stringify([commands, waiting.map((letter) => letter.id), noticed, language()]);
  if (now !== drawn) {
    drawn = now;
    drawAll(waiting);
  }
  tick();
}

/** @param {import("./lib/outbox.js").Letter[]} waiting */
function drawAll(waiting) {
  if (!commands) return;
  const focused = document.activeElement?.id;
  const { retracted, owed, ended } = arranged(commands, isNoticed);
  const unsigned = owed.filter(awaitsAcknowledgement).length;
  byId("summary").textContent = owed.length ? t("owed-summary", owed.length, unsigned) : t("nothing-owed");
  for (const [id, list] of Object.entries({ retracted, owed, ended: ended.slice(0, ENDED_SHOWN) })) {
    byId(id).replaceChildren(...list.map((held) => card(held, waiting, id === "retracted")));
    document.getElementById(`${id}-part`)?.classList.toggle("hidden", !list.length);
  }
  if (focused) document.getElementById(focused)?.focus();
}

/**
 * @param {import("./lib/desk.js").Held} held
 * @param {import("./lib/outbox.js").Letter[]} waiting
 * @param {boolean} isTakenBack
 */
function card(held, waiting, isTakenBack) {
  const { command, status } = held;
  const mine = waiting.filter((letter) => letter.about.command_id === command.command_id);
  const due = dueAt(held);
  const words = language() && command.text_en ? command.text_en : command.text_zh;
  return el(
    "li",
    { class: `sheet command level-line-${command.level}${isTakenBack ? " taken-back" : ""}${due ? "" : " over"}`, data: { id: command.command_id } },
    el(
      "div",
      { class: "row" },
      el("span", {}, el("span", { class: `level level-${command.level}`, text: t(`level-${command.level}`) }), ` ${categoryName(command.category)} · ${t(`role-${command.role}`)}`),
      el("span", { class: "state", text: t(`command-${status}`) }),
    ),
    held.incident_title && el("p", { class: "incident", text: held.incident_title }),
    command.exercise && el("b", { class: "late", text: t("exercise") }),
    el("p", { class: "text", text: words }),
    el("p", {}, `${areaName(command.area_code.slice(0, 9))} ${command.place ?? ""}`),
    el("p", { class: "quiet", text: `${t("issued-at", clockTime(command.issued_at))}${command.verified ? "" : ` · ${t("not-verified")}`}` }),
    due && el("p", { class: "clock" }, `${t(awaitsAcknowledgement(held) ? "acknowledge-by" : "complete-by")} `, el("span", { data: { due } })),
    gallery(held.attachments, t("feedback-progress")),
    held.done_at && el("p", { class: "quiet", text: t("done-at", clockTime(held.done_at)) }),
    ...mine.map((letter) => el("p", { class: "state", data: { state: "waiting" }, text: t("still-sending", t(`feedback-${letter.about.kind}`)) })),
    buttons(held, mine.length > 0, isTakenBack),
  );
}

/** @param {import("./lib/desk.js").Held} held @param {boolean} isSending @param {boolean} isTakenBack */
function buttons(held, isSending, isTakenBack) {
  const id = held.command.command_id;
  if (isTakenBack) {
    const notice = () => { kept.setItem(noticedKey + id, "1"); draw(); };
    return el("div", { class: "bar" }, el("button", { class: "primary", id: `noticed-${id}`, text: t("noticed"), on: { click: notice } }));
  }
  const offered = acts(held);
  if (!offered.length) return null;
  return el("div", { class: "bar" }, ...offered.map((kind, index) =>
    el("button", {
      class: index === 0 ? "primary" : "", id: `${kind}-${id}`, data: { act: kind }, disabled: isSending,
      text: t(`feedback-${kind}`), on: { click: () => void say(held, kind) },
    })));
}

function tick() {
  for (const clock of document.querySelectorAll("[data-due]")) {
    const left = Date.parse(/** @type {HTMLElement} */ (clock).dataset.due ?? "") - nowMs();
    clock.textContent = left < 0 ? t("late", span(-left)) : t("left", span(left));
    clock.classList.toggle("late", left < 0);
  }
}

async function forever() {
  for (;;) {
    await ask();
    await new Promise((later) => setTimeout(later, ASK_EVERY_MS));
  }
}

onLanguage(draw);
setInterval(tick, 1_000);
window.addEventListener("online", () => void ask());
if (me.unit_code) void forever();
else forbid("no-unit", me.role);
