// Photo field: taking or choosing pictures, seeing which are there, and taking one out again. Shared by report and desk.
import { newId } from "./api.js";
import { toast } from "./dialog.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";
import { developed, MOST_PHOTOS, preview } from "./photos.js";

const PREVIEW_PIXELS = 160;

/**
 * @param {string} id of the input
 * @param {import("./photos.js").Album} album
 * @param {{
 *   photos: () => import("./photos.js").Photo[],
 *   change: (photos: import("./photos.js").Photo[]) => void,
 *   usePoint?: (point: {lon: number, lat: number}) => void,
 * }} page what it asks and tells the page
 */
export function photoField(id, album, page) {
  const list = el("ul", { class: "photos", "aria-label": t("photos", MOST_PHOTOS) });
  // The three kinds that the gateway takes; a phone that has others turns them into JPEG when asked for these.
  const input = /** @type {HTMLInputElement} */ (el("input", { id, type: "file", accept: "image/jpeg,image/png,image/webp", multiple: true }));
  input.addEventListener("change", async () => {
    const files = [...input.files ?? []];
    input.value = "";
    for (const file of files) await add(file);
    await draw();
  });

  /** @param {File} file */
  async function add(file) {
    if (page.photos().length >= MOST_PHOTOS) return toast(t("photos-full", MOST_PHOTOS), true);
    const found = await developed(file);
    if (!found) return toast(t("photo-unreadable"), true);
    const photo = { id: newId(), name: `photo-${page.photos().length + 1}.jpg`, point: found.point, attachment: null };
    await album.put(photo.id, found.picture);
    page.change([...page.photos(), photo]);
  }

  /** @param {string} photoId */
  async function remove(photoId) {
    page.change(page.photos().filter((photo) => photo.id !== photoId));
    await album.drop([photoId]);
    await draw();
    input.focus();
  }

  async function draw() {
    list.replaceChildren(...await Promise.all(page.photos().map(item)));
  }

  /** @param {import("./photos.js").Photo} photo @param {number} index */
  async function item(photo, index) {
    const picture = await album.get(photo.id);
    const shown = picture ? await preview(picture, PREVIEW_PIXELS) : el("span", { text: t("photo-missing") });
    if (picture) for (const [name, value] of [["role", "img"], ["aria-label", t("photo-number", index + 1)]]) shown.setAttribute(name, value);
    const { point } = photo;
    return el("li", {}, shown,
      point && page.usePoint && el("button", { type: "button", text: t("use-photo-point"), "aria-label": t("use-photo-point-of", index + 1), on: { click: () => page.usePoint?.(point) } }),
      el("button", { type: "button", text: t("remove"), "aria-label": t("remove-photo", index + 1), on: { click: () => void remove(photo.id) } }));
  }

  void draw();
  // The browser's own words for an input of files are not of this page's language, and untrue once it was emptied.
  return [el("div", { class: "photo-add" }, input, el("label", { for: id, text: t("add-photo", MOST_PHOTOS) })), list];
}
