// Page: what the small pages share: who is here, how the line is, language, theme and the way out.
import { byId } from "./dom.js";
import { signOut, whoIsHere } from "./here.js";
import { onLanguage, switchLanguage, t, translatePage } from "./i18n.js";
import { areaName, unitName } from "./names.js";
import { keepShell } from "./shell.js";
import { ageSeconds, alive, heard } from "./time.js";

const INSTALLATION = { person_id: "installation", name: "installation", role: "commander", area_code: "500000", unit_code: null };
/** @type {"connecting" | "live" | "broken"} */
let line = "connecting";
let hasHeard = false;

/**
 * Who is signed in, with the names of areas and units loaded. Waits until the gateway answers, the first time.
 * @returns {Promise<import("./here.js").Someone>}
 */
export async function openPage() {
  keepShell();
  setTheme();
  translatePage();
  byId("language").addEventListener("click", switchLanguage);
  byId("sign-out").addEventListener("click", signOut);
  onLanguage(drawLine);
  setInterval(drawLine, 1_000);
  drawLine();
  const someone = await whoIsHere(lineIs, true) ?? INSTALLATION;
  drawMe(someone);
  onLanguage(() => drawMe(someone));
  return someone;
}

/** @param {any} someone */
function drawMe(someone) {
  byId("me").textContent = `${someone.name} · ${someone.unit_code ? unitName(someone.unit_code) : areaName(someone.area_code.slice(0, 9))}`;
}

/**
 * What an answer, or none, says of the line and of the gateway's time.
 * @param {import("./api.js").Answer} answer
 */
export function lineIs(answer) {
  line = answer.status === 0 || answer.status >= 500 ? "broken" : "live";
  if (answer.ok) {
    hasHeard = true;
    if (answer.at) heard(answer.at);
    else alive();
  }
  drawLine();
}

export const isLineBroken = () => line === "broken";

function drawLine() {
  byId("connection").dataset.state = line;
  byId("connection").textContent = t(line);
  byId("age").textContent = hasHeard ? t("data-age", ageSeconds()) : "";
}

/** Light unless somebody chose dark: these pages are read in the street. */
function setTheme() {
  let theme = "light";
  try {
    theme = localStorage.getItem("fenghuo.theme") ?? theme;
  } catch { /* a browser that keeps nothing */ }
  document.documentElement.dataset.theme = theme;
}

/** Where letters and drafts are kept; a browser that keeps nothing still sends while the page is open. */
export function shelf() {
  try {
    localStorage.setItem("fenghuo.probe", "1");
    localStorage.removeItem("fenghuo.probe");
    return localStorage;
  } catch {
    /** @type {Map<string, string>} */
    const kept = new Map();
    return {
      get length() { return kept.size; },
      key: (/** @type {number} */ index) => [...kept.keys()][index] ?? null,
      getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
      setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, value),
      removeItem: (/** @type {string} */ key) => void kept.delete(key),
    };
  }
}
