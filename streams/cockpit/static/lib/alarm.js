// Alarm: a tone and a line that flashes for a new severe incident, with a mute that everybody can see.
import { byId } from "./dom.js";
import { onLanguage, t } from "./i18n.js";

const KEY = "fenghuo.muted";
let muted = read();
/** @type {AudioContext | null} */
let audio = null;

function read() {
  try {
    return localStorage.getItem(KEY) === "yes";
  } catch {
    return false;
  }
}

export function setUpAlarm() {
  byId("mute").addEventListener("click", toggleMute);
  byId("test-sound").addEventListener("click", () => sound(true));
  onLanguage(show);
  show();
}

export function toggleMute() {
  muted = !muted;
  try {
    localStorage.setItem(KEY, muted ? "yes" : "no");
  } catch { /* a browser that keeps nothing */ }
  show();
}

function show() {
  byId("mute").textContent = t(muted ? "muted" : "mute");
  byId("mute").setAttribute("aria-pressed", String(muted));
}

/** Two tones, three times. @param {boolean} [asked] by the test button, which sounds even when muted */
export function sound(asked = false) {
  if (muted && !asked) return;
  audio ??= new AudioContext();
  void audio.resume();
  for (let turn = 0; turn < 3; turn++) {
    [880, 660].forEach((hertz, half) => tone(/** @type {AudioContext} */ (audio), hertz, turn * 0.5 + half * 0.22));
  }
}

/**
 * @param {AudioContext} context
 * @param {number} hertz
 * @param {number} afterSeconds
 */
function tone(context, hertz, afterSeconds) {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  const at = context.currentTime + afterSeconds;
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(0.25, at);
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.2);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.21);
}

/**
 * @param {string} words
 * @param {() => void} open
 */
export function alert(words, open) {
  const line = byId("alert");
  line.textContent = words;
  line.classList.remove("hidden");
  line.onclick = () => {
    line.classList.add("hidden");
    open();
  };
}

export const calm = () => byId("alert").classList.add("hidden");
