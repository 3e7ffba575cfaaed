// Report page: a report in half a minute. What is typed is kept; what is sent is kept until the gateway has it.
import { newId, request } from "./lib/api.js";
import { toast } from "./lib/dialog.js";
import { byId, el } from "./lib/dom.js";
import { COMMON, followUp, isEmpty, messageOf, missing, newDraft, NUMBERS, parted, photosMessage, restored } from "./lib/draft.js";
import { forbid } from "./lib/forbidden.js";
import { mayReport } from "./lib/home.js";
import { onLanguage, t } from "./lib/i18n.js";
import { areaName, areasBelow, categoryName, parentOf } from "./lib/names.js";
import { Outbox } from "./lib/outbox.js";
import { lineIs, openPage, shelf } from "./lib/page.js";
import { photoField } from "./lib/photo-field.js";
import { attachmentOf, completed, handIn, isAway, openAlbum } from "./lib/photos.js";
import { clockTime, nowMs } from "./lib/time.js";

const LOOK_EVERY_MS = 3_000;
const POSITION_WITHIN_MS = 10_000;
const SURE_WITHIN_MS = 5_000;
const TOWNSHIP_DIGITS = 9;

const me = await openPage();
const home = me.area_code.slice(0, TOWNSHIP_DIGITS);
const kept = shelf();
const draftKey = `fenghuo.draft.${me.person_id}`;
const album = await openAlbum(me.person_id);
const complete = (/** @type {import("./lib/outbox.js").Letter} */ letter) => completed(letter, album, handIn, Date.now());
const outbox = new Outbox(kept, me.person_id, post, Date.now, complete);
let isHandingIn = false;
let draft = restored(kept.getItem(draftKey), newDraft(newId(), me.area_code));

/** @param {string} path @param {any} body */
async function post(path, body) {
  const answer = await request("POST", path, body);
  lineIs(answer);
  return answer;
}

const text = /** @type {HTMLTextAreaElement} */ (byId("text"));
const place = /** @type {HTMLInputElement} */ (byId("place"));
const area = /** @type {HTMLSelectElement} */ (byId("area"));
const urgent = /** @type {HTMLInputElement} */ (byId("urgent"));

// --- the draft ------------------------------------------------------------------------------------------------

/** @param {Partial<import("./lib/draft.js").Draft>} change */
function changed(change) {
  draft = { ...draft, ...change };
  kept.setItem(draftKey, JSON.stringify(draft));
  drawState();
}

/** @param {import("./lib/draft.js").Draft} next */
function begin(next) {
  draft = next;
  kept.removeItem(draftKey);
  drawForm();
}

function drawForm() {
  text.value = draft.text;
  place.value = draft.place;
  urgent.checked = draft.urgent;
  drawAreas();
  drawChoices();
  drawNumbers();
  drawPhotos();
  byId("located").textContent = draft.point ? t("located") : "";
  byId("form-title").textContent = t(draft.kind === "follow_up" ? "follow-up-report" : "new-report");
  byId("follows").classList.toggle("hidden", draft.kind !== "follow_up");
  byId("follows").textContent = draft.refers_to ? t("follows", draft.refers_to.slice(0, 8)) : "";
  byId("problem").textContent = "";
  drawState();
}

function drawAreas() {
  const district = home.length === TOWNSHIP_DIGITS ? parentOf(home) ?? home : home;
  const below = areasBelow(district);
  const codes = [...new Set([...(home.length === TOWNSHIP_DIGITS ? [] : [home]), ...below, draft.area_code.slice(0, TOWNSHIP_DIGITS)])];
  area.replaceChildren(...codes.map((code) => el("option", { value: code, text: areaName(code) })));
  area.value = draft.area_code.slice(0, TOWNSHIP_DIGITS);
}

function drawChoices() {
  for (const button of document.querySelectorAll("[data-nature]")) {
    button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.nature === draft.nature));
  }
  const focused = document.activeElement?.id;
  byId("categories").replaceChildren(...COMMON.map((code) => el("button", {
    type: "button", id: `category-${code}`, text: categoryName(code), "aria-pressed": String(code === draft.category),
    on: { click: () => { changed({ category: draft.category === code ? "" : code }); drawChoices(); } },
  })));
  if (focused) document.getElementById(focused)?.focus();
}

function drawNumbers() {
  byId("numbers").replaceChildren(...NUMBERS.map((name) => {
    const input = /** @type {HTMLInputElement} */ (el("input", {
      id: `number-${name}`, type: "text", inputmode: "numeric", maxlength: "6", autocomplete: "off", value: draft.numbers[name] ?? "",
      on: { input: () => changed({ numbers: { ...draft.numbers, [name]: input.value } }) },
    }));
    return el("label", { for: `number-${name}` }, t(`fact-${name}`), input);
  }));
}

