// Hold: a button that acts only after it was held, by mouse, finger or key, so that no slip does what many will feel.

// As long as the stroke in screen.css takes to fill the button.
const HOLD_MS = 1_500;

/**
 * @param {HTMLElement} button
 * @param {() => void} act
 */
export function holdable(button, act) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const begin = () => {
    if (timer !== undefined) return;
    button.classList.add("holding");
    timer = setTimeout(() => { end(); act(); }, HOLD_MS);
  };
  const end = () => {
    clearTimeout(timer);
    timer = undefined;
    button.classList.remove("holding");
  };
  button.classList.add("hold");
  button.addEventListener("pointerdown", begin);
  for (const name of ["pointerup", "pointerleave", "pointercancel", "blur", "keyup"]) button.addEventListener(name, end);
  button.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); begin(); } });
}
