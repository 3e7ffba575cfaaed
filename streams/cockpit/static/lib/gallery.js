// Gallery: the photographs of a report or a command, small in their place and large in a dialog.
import { show } from "./dialog.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";

/**
 * @param {{digest: string, name: string, is_kept: boolean}[] | undefined} attachments
 * @param {string} whose whose photographs these are, for who does not see them
 * @returns {HTMLElement | null}
 */
export function gallery(attachments, whose) {
  if (!attachments?.length) return null;
  return el("ul", { class: "photos" }, ...attachments.map((one, index) => {
    const words = t("photo-of", whose, index + 1);
    if (!one.is_kept) return el("li", { class: "quiet", text: t("photo-missing") });
    const image = el("img", { src: pathOf(one.digest), alt: words, loading: "lazy", decoding: "async" });
    return el("li", {}, el("button", { type: "button", class: "photo", "aria-label": t("open-photo", words), on: { click: () => open(one.digest, words) } }, image));
  }));
}

/** @param {string} digest @param {string} words */
function open(digest, words) {
  show(el("h2", { id: "dialog-title", text: words }), el("img", { class: "large", src: pathOf(digest), alt: words }));
}

/** @param {string} digest */
const pathOf = (digest) => `/api/attachments/${encodeURIComponent(digest)}`;
