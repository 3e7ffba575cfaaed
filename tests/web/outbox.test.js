// An outbox sends until it is answered, the same words each time, and forgets nothing that waits.
import assert from "node:assert/strict";
import { meaning, Outbox } from "/static/lib/outbox.js";
import { emptyShelf } from "./storage.js";

/** @param {number} status @param {any} [body] */
const answer = (status, body = null) => ({ ok: status >= 200 && status < 300, status, body, detail: "" });

/** A line that gives these answers one after the other and remembers what it was asked. @param {any[]} answers */
function line(...answers) {
  /** @type {[string, any][]} */
  const asked = [];
  const post = async (/** @type {string} */ path, /** @type {any} */ body) => {
    asked.push([path, body]);
    return answers.shift() ?? answer(0);
  };
  return { asked, post };
}

let clock = 0;
const now = () => ++clock;

Deno.test("nobody there, too many, too slow and our own faults mean the same again; other refusals are final", () => {
  const told = Object.fromEntries([0, 401, 408, 429, 500, 503, 200, 202, 400, 403, 404, 409, 413, 422].map((status) => [status, meaning(answer(status))]));
  for (const status of [0, 401, 408, 429, 500, 503]) assert.equal(told[status], "waiting");
  for (const status of [200, 202]) assert.equal(told[status], "delivered");
  for (const status of [400, 403, 404, 409, 413, 422]) assert.equal(told[status], "refused");
  assert.equal(meaning(answer(202, { outcome: "pending" })), "waiting");
});

Deno.test("what nobody answered is sent again word for word, and not again once it was answered", async () => {
  const { asked, post } = line(answer(0), answer(503), answer(202));
  const outbox = new Outbox(emptyShelf(), "wang", post, now);
  outbox.put("r-1", "/api/reports", { report_id: "r-1", text: "起火" });
  for (let turn = 0; turn < 5; turn++) await outbox.send();
  assert.equal(asked.length, 3);
  assert.equal(new Set(asked.map((one) => JSON.stringify(one))).size, 1);
  assert.deepEqual(outbox.letters().map((letter) => [letter.state, letter.tries]), [["delivered", 3]]);
});

Deno.test("what waits outlives the page and belongs to its owner alone", async () => {
  const shelf = emptyShelf();
  new Outbox(shelf, "wang", line().post, now).put("r-1", "/api/reports", {});
  assert.deepEqual(new Outbox(shelf, "li", line().post, now).letters(), []);
  const { asked, post } = line(answer(202));
  await new Outbox(shelf, "wang", post, now).send();
  assert.equal(asked.length, 1);
});

Deno.test("an id is taken once: what is put under it later changes nothing", async () => {
  const { asked, post } = line(answer(202));
  const outbox = new Outbox(emptyShelf(), "wang", post, now);
  outbox.put("r-1", "/api/reports", "first");
  outbox.put("r-1", "/api/reports", "second");
  await outbox.send();
  assert.deepEqual(asked.map(([, body]) => body), ["first"]);
  assert.deepEqual(["r-1", "r-2"].map((id) => outbox.holds(id)), [true, false]);
});

Deno.test("letters go in order; a broken line stops the round, a refusal does not", async () => {
  const { asked, post } = line(answer(422), answer(0), answer(202), answer(202));
  const outbox = new Outbox(emptyShelf(), "wang", post, now);
  for (const id of ["a", "b", "c"]) outbox.put(id, "/api/reports", id);
  assert.deepEqual((await outbox.send()).map((letter) => [letter.id, letter.state]), [["a", "refused"]]);
  assert.deepEqual((await outbox.send()).map((letter) => [letter.id, letter.state]), [["b", "delivered"], ["c", "delivered"]]);
  assert.deepEqual(asked.map(([, body]) => body), ["a", "b", "b", "c"]);
});

Deno.test("two rounds at once send nothing twice", async () => {
  const { asked, post } = line(answer(202), answer(202));
  const outbox = new Outbox(emptyShelf(), "wang", post, now);
  outbox.put("r-1", "/api/reports", {});
  await Promise.all([outbox.send(), outbox.send()]);
  assert.equal(asked.length, 1);
});

Deno.test("the oldest answered ones are forgotten, what waits never", async () => {
  const answers = Array.from({ length: 30 }, () => answer(202));
  const outbox = new Outbox(emptyShelf(), "wang", line(...answers).post, now);
  for (let number = 10; number < 41; number++) outbox.put(`r-${number}`, "/api/reports", {});
  await outbox.send();
  const states = outbox.letters().map((letter) => [letter.id, letter.state]);
  assert.equal(states.length, 21);
  assert.deepEqual([states[0], states[20]], [["r-20", "delivered"], ["r-40", "waiting"]]);
});

Deno.test("a spoilt entry is passed over", () => {
  const shelf = emptyShelf();
  shelf.setItem("fenghuo.outbox.wang.r-1", "{");
  assert.deepEqual(new Outbox(shelf, "wang", line().post, now).letters(), []);
});
