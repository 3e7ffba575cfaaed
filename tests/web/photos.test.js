// Photographs go before the words that name them, once, and never hold words back for long.
import assert from "node:assert/strict";
import { newDraft, parted, photosMessage, messageOf } from "/static/lib/draft.js";
import { Outbox } from "/static/lib/outbox.js";
import { completed, memoryAlbum } from "/static/lib/photos.js";
import { emptyShelf } from "./storage.js";

const WORKER = { person_id: "worker", role: "grid_worker", area_code: "500108001" };
const AT = "2026-11-22T08:00:00.000Z";
const DIGEST = `sha256:${"a".repeat(64)}`;
const KEPT = { digest: DIGEST, media_type: "image/jpeg", name: "photo-1.jpg" };

/** @param {string} id @param {any} [attachment] */
const photo = (id, attachment = null) => ({ id, name: "photo-1.jpg", point: null, attachment });

/** @param {number} status */
const answer = (status) => ({ ok: status === 200, status, detail: "", body: { digest: DIGEST, media_type: "image/jpeg" } });

/** @param {string[]} ids */
async function album(...ids) {
  const kept = memoryAlbum();
  for (const id of ids) await kept.put(id, new Blob([id]));
  return kept;
}

/** @param {any} about @param {number[]} statuses of the uploads @param {number} waited milliseconds since it was put */
async function tried(about, statuses, waited = 0) {
  const sent = [...statuses];
  const letter = { body: { text: "起火" }, about, put_at: 0 };
  const body = await completed(letter, await album("a", "b"), async () => answer(sent.shift() ?? 0), waited);
  return body && (body.attachments ?? []).length;
}

Deno.test("words name every photograph that the gateway has", async () => {
  assert.equal(await tried({}, []), 0);
  assert.equal(await tried({ photos: [photo("a"), photo("b")] }, [200, 200]), 2);
  assert.equal(await tried({ photos: [photo("a", KEPT), photo("b")] }, [200]), 2);
});

Deno.test("what the gateway does not take, and what is gone from the browser, is left out", async () => {
  for (const status of [403, 413, 415, 422]) assert.equal(await tried({ photos: [photo("a"), photo("b")] }, [status, 200]), 1);
  assert.equal(await tried({ photos: [photo("gone"), photo("b")] }, [200]), 1);
});

Deno.test("without a line words wait with their photographs; with one, two minutes at most", async () => {
  for (const status of [0, 401, 408, 429, 500, 503]) assert.equal(await tried({ photos: [photo("a")] }, [status]), null);
  assert.equal(await tried({ photos: [photo("a")] }, [503], 120_001), 0);
  for (const status of [0, 401, 429]) assert.equal(await tried({ photos: [photo("a")] }, [status], 9e9), null);
  assert.equal(await tried({ photos: [photo("a")], only_photos: true }, [503], 9e9), null);
});

Deno.test("a report goes without the photographs that are not there yet, and they follow it", () => {
  const draft = { ...newDraft("r-1", "500108001"), category: "accident.fire", text: "起火", photos: [photo("a", KEPT), photo("b")] };
  const { words, rest } = parted(draft);
  assert.deepEqual(messageOf(words, WORKER, AT).attachments, [KEPT]);
  assert.deepEqual([words.photos, rest].map((photos) => photos.map((one) => one.id)), [["a"], ["b"]]);
  const follows = photosMessage(words, WORKER, AT);
  assert.deepEqual(
    [follows.report_id, follows.kind, follows.refers_to, follows.category, follows.facts, follows.attachments],
    ["r-1.photos", "follow_up", "r-1", "accident.fire", {}, undefined],
  );
  assert.equal(messageOf({ ...draft, photos: [] }, WORKER, AT).attachments, undefined);
});

Deno.test("the body that is sent is kept first, so that it is the same the next time", async () => {
  const shelf = emptyShelf();
  /** @type {any[]} */
  const posted = [];
  /** @type {any[]} */
  const kept = [];
  const statuses = [0, 202];
  const post = async (/** @type {string} */ _, /** @type {any} */ body) => {
    posted.push(body);
    kept.push(JSON.parse(shelf.getItem("fenghuo.outbox.wang.r-1") ?? "null").body); // whatever becomes of this page now
    const status = statuses.shift() ?? 0;
    return { ok: status === 202, status, body: null, detail: "" };
  };
  let count = 0;
  const outbox = new Outbox(shelf, "wang", post, () => 1, async (letter) => ({ ...letter.body, attachments: [++count] }));
  outbox.put("r-1", "/api/reports", { text: "起火" });
  await outbox.send();
  await new Outbox(shelf, "wang", post, () => 2, async () => assert.fail("asked twice")).send();
  assert.deepEqual(posted, [{ text: "起火", attachments: [1] }, { text: "起火", attachments: [1] }]);
  assert.deepEqual(kept, posted);
});

Deno.test("a letter that waits for its photographs keeps none behind it back", async () => {
  /** @type {string[]} */
  const posted = [];
  const post = async (/** @type {string} */ _, /** @type {any} */ body) => {
    posted.push(body);
    return { ok: true, status: 202, body: null, detail: "" };
  };
  const outbox = new Outbox(emptyShelf(), "wang", post, () => 1, async (letter) => (letter.id === "a" ? null : letter.body));
  for (const id of ["a", "b"]) outbox.put(id, "/api/reports", id);
  await outbox.send();
  assert.deepEqual(posted, ["b"]);
  assert.deepEqual(outbox.waiting().map((letter) => letter.id), ["a"]);
});
