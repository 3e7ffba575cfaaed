// Dialogs and toasts: what is asked before an act, and what came of it.
import { byId, el } from "./dom.js";
import { t } from "./i18n.js";

const TOAST_MS = 6_000;

/**
 * @param {string} title
 * @param {{lines?: string[], reason?: boolean, danger?: boolean}} what
 * @returns {Promise<{reason: string} | null>} null when it was called off
 */
export function ask(title, what) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("dialog"));
  return new Promise((resolve) => {
    const reason = /** @type {HTMLInputElement} */ (el("input", { id: "reason", required: true, maxlength: "2000", autocomplete: "off" }));
    const form = el(
      "form",
      { method: "dialog" },
      el("h2", { id: "dialog-title", text: title }),
      el("ul", {}, ...(what.lines ?? []).map((line) => el("li", { text: line }))),
      what.reason ? el("label", { for: "reason", text: t("reason") }) : null,
      what.reason ? reason : null,
      el(
        "div",
        { class: "bar" },
        el("button", { type: "button", text: t("cancel"), on: { click: () => dialog.close("cancel") } }),
        el("button", { class: what.danger ? "danger" : "primary", value: "yes", text: t("confirm") }),
      ),
    );
    dialog.replaceChildren(form);
    dialog.onclose = () => resolve(dialog.returnValue === "yes" ? { reason: reason.value.trim() } : null);
    dialog.returnValue = "";
    dialog.showModal();
    if (what.reason) reason.focus();
  });
}

/** @param {...Node} content */
export function show(...content) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("dialog"));
  dialog.onclose = null;
  dialog.replaceChildren(
    ...content,
    el("div", { class: "bar" }, el("button", { text: t("back"), on: { click: () => dialog.close() } })),
  );
  if (!dialog.open) dialog.showModal();
}

export const closeDialog = () => /** @type {HTMLDialogElement} */ (byId("dialog")).close();

/**
 * @param {string} words
 * @param {boolean} [bad]
 * @param {string} [about] what it speaks of, by whose id it can be dropped before its time
 */
export function toast(words, bad = false, about = undefined) {
  const line = el("div", { class: `toast${bad ? " bad" : ""}`, text: words, ...(about === undefined ? {} : { data: { about } }) });
  byId("toasts").append(line);
  setTimeout(() => line.remove(), TOAST_MS);
}

/** What was said about this is not so any more. @param {string} about */
export function dropToast(about) {
  for (const line of byId("toasts").querySelectorAll("[data-about]")) {
    if (/** @type {HTMLElement} */ (line).dataset.about === about) line.remove();
  }
}
