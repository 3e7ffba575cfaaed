// The one screen: what was loaded and heard is drawn at most once a frame; a person acts by click or key.
import { alert, calm, setUpAlarm, sound, toggleMute } from "./lib/alarm.js";
import { Board } from "./lib/board.js";
import { show as showDialog, toast } from "./lib/dialog.js";
import { byId, el, onceAFrame } from "./lib/dom.js";
import { forbid } from "./lib/forbidden.js";
import { drawCounts, drawHeat, setUpCounts } from "./lib/heat.js";
import { signOut, whoIsHere } from "./lib/here.js";
import { homeOf, readsIncidents } from "./lib/home.js";
import { onLanguage, switchLanguage, t, translatePage } from "./lib/i18n.js";
import { Live } from "./lib/live.js";
import { CityMap } from "./lib/map.js";
import { areaName, categories, categoryName, parentOf } from "./lib/names.js";
import { keepShell } from "./lib/shell.js";
import { isSevere, passes, Store } from "./lib/store.js";
import { ageSeconds, alive, dayTime, heard, nowMs } from "./lib/time.js";

const WALL_PIXELS = 1_800; // dark for a wall, light for a desk, unless somebody chose
const store = new Store();
/** @type {import("./lib/store.js").Filter} */
const filter = {};
/** @type {string | null} */
let chosen = null;
let connection = "connecting";
let hasLoaded = false;

translatePage();
setUpAlarm();
keepShell();
const me = await whoIsHere((answer) => lineBroke(answer.status === 0));
if (me && homeOf(me.role) !== "/") location.replace(homeOf(me.role)); // a link or an old bookmark led here
if (!readsIncidents(me?.role)) {
  document.querySelector(".tabs")?.classList.add("hidden");
  forbid("no-screen", me?.role);
}
const board = new Board(choose);
const map = new CityMap(goTo);
// What the first picture does not need is loaded after it, or when somebody is faster.
const LATER_MS = 2_000;
/** @type {import("./lib/incident.js").IncidentPanel | null} */
let panel = null;
/** @type {import("./lib/rewind.js").Rewind | null} */
let rewind = null;
/** @type {import("./lib/proposals.js").Proposals | null} */
let proposals = null;
await map.load();

const draw = onceAFrame(() => {
  map.isPast = Boolean(rewind?.isOn);
  if (rewind?.isOn) {
    map.show(rewind.picture(), filter.area ?? store.areaCode, draw);
    drawFrame();
    return;
  }
  const shown = store.inOrder().filter((incident) => passes(incident, filter));
  drawNumbers();
  drawHeat(store, { choose, chosen, area: filter.area, goTo });
  board.show(shown, chosen);
  map.show(store, filter.area ?? store.areaCode, draw);
  drawFrame();
});

/** The numbers pass by themselves: a clock runs out without any news. What only shows alarms still counts all. */
function drawNumbers() {
  if (rewind?.isOn) return;
  const counted = { ...filter, alarmed: false };
  drawCounts(store.inOrder().filter((incident) => passes(incident, counted)), Boolean(filter.alarmed));
}

async function incidentPanel() {
  const { IncidentPanel } = await import("./lib/incident.js");
  return panel ??= new IncidentPanel(me, choose);
}

async function loadProposals() {
  const { Proposals } = await import("./lib/proposals.js");
  proposals ??= new Proposals(choose);
  await proposals.load();
}

async function toggleRewind() {
  const { Rewind } = await import("./lib/rewind.js");
  rewind ??= new Rewind(() => store.areaCode, draw);
  await rewind.toggle();
}

setTimeout(() => {
  Promise.all([loadProposals(), incidentPanel(), import("./lib/rewind.js")]).catch(() => { /* no line at this moment: when it is asked for */ });
}, LATER_MS);