function drawPhotos() {
  const field = photoField("photo-input", album, {
    photos: () => draft.photos,
    change: (photos) => { changed({ photos }); void handInPhotos(); },
    usePoint: (point) => { changed({ point }); byId("located").textContent = t("photo-located"); },
  });
  byId("photos-part").replaceChildren(...field);
}

/** While the rest is being written, so that the report usually finds them there; what is not there yet follows it. */
async function handInPhotos() {
  if (isHandingIn) return;
  isHandingIn = true;
  for (const photo of parted(draft).rest) {
    const picture = await album.get(photo.id);
    const answer = picture && await handIn(picture);
    if (answer && !answer.ok && isAway(answer)) break;
    const isHere = draft.photos.some((one) => one.id === photo.id);
    if (answer && !answer.ok) toast(t("photo-refused", answer.detail), true);
    const found = answer?.ok ? [{ ...photo, attachment: attachmentOf(photo, answer.body) }] : [];
    if (isHere) changed({ photos: draft.photos.flatMap((one) => (one.id === photo.id ? found : [one])) });
    if (isHere && !found.length) drawPhotos();
  }
  isHandingIn = false;
}

/** Pictures that no draft and no letter has any more: of a draft that was sent from another tab, or cut short. */
async function forgetPhotos() {
  const letters = outbox.letters().filter((letter) => letter.state !== "delivered");
  const named = [...draft.photos, ...letters.flatMap((letter) => [...letter.about.photos ?? [], ...letter.about.draft?.photos ?? []])];
  const wanted = new Set(named.map((photo) => photo.id));
  await album.drop((await album.ids()).filter((id) => !wanted.has(id)));
}

function drawState() {
  byId("draft-state").textContent = isEmpty(draft) ? "" : t("state-draft");
}

text.addEventListener("input", () => changed({ text: text.value }));
place.addEventListener("input", () => changed({ place: place.value }));
urgent.addEventListener("change", () => changed({ urgent: urgent.checked }));
area.addEventListener("change", () => changed({ area_code: area.value === home ? me.area_code : area.value }));
for (const button of document.querySelectorAll("[data-nature]")) {
  button.addEventListener("click", () => {
    changed({ nature: /** @type {HTMLElement} */ (button).dataset.nature === "hazard" ? "hazard" : "emergency" });
    drawChoices();
  });
}
byId("discard").addEventListener("click", discard);

/** Twice, since it lies beside the button that sends. */
function discard() {
  const button = byId("discard");
  if (button.dataset.t === "clear" && !isEmpty(draft)) {
    setDiscard("clear-sure");
    setTimeout(() => setDiscard("clear"), SURE_WITHIN_MS);
    return;
  }
  setDiscard("clear");
  void album.drop(draft.photos.map((photo) => photo.id));
  begin(newDraft(newId(), me.area_code));
}

/** @param {string} word */
function setDiscard(word) {
  byId("discard").dataset.t = word;
  byId("discard").textContent = t(word);
}

/** What is being written is never overwritten by something else that is to be written. */
function isBusyWriting() {
  if (isEmpty(draft)) return false;
  toast(t("finish-first"), true);
  text.focus();
  return true;
}
byId("locate").addEventListener("click", locate);

/** Only when asked for: where somebody stands is theirs to give. */
function locate() {
  byId("located").textContent = t("locating");
  navigator.geolocation?.getCurrentPosition(
    ({ coords }) => {
      changed({ point: { lon: coords.longitude, lat: coords.latitude } });
      byId("located").textContent = t("located");
    },
    () => { byId("located").textContent = t("not-located"); },
    { enableHighAccuracy: true, timeout: POSITION_WITHIN_MS, maximumAge: 60_000 },
  );
  if (!navigator.geolocation) byId("located").textContent = t("not-located");
}

// --- sending --------------------------------------------------------------------------------------------------

