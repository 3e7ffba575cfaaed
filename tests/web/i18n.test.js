// Every word that a page asks for is there in both languages, and no word is there for nobody.
import assert from "node:assert/strict";
import { t, WORDS } from "/static/lib/i18n.js";

const STATIC = new URL("../../streams/cockpit/static/", import.meta.url);

/** @param {URL} folder @returns {string[]} the text of every script and page below */
function texts(folder) {
  return [...Deno.readDirSync(folder)].flatMap((entry) => {
    const inside = new URL(entry.name + (entry.isDirectory ? "/" : ""), folder);
    if (entry.isDirectory) return texts(inside);
    return /\.(js|html)$/.test(entry.name) && !/(^i18n|-words)\.js$/.test(entry.name) ? [Deno.readTextFileSync(inside)] : [];
  });
}

const ALL = texts(STATIC).join("\n");
const matched = (/** @type {RegExp} */ pattern) => [...ALL.matchAll(pattern)].map((found) => found[1]);
const NAMED = new Set([...matched(/\bt\("([^"]+)"/g), ...matched(/data-t(?:-label|-placeholder)?="([^"]+)"/g)]);
// t(`level-${...}`) and data: { t: `stage-${...}` } take every word that begins so
const BEGINNINGS = new Set(matched(/`([a-z_]+-)\$\{/g));
const QUOTED = new Set(matched(/"([a-zA-Z_-]+)"/g));

Deno.test("every word that is asked for by name is known", () => {
  assert.ok(NAMED.size > 100, "the pages were read");
  assert.deepEqual([...NAMED].filter((key) => !(key in WORDS)), []);
});

Deno.test("every word is asked for somewhere", () => {
  const isUsed = (/** @type {string} */ key) => NAMED.has(key) || QUOTED.has(key) || [...BEGINNINGS].some((start) => key.startsWith(start));
  assert.deepEqual(Object.keys(WORDS).filter((key) => !isUsed(key)), []);
});

Deno.test("both languages say something, with the same places for values", () => {
  for (const [key, pair] of Object.entries(WORDS)) {
    assert.equal(pair.length, 2, key);
    for (const words of pair) assert.ok(words.trim(), key);
    const [zh, en] = pair.map((words) => [...words.matchAll(/\{\d\}/g)].map(String).sort());
    assert.deepEqual(zh, en, key);
  }
});

Deno.test("values stand where their numbers are", () => {
  assert.equal(t("owed-summary", 3, 1), "待办 3 条，其中 1 条未签收");
});