const live = new Live({
  onSnapshot: (snapshot) => {
    store.load(snapshot);
    heard(snapshot.as_of);
    hasLoaded = true;
    void proposals?.load();
    draw();
  },
  onDelta: (delta) => {
    const fresh = store.apply(delta);
    const changed = (delta.rows ?? []).map((/** @type {any[]} */ row) => row[store.columns.indexOf("incident_id")]);
    if (delta.proposals !== undefined || proposals?.hangOn(changed)) void loadProposals();
    heard(delta.as_of);
    for (const incident of fresh) if (isSevere(incident) && hasLoaded) warn(incident);
    const open = chosen && (store.open.get(chosen) ?? store.ended.find((one) => one.incident_id === chosen));
    if (open) void panel?.heard(open.seq);
    draw();
  },
  onConnection: (state) => {
    connection = state;
    if (state === "live") alive();
    drawFrame();
  },
}, me?.person_id ?? "");
if (readsIncidents(me?.role)) void live.start();

/** @param {boolean} isBroken before anything was loaded */
function lineBroke(isBroken) {
  connection = isBroken ? "broken" : "connecting";
  byId("connection").dataset.state = connection;
  byId("connection").textContent = t(connection);
}

/** @param {import("./lib/store.js").Incident} incident */
function warn(incident) {
  sound();
  alert(t("new-severe", t(`level-${incident.level}`), incident.title), () => choose(incident.incident_id));
}

/** @param {string} incidentId */
function choose(incidentId) {
  chosen = incidentId;
  calm();
  rewind?.leave();
  view("incident");
  void incidentPanel().then((opened) => opened.open(incidentId));
  draw();
}

/** @param {string | undefined} area */
function goTo(area) {
  filter.area = area === store.areaCode ? undefined : area;
  draw();
}

function drawFrame() {
  byId("connection").dataset.state = connection;
  byId("connection").textContent = t(connection);
  byId("age").textContent = hasLoaded ? t("data-age", ageSeconds()) : "";
  byId("clock").textContent = dayTime(nowMs());
  byId("me").textContent = me ? `${me.name} ${areaName(me.area_code)}` : "";
  byId("area-path").textContent = path(filter.area ?? store.areaCode);
  const up = byId("filter-area");
  up.classList.toggle("hidden", !filter.area);
  up.textContent = `${t("back")} ‹ ${areaName(filter.area ?? "")}`;
  byId("map-whole").classList.toggle("hidden", !filter.area);
}

/** @param {string} area */
function path(area) {
  const names = [];
  for (let code = /** @type {string | null} */ (area); code; code = parentOf(code)) names.unshift(areaName(code));
  return names.join(" › ");
}

function goUp() {
  const above = filter.area ? parentOf(filter.area) : null;
  goTo(above && above !== store.areaCode ? above : undefined);
}

// --- filters, views and buttons -------------------------------------------------------------------------------

const textFilter = /** @type {HTMLInputElement} */ (byId("filter-text"));
const levelFilter = /** @type {HTMLSelectElement} */ (byId("filter-level"));
const categoryFilter = /** @type {HTMLSelectElement} */ (byId("filter-category"));
textFilter.addEventListener("input", () => { filter.text = textFilter.value.trim() || undefined; draw(); });
levelFilter.addEventListener("change", () => { filter.level = levelFilter.value || undefined; draw(); });
categoryFilter.addEventListener("change", () => { filter.category = categoryFilter.value || undefined; draw(); });
byId("filter-area").addEventListener("click", goUp);
byId("map-whole").addEventListener("click", () => goTo(undefined));
setUpCounts(() => {
  filter.alarmed = !filter.alarmed;
  if (filter.alarmed) view("board");
  draw();
});

function fillFilters() {
  const [level, category] = [levelFilter.value, categoryFilter.value];
  levelFilter.replaceChildren(el("option", { value: "", text: t("all-levels") }), ...["I", "II", "III", "IV"].map((one) => el("option", { value: one, text: `${one} ${t(`level-${one}`)}` })));
  categoryFilter.replaceChildren(el("option", { value: "", text: t("all-categories") }), ...categories().map((one) => el("option", { value: one, text: categoryName(one) })));
  levelFilter.value = level;
  categoryFilter.value = category;
}