byId("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const wrong = missing(draft);
  byId("problem").textContent = wrong.map((name) => (name === "text" ? t("say-something") : t("not-a-number", t(`fact-${name}`)))).join(" ");
  if (wrong.length) {
    if (wrong[0] !== "text") byId("numbers-part").setAttribute("open", "");
    document.getElementById(wrong[0] === "text" ? "text" : `number-${wrong[0]}`)?.focus();
    return;
  }
  if (outbox.holds(draft.report_id)) changed({ report_id: newId() }); // sent from another tab meanwhile
  const now = new Date(nowMs()).toISOString();
  const { words, rest } = parted(draft);
  outbox.put(draft.report_id, "/api/reports", messageOf(words, me, now), { draft: words });
  if (rest.length) putPhotos(words, rest, now);
  begin(newDraft(newId(), me.area_code));
  drawSent();
  byId("sent-title").scrollIntoView({ block: "start" });
  await deliver();
});

/**
 * @param {import("./lib/draft.js").Draft} words
 * @param {import("./lib/photos.js").Photo[]} rest
 * @param {string} now
 */
function putPhotos(words, rest, now) {
  const message = photosMessage(words, me, now);
  const again = { ...newDraft(message.report_id, words.area_code), kind: message.kind, refers_to: message.refers_to, category: words.category, text: message.text ?? "", place: words.place };
  outbox.put(message.report_id, "/api/reports", message, { draft: { ...again, photos: rest }, photos: rest, only_photos: true });
}

async function deliver() {
  const answered = await outbox.send();
  for (const letter of answered) {
    if (letter.state === "delivered") toast(t("state-delivered"));
    else toast(t("refused", letter.detail), true);
  }
  if (answered.length) drawSent();
  if (answered.length) await forgetPhotos();
}

/** A refused report goes back into the form; its id is used up only when other content is known under it. */
function mend(/** @type {import("./lib/outbox.js").Letter} */ letter) {
  if (isBusyWriting()) return;
  outbox.drop(letter.id);
  begin({ ...letter.about.draft, report_id: letter.answer?.code === "id_conflict" ? newId() : letter.id });
  changed({});
  drawSent();
  text.focus();
}

function drawSent() {
  const letters = outbox.letters().filter((letter) => letter.path === "/api/reports").reverse();
  byId("sent-part").classList.toggle("hidden", !letters.length);
  byId("forget").classList.toggle("hidden", letters.every((letter) => letter.state !== "delivered"));
  byId("sent").replaceChildren(...letters.map(sheet));
}

/** @param {import("./lib/outbox.js").Letter} letter */
function sheet(letter) {
  const { body, state } = letter;
  const words = [body.category && categoryName(body.category), body.text].filter(Boolean).join(" · ");
  const again = () => { if (isBusyWriting()) return; begin(followUp(newId(), body)); changed({}); text.focus(); };
  return el(
    "li",
    { class: "sheet sent", data: { id: letter.id } },
    el("div", { class: "row" },
      el("span", { class: "state", data: { state }, text: `${{ waiting: "…", delivered: "✓", refused: "✕" }[state]} ${t(`state-${state}`)}` }),
      el("span", { class: "quiet number", text: `${t(`kind-${body.kind}`)} ${clockTime(body.reported_at)}` })),
    el("p", { text: words }),
    Boolean(body.attachments?.length) && el("p", { class: "quiet", text: t("photos-sent", body.attachments?.length ?? 0) }),
    el("p", { class: "quiet", text: `${areaName(body.area_code.slice(0, TOWNSHIP_DIGITS))} ${body.place ?? ""} · ${t("number", letter.id.slice(0, 8))}` }),
    state === "waiting" && el("p", { class: "quiet", text: t("will-send") }),
    state === "delivered" && letter.answer?.accepted_at && el("p", { class: "quiet", text: t("accepted-at", clockTime(letter.answer.accepted_at)) }),
    state === "refused" && el("p", { class: "error", text: letter.detail }),
    state === "refused" && el("button", { text: t("mend"), on: { click: () => mend(letter) } }),
    state === "delivered" && el("button", { text: t("follow-up-report"), on: { click: again } }),
  );
}

byId("forget").addEventListener("click", () => {
  for (const letter of outbox.letters()) if (letter.state === "delivered") outbox.drop(letter.id);
  drawSent();
});

/** Whoever waits is sent; else only the line is looked at, so that its state is true before the button is pressed. */
async function look() {
  if (parted(draft).rest.length) void handInPhotos();
  if (outbox.waiting().length) await deliver();
  else lineIs(await request("GET", "/api/session"));
}

async function forever() {
  for (;;) {
    await look();
    await new Promise((later) => setTimeout(later, LOOK_EVERY_MS));
  }
}

onLanguage(() => { drawForm(); drawSent(); });
window.addEventListener("online", () => void look());
window.addEventListener("storage", drawSent);
drawForm();
drawSent();
if (!mayReport(me.role)) forbid("no-report", me.role);
void forgetPhotos();
void forever();
