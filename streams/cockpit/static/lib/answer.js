// Answer: what a unit's person adds before a command is acknowledged, refused, moved on or done.
import { byId, el } from "./dom.js";
import { t } from "./i18n.js";
import { photoField } from "./photo-field.js";

const WITH_PHOTOS = ["progress", "done"];

/**
 * @typedef {{person?: {id: string, name: string}, reason?: string, note?: string, progress_ratio?: number,
 *   photos: import("./photos.js").Photo[]}} Said `photos` are sent before the words and named in them
 * @param {import("./desk.js").FeedbackKind} kind
 * @param {{person_id: string, name: string}} me
 * @param {any} command
 * @param {import("./photos.js").Album} album
 * @returns {Promise<Said | null>} null when it was called off
 */
export function askFor(kind, me, command, album) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("dialog"));
  /** @type {import("./photos.js").Photo[]} */
  let photos = [];
  const field = WITH_PHOTOS.includes(kind)
    ? photoField("answer-photos", album, { photos: () => photos, change: (next) => { photos = next; } })
    : [];
  return new Promise((resolve) => {
    const form = el(
      "form",
      { method: "dialog" },
      el("h2", { id: "dialog-title", text: t(`feedback-${kind}`) }),
      el("p", { class: "quiet", text: command.text_zh }),
      ...fields(kind, me.name),
      ...field,
      el(
        "div",
        { class: "bar" },
        el("button", { type: "button", text: t("cancel"), on: { click: () => dialog.close("") } }),
        el("button", { class: kind === "refused" ? "danger" : "primary", value: "yes", text: t("confirm") }),
      ),
    );
    dialog.replaceChildren(form);
    dialog.onclose = () => {
      const isSaid = dialog.returnValue === "yes";
      if (!isSaid) void album.drop(photos.map((photo) => photo.id));
      resolve(isSaid ? { ...said(/** @type {HTMLFormElement} */ (form), kind, me), photos } : null);
    };
    dialog.returnValue = "";
    dialog.showModal();
    form.querySelector("input, textarea")?.setAttribute("autofocus", "");
  });
}

/** @param {import("./desk.js").FeedbackKind} kind @param {string} name */
function fields(kind, name) {
  const person = [
    el("label", { for: "answer-name", text: t("my-name") }),
    el("input", { id: "answer-name", name: "name", required: true, pattern: ".*\\S.*", maxlength: "64", value: name, autocomplete: "name" }),
  ];
  const words = (/** @type {string} */ field, /** @type {string} */ label, /** @type {boolean} */ required) => [
    el("label", { for: `answer-${field}`, text: t(label) }),
    el("textarea", { id: `answer-${field}`, name: field, rows: "3", maxlength: "2000", required }),
  ];
  const ratio = [
    el("label", { for: "answer-percent", text: t("progress-percent") }),
    el("input", { id: "answer-percent", name: "percent", type: "number", min: "0", max: "100", step: "5", inputmode: "numeric" }),
  ];
  return {
    received: [],
    acknowledged: person,
    refused: [...person, ...words("reason", "reason", true)],
    progress: [...words("note", "note", true), ...ratio],
    done: [...person, ...words("note", "note", false)],
  }[kind];
}

/**
 * @param {HTMLFormElement} form
 * @param {import("./desk.js").FeedbackKind} kind
 * @param {{person_id: string, name: string}} me
 * @returns {Omit<Said, "photos">}
 */
function said(form, kind, me) {
  const given = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
  // The account's id vouches only for the account's own name; a colleague who signs here is known by name alone.
  const person = given.name && (given.name === me.name ? { id: me.person_id, name: given.name } : { name: given.name });
  return {
    ...(person ? { person: /** @type {any} */ (person) } : {}),
    ...(kind === "refused" ? { reason: given.reason } : {}),
    ...(given.note ? { note: given.note } : {}),
    ...(given.percent ? { progress_ratio: Number(given.percent) / 100 } : {}),
  };
}
