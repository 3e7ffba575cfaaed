// Hold: a button that acts only after it was held, by mouse, finger or key, so that no slip does what many will feel.

// As long as the stroke in screen.css takes to fill the button.
const HOLD_MS = 1_500;
let isHeld = false;
/** @type {Set<() => void>} */
const waiting = new Set();

/**
 * Draw now, or as soon as nobody holds a button: one that is drawn anew under a finger is let go.
 * @param {() => void} draw
 */
export function unlessHeld(draw) {
  if (isHeld) waiting.add(draw);
  else draw();
}

/**
 * @param {HTMLElement} button
 * @param {() => void} act
 */
export function holdable(button, act) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const begin = () => {
    if (timer !== undefined) return;
    isHeld = true;
    button.classList.add("holding");
    timer = setTimeout(() => { end(); act(); }, HOLD_MS);
  };
  const end = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    isHeld = false;
    button.classList.remove("holding");
    const draws = [...waiting];
    waiting.clear();
    for (const draw of draws) draw();
  };
  button.classList.add("hold");
  button.addEventListener("pointerdown", begin);
  for (const name of ["pointerup", "pointerleave", "pointercancel", "blur", "keyup"]) button.addEventListener(name, end);
  button.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); begin(); } });
}
