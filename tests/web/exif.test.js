// A position is read where a camera wrote one, in either byte order, and nowhere else; spoilt bytes say none.
import assert from "node:assert/strict";
import { positionOf } from "/static/lib/exif.js";

/**
 * The first bytes of a JPEG with a GPS directory.
 * @param {{isLittle?: boolean, lat?: number[], lon?: number[], sides?: string}} what degrees, minutes, seconds as fractions of 100
 */
function jpeg({ isLittle = false, lat = [29, 31, 24.6], lon = [106, 34, 12], sides = "NE" } = {}) {
  const tiff = new DataView(new ArrayBuffer(160));
  tiff.setUint16(0, isLittle ? 0x4949 : 0x4d4d);
  tiff.setUint16(2, 42, isLittle);
  tiff.setUint32(4, 8, isLittle);
  entry(8, [[0x8825, 4, 1, 26]]);
  entry(26, [[1, 2, 2, sides.charCodeAt(0)], [2, 5, 3, 100], [3, 2, 2, sides.charCodeAt(1)], [4, 5, 3, 124]]);
  rationals(100, lat);
  rationals(124, lon);

  /** @param {number} at @param {number[][]} entries */
  function entry(at, entries) {
    tiff.setUint16(at, entries.length, isLittle);
    for (const [index, [tag, kind, count, value]] of entries.entries()) {
      const here = at + 2 + index * 12;
      tiff.setUint16(here, tag, isLittle);
      tiff.setUint16(here + 2, kind, isLittle);
      tiff.setUint32(here + 4, count, isLittle);
      if (kind === 2) tiff.setUint8(here + 8, value);
      else tiff.setUint32(here + 8, value, isLittle);
    }
  }

  /** @param {number} at @param {number[]} parts */
  function rationals(at, parts) {
    for (const [index, part] of parts.entries()) {
      tiff.setUint32(at + index * 8, Math.round(part * 100), isLittle);
      tiff.setUint32(at + index * 8 + 4, Number.isNaN(part) ? 0 : 100, isLittle);
    }
  }
  const head = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xe1, 0, 168, 0x45, 0x78, 0x69, 0x66, 0, 0];
  return new Uint8Array([...head, ...new Uint8Array(tiff.buffer), 0xff, 0xda]).buffer;
}

Deno.test("a position is read in either byte order, on all four sides of the world", () => {
  for (const isLittle of [true, false]) assert.deepEqual(positionOf(jpeg({ isLittle })), { lon: 106.57, lat: 29.5235 });
  assert.deepEqual(positionOf(jpeg({ sides: "SW" })), { lon: -106.57, lat: -29.5235 });
});

Deno.test("zeros, what lies nowhere and what is no number are no position", () => {
  assert.equal(positionOf(jpeg({ lat: [0, 0, 0], lon: [0, 0, 0] })), null);
  assert.equal(positionOf(jpeg({ lat: [91, 0, 0] })), null);
  assert.equal(positionOf(jpeg({ lon: [NaN, 0, 0] })), null);
});

Deno.test("other files, and one cut anywhere, say no position and raise nothing", () => {
  for (const bytes of [[], [0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8], [0xff, 0xd8, 0xff, 0xda, 0, 0]]) assert.equal(positionOf(new Uint8Array(bytes).buffer), null);
  const whole = jpeg();
  for (let length = 0; length < 150; length++) assert.equal(positionOf(whole.slice(0, length)), null);
});

Deno.test("whichever byte is spoilt, nothing is raised", () => {
  for (let at = 0; at < jpeg().byteLength; at++) {
    const bytes = new Uint8Array(jpeg());
    bytes[at] = 0xff;
    const found = positionOf(bytes.buffer);
    assert.ok(found === null || (Math.abs(found.lat) <= 90 && Math.abs(found.lon) <= 180));
  }
});
