// The map's words: what a colour means by the rulebook, and what is only sketched.
import assert from "node:assert/strict";
import { meaningOf, notesOn } from "/static/lib/map.js";
import { loadNames } from "/static/lib/names.js";

/** @param {any} body */
const answering = (body) => { globalThis.fetch = () => Promise.resolve(Response.json(body)); };

Deno.test("each colour says its word and its scores", async () => {
  answering({ areas: {}, categories: {}, departments: {}, rating_bands: { green: 90, blue: 80, yellow: 70, orange: 60 } });
  await loadNames();
  assert.deepEqual(["green", "blue", "yellow", "orange", "red"].map(meaningOf), [
    "绿 优 90分及以上", "蓝 良 80–90分", "黄 中 70–80分", "橙 及格 60–70分", "红 不及格 60分以下",
  ]);
});

Deno.test("a sketch is told with the names of what it is drawn from, and who has no boundary", () => {
  const drawn = { name: "南岸区", is_schematic: false, drawn_from: [] };
  assert.deepEqual(notesOn({ shapes: [drawn] }), []);
  assert.deepEqual(notesOn(undefined), []);
  const notes = notesOn({ shapes: [drawn, { name: "两江新区", is_schematic: true, drawn_from: ["江北区", "渝北区"] }, { name: "忠县", is_schematic: true, drawn_from: [] }] });
  assert.equal(notes.length, 2);
  assert.match(notes[0], /两江新区.*江北区、渝北区/);
  assert.match(notes[1], /忠县/);
});
