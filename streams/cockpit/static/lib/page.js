// Page: what the small pages share: who is here, how the line is, language, theme and the way out.
import { get, request } from "./api.js";
import { byId } from "./dom.js";
import { onLanguage, switchLanguage, t, translatePage } from "./i18n.js";
import { areaName, loadNames, unitName } from "./names.js";
import { ageSeconds, heard } from "./time.js";

const RETRY_MS = 2_000;
/** @type {"connecting" | "live" | "broken"} */
let line = "connecting";
let hasHeard = false;

/**
 * Who is signed in, with the names of areas and units loaded. Waits until the gateway answers.
 * @returns {Promise<import("./decisions.js").Someone & {unit_code: string | null}>}
 */
export async function openPage() {
  setTheme();
  translatePage();
  byId("language").addEventListener("click", switchLanguage);
  byId("sign-out").addEventListener("click", signOut);
  onLanguage(drawLine);
  setInterval(drawLine, 1_000);
  drawLine();
  const someone = await whoIsHere();
  drawMe(someone);
  onLanguage(() => drawMe(someone));
  return someone;
}

/** @returns {Promise<any>} */
async function whoIsHere() {
  for (;;) {
    const answer = await get("/api/session");
    lineIs(answer);
    if (answer.ok && await loadNames()) {
      return answer.body.someone ?? { person_id: "installation", name: "installation", role: "commander", area_code: "500000", unit_code: null };
    }
    await new Promise((later) => setTimeout(later, RETRY_MS));
  }
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
    heard(answer.at ?? new Date().toISOString());
  }
  drawLine();
}

export const isLineBroken = () => line === "broken";

function drawLine() {
  byId("connection").dataset.state = line;
  byId("connection").textContent = t(line);
  byId("age").textContent = hasHeard ? t("data-age", ageSeconds()) : "";
}

async function signOut() {
  await request("DELETE", "/api/session");
  location.assign("/sign-in");
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
