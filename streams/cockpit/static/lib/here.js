// Here: who is signed in, known by the gateway's word, or by its last one when there is no line; and the way out.
import { get, request } from "./api.js";
import { loadNames, recallNames } from "./names.js";

const KEY = "fenghuo.someone";
const RETRY_MS = 2_000;

/** @typedef {import("./decisions.js").Someone & {unit_code: string | null}} Someone */

/**
 * Who is signed in, null for the installation itself, with the names of areas and units loaded. Waits until the
 * gateway answers, unless somebody is remembered and the page has something to do without a line.
 * @param {(answer: import("./api.js").Answer) => void} onAnswer
 * @param {boolean} [mayRecall]
 * @returns {Promise<Someone | null>}
 */
export async function whoIsHere(onAnswer, mayRecall = false) {
  for (;;) {
    const answer = await get("/api/session");
    onAnswer(answer);
    if (answer.ok && await loadNames()) return remembered(answer.body.someone);
    const known = answer.ok || answer.status === 401 || !mayRecall ? null : recalled();
    if (known && recallNames()) return known;
    await new Promise((later) => setTimeout(later, RETRY_MS));
  }
}

export async function signOut() {
  await request("DELETE", "/api/session");
  try {
    localStorage.removeItem(KEY);
  } catch { /* a browser that keeps nothing */ }
  location.assign("/sign-in");
}

/** @param {Someone | null} someone */
function remembered(someone) {
  try {
    if (someone) localStorage.setItem(KEY, JSON.stringify(someone));
    else localStorage.removeItem(KEY);
  } catch { /* a browser that keeps nothing */ }
  return someone;
}

/** @returns {Someone | null} */
function recalled() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return typeof kept?.person_id === "string" && typeof kept.area_code === "string" ? kept : null;
  } catch {
    return null;
  }
}
