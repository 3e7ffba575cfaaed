// Photos: pictures shrunk in the browser, kept there until they are sent, and sent before the words that name them.
import { ENOUGH_BYTES, positionOf } from "./exif.js";

export const MOST_PHOTOS = 5;
const LONG_SIDE_PIXELS = 2_560;
const QUALITY = 0.85;
const HOLDS_WORDS_BACK_MS = 120_000;
const SHELF = "photos";

/**
 * @typedef {{digest: string, media_type: string, name: string}} Attachment
 * @typedef {{id: string, name: string, point: {lon: number, lat: number} | null, attachment: Attachment | null}} Photo
 * `attachment` is null until the gateway has it; the picture lies in the album under `id`
 * @typedef {{put: (id: string, picture: Blob) => Promise<void>, get: (id: string) => Promise<Blob | null>,
 *   drop: (ids: string[]) => Promise<void>, ids: () => Promise<string[]>}} Album
 * @typedef {{ok: boolean, status: number, body: any, detail: string}} Answer
 */

/**
 * What is kept of a chosen file: a JPEG of at most 2,560 pixels a side, without what the camera wrote beside it, and
 * the position that it said. Null when the browser cannot read it.
 * @param {File} file
 * @returns {Promise<{picture: Blob, point: {lon: number, lat: number} | null} | null>}
 */
export async function developed(file) {
  try {
    const point = positionOf(await file.slice(0, ENOUGH_BYTES).arrayBuffer());
    const image = await createImageBitmap(file);
    const scale = Math.min(1, LONG_SIDE_PIXELS / Math.max(image.width, image.height));
    const canvas = drawn(image, Math.round(image.width * scale), Math.round(image.height * scale));
    image.close();
    const picture = await new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    return picture && { picture, point };
  } catch {
    return null;
  }
}

/** A small picture of a picture, drawn and not linked: the policy of the pages lets in no `blob:`. @param {Blob} picture @param {number} side */
export async function preview(picture, side) {
  const image = await createImageBitmap(picture);
  const scale = side / Math.max(image.width, image.height);
  const canvas = drawn(image, Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale)));
  image.close();
  return canvas;
}

/** @param {ImageBitmap} image @param {number} width @param {number} height */
function drawn(image, width, height) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.fillStyle = "white"; // a JPEG has no clear parts
  pen.fillRect(0, 0, width, height);
  pen.drawImage(image, 0, 0, width, height);
  return canvas;
}

/** @param {Blob} picture @returns {Promise<Answer>} */
export async function handIn(picture) {
  try {
    const response = await fetch("/api/attachments", {
      method: "POST", headers: { "Content-Type": picture.type }, body: picture, credentials: "same-origin",
    });
    const body = await response.json();
    return { ok: response.ok, status: response.status, body, detail: body?.detail ?? "" };
  } catch {
    return { ok: false, status: 0, body: null, detail: "" };
  }
}

/** @param {Photo} photo @param {any} accepted the gateway's answer @returns {Attachment} */
export const attachmentOf = (photo, accepted) => ({ digest: accepted.digest, media_type: accepted.media_type, name: photo.name });

/** Whether the very same is to be sent again later. @param {Answer} answer */
export const isAway = (answer) => answer.status === 0 || answer.status === 401 || answer.status === 408 || answer.status === 429 || answer.status >= 500;

/**
 * The body of a letter with its photographs handed in, or null while they have to wait. A photograph that is gone from
 * this browser or that the gateway does not take is left out, and while there is a line none holds words back for
 * longer than two minutes, save where there is nothing but photographs.
 * @param {{body: any, about: Record<string, any>, put_at: number}} letter
 * @param {Album} album
 * @param {(picture: Blob) => Promise<Answer>} send
 * @param {number} now milliseconds
 */
export async function completed(letter, album, send, now) {
  /** @type {Attachment[]} */
  const attachments = [...letter.body.attachments ?? []];
  for (const photo of /** @type {Photo[]} */ (letter.about.photos ?? [])) {
    const picture = photo.attachment ? null : await album.get(photo.id);
    if (photo.attachment) attachments.push(photo.attachment);
    if (!picture) continue;
    const answer = await send(picture);
    if (answer.ok) attachments.push(attachmentOf(photo, answer.body));
    else if (isAway(answer)) {
      const mayGo = !letter.about.only_photos && answer.status >= 500 && now - letter.put_at > HOLDS_WORDS_BACK_MS;
      if (!mayGo) return null;
    }
  }
  return attachments.length ? { ...letter.body, attachments } : letter.body;
}

/**
 * Pictures of one person in this browser; in the page's memory where the browser keeps nothing.
 * @param {string} owner
 * @returns {Promise<Album>}
 */
export async function openAlbum(owner) {
  const database = await opened(`fenghuo.photos.${owner}`);
  return database ? keptAlbum(database) : memoryAlbum();
}

/** @param {string} name @returns {Promise<IDBDatabase | null>} */
function opened(name) {
  return new Promise((resolve) => {
    try {
      const asked = indexedDB.open(name, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(SHELF);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => resolve(null);
      asked.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}

/** @param {IDBDatabase} database @returns {Album} */
function keptAlbum(database) {
  const done = (/** @type {IDBTransactionMode} */ mode, /** @type {(shelf: IDBObjectStore) => IDBRequest | void} */ act) =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(SHELF, mode);
      const asked = act(transaction.objectStore(SHELF));
      transaction.oncomplete = () => resolve(asked ? asked.result : undefined);
      transaction.onabort = () => reject(transaction.error);
    });
  return {
    put: async (id, picture) => void await done("readwrite", (shelf) => shelf.put(picture, id)),
    get: async (id) => (await done("readonly", (shelf) => shelf.get(id))) ?? null,
    drop: async (ids) => void await done("readwrite", (shelf) => { for (const id of ids) shelf.delete(id); }),
    ids: async () => (await done("readonly", (shelf) => shelf.getAllKeys())).map(String),
  };
}

/** @returns {Album} */
export function memoryAlbum() {
  /** @type {Map<string, Blob>} */
  const kept = new Map();
  return {
    put: async (id, picture) => void kept.set(id, picture),
    get: async (id) => kept.get(id) ?? null,
    drop: async (ids) => { for (const id of ids) kept.delete(id); },
    ids: async () => [...kept.keys()],
  };
}
