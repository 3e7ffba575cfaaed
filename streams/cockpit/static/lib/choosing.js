// Choosing: a dialog that asks for one of some choices and the reason. What takes two persons is held, not clicked.
import { byId, el } from "./dom.js";
import { holdable } from "./hold.js";
import { t } from "./i18n.js";

/**
 * @typedef {{value: string, words: string, isForTwo: boolean}} Choice
 * @typedef {{label: string, min: string}} MomentField a date and time of day in place of the choices, no earlier than `min`
 * @typedef {{value: string, isMoment: boolean, reason: string}} Chosen
 */

const MOMENT = "moment";

/**
 * @param {string} title
 * @param {{line: string, choices: Choice[], moment?: MomentField}} what a moment takes two persons if the first choice does
 * @returns {Promise<Chosen | null>} null when it was called off
 */
export function choose(title, what) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("dialog"));
  return new Promise((resolve) => {
    const field = what.moment && momentField(what.moment);
    const reason = /** @type {HTMLInputElement} */ (el("input", { id: "reason", required: true, pattern: ".*\\S.*", maxlength: "2000", autocomplete: "off" }));
    const warning = el("p", { role: "status" });
    const end = el("span");
    const choices = [...what.choices, ...(what.moment ? [{ value: MOMENT, words: what.moment.label, isForTwo: what.choices[0].isForTwo }] : [])];
    const form = /** @type {HTMLFormElement} */ (el(
      "form",
      { method: "dialog" },
      el("h2", { id: "dialog-title", text: title }),
      el("fieldset", { class: "choosing" }, el("legend", { text: what.line }), ...choices.map(radio), field),
      el("label", { for: "reason", text: t("reason") }),
      reason,
      warning,
      el("div", { class: "bar" }, el("button", { type: "button", text: t("cancel"), on: { click: () => dialog.close("cancel") } }), end),
    ));
    const chosen = () => choices.find((one) => one.value === new FormData(form).get("choice"));
    const finish = () => { if (form.isConnected && form.reportValidity()) dialog.close("yes"); };
    const suit = () => {
      const isForTwo = Boolean(chosen()?.isForTwo);
      warning.textContent = isForTwo ? t("for-two") : "";
      end.replaceChildren(confirmation(isForTwo, finish));
      if (field) field.disabled = chosen()?.value !== MOMENT;
    };
    form.addEventListener("change", (event) => { if (/** @type {HTMLInputElement} */ (event.target).name === "choice") suit(); });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      // Enter in a field is no held press: it only leads there.
      if (chosen()?.isForTwo) end.querySelector("button")?.focus();
      else finish();
    });
    dialog.replaceChildren(form);
    dialog.onclose = () => {
      const one = dialog.returnValue === "yes" ? chosen() : undefined;
      const isMoment = one?.value === MOMENT;
      resolve(one ? { value: isMoment && field ? field.value : one.value, isMoment, reason: reason.value.trim() } : null);
    };
    dialog.returnValue = "";
    suit();
    dialog.showModal();
    /** @type {HTMLElement | null} */ (form.querySelector("[name='choice']"))?.focus();
  });
}

/** @param {Choice} choice */
const radio = (choice) =>
  el("label", {}, el("input", { type: "radio", name: "choice", value: choice.value, required: true }), ` ${choice.words}`);

/** @param {MomentField} moment */
const momentField = (moment) =>
  /** @type {HTMLInputElement} */ (el("input", { type: "datetime-local", "aria-label": moment.label, min: moment.min, value: moment.min, required: true }));

/** @param {boolean} isForTwo @param {() => void} finish */
function confirmation(isForTwo, finish) {
  if (!isForTwo) return el("button", { class: "primary", text: t("confirm") });
  const button = el("button", { type: "button", class: "primary", text: t("hold-for-two", t("confirm")) });
  holdable(button, finish);
  return button;
}