/** @param {string} name of the part that a narrow screen shows */
function view(name) {
  byId("main").dataset.view = name;
  for (const tab of document.querySelectorAll(".tabs button")) tab.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (tab).dataset.view === name));
}

for (const tab of document.querySelectorAll(".tabs button")) {
  tab.addEventListener("click", () => view(/** @type {HTMLElement} */ (tab).dataset.view ?? "map"));
}
byId("open-rewind").addEventListener("click", () => void toggleRewind());
byId("open-appraisal").addEventListener("click", async () => (await import("./lib/appraisal.js")).showAppraisal(store, store.areaCode, choose));
byId("language").addEventListener("click", switchLanguage);
byId("theme").addEventListener("click", switchTheme);
byId("help").addEventListener("click", help);
byId("more").addEventListener("click", () => byId("more").setAttribute("aria-expanded", String(byId("more").getAttribute("aria-expanded") !== "true")));
byId("sign-out").addEventListener("click", signOut);
onLanguage(() => { fillFilters(); map.drawn = null; panel?.draw(); proposals?.draw(); draw(); });

function switchTheme() {
  const light = document.documentElement.dataset.theme !== "light";
  document.documentElement.dataset.theme = light ? "light" : "dark";
  try { localStorage.setItem("fenghuo.theme", light ? "light" : "dark"); } catch { /* a browser that keeps nothing */ }
}

function help() {
  showDialog(el("h2", { id: "dialog-title", text: t("keys") }), el("p", { text: t("keys-text") }));
}

// --- keys -----------------------------------------------------------------------------------------------------

/** @type {Record<string, () => void>} */
const KEYS = {
  "/": () => { view("board"); textFilter.focus(); },
  m: () => { view("map"); /** @type {SVGElement | null} */ (document.querySelector(".shape"))?.focus(); },
  h: () => { view("heat"); /** @type {HTMLElement | null} */ (document.querySelector("#heat-list button"))?.focus(); },
  b: () => { view("board"); byId("board").focus(); },
  j: () => step(1),
  k: () => step(-1),
  a: () => panel?.acting.press("acknowledge"),
  r: () => panel?.acting.press("release"),
  u: () => panel?.acting.undo.focus(),
  y: () => { view("map"); void toggleRewind(); },
  s: toggleMute,
  l: switchLanguage,
  "?": help,
  Escape: () => (filter.area ? goUp() : view("map")),
};

// While the past is shown nobody decides about what is hidden.
/** @type {Record<string, () => void>} */
const KEYS_OF_REPLAY = {
  y: () => rewind?.leave(),
  Escape: () => rewind?.leave(),
  " ": () => rewind?.togglePlay(),
  ArrowLeft: () => rewind?.step(-1),
  ArrowRight: () => rewind?.step(1),
  m: KEYS.m,
  s: KEYS.s,
  l: KEYS.l,
  "?": KEYS["?"],
};

/** @param {number} by */
function step(by) {
  const order = board.order();
  const at = chosen ? order.indexOf(chosen) : -1;
  const next = order[Math.max(0, Math.min(order.length - 1, at + by))];
  if (next) choose(next);
  else toast(t("heat-none"));
}

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const isTyping = target.matches("input, select, textarea") && !(rewind?.isOn && event.key === "Escape");
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping || document.querySelector("dialog[open]")) return;
  if (event.key === " " && target.matches("button, [role=button]")) return; // presses it
  const act = (rewind?.isOn ? KEYS_OF_REPLAY : KEYS)[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

try {
  document.documentElement.dataset.theme = localStorage.getItem("fenghuo.theme") ?? (innerWidth < WALL_PIXELS ? "light" : "dark");
} catch { /* a browser that keeps nothing */ }
fillFilters();
drawFrame();
setInterval(() => {
  drawFrame();
  drawNumbers();
  board.tick();
  panel?.tick();
  proposals?.tick();
}, 1_000);
