// Exif: where a photograph was taken, read from its first bytes in the browser. The position stays on the phone until its
// owner adds it to the report; what is sent is drawn anew and has none. Pure.

const APP1 = 0xe1;
const SCAN = 0xda;
const GPS_TAG = 0x8825;
const LAT = { side: 1, value: 2, negative: "S", most: 90 };
const LON = { side: 3, value: 4, negative: "W", most: 180 };
const BYTES = { long: 4, rational: 8 };
export const ENOUGH_BYTES = 262_144; // a camera writes it at the front

/**
 * The position in WGS84, or null where a JPEG says none; spoilt bytes say none.
 * @param {ArrayBuffer} buffer the first bytes of the file
 * @returns {{lon: number, lat: number} | null}
 */
export function positionOf(buffer) {
  try {
    const tiff = exifOf(new DataView(buffer));
    if (!tiff) return null;
    const isLittle = tiff.getUint16(0) === 0x4949;
    const gps = entries(tiff, tiff.getUint32(4, isLittle), isLittle).get(GPS_TAG);
    if (gps === undefined) return null;
    const fields = entries(tiff, tiff.getUint32(gps, isLittle), isLittle);
    const lat = degrees(tiff, fields, LAT, isLittle);
    const lon = degrees(tiff, fields, LON, isLittle);
    return lat === null || lon === null || (lat === 0 && lon === 0) ? null : { lon, lat };
  } catch (error) {
    if (error instanceof RangeError) return null; // it points outside itself
    throw error;
  }
}

/** @param {DataView} view @returns {DataView | null} the TIFF inside, if there is one */
function exifOf(view) {
  if (view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; view.getUint8(at) === 0xff && view.getUint8(at + 1) !== SCAN;) {
    const length = view.getUint16(at + 2);
    const isExif = view.getUint8(at + 1) === APP1 && view.getUint32(at + 4) === 0x45786966; // "Exif"
    if (isExif) return new DataView(view.buffer, at + 10, Math.min(length - 8, view.byteLength - at - 10));
    at += 2 + length;
  }
  return null;
}

/**
 * Where the value of each tag of a directory stands: in its entry if it fits, else where the entry points.
 * @param {DataView} tiff @param {number} at @param {boolean} isLittle
 */
function entries(tiff, at, isLittle) {
  /** @type {Map<number, number>} */
  const found = new Map();
  for (let index = 0; index < tiff.getUint16(at, isLittle); index++) found.set(tiff.getUint16(at + 2 + index * 12, isLittle), at + 10 + index * 12);
  return found;
}

/**
 * @param {DataView} tiff @param {Map<number, number>} fields
 * @param {{side: number, value: number, negative: string, most: number}} axis @param {boolean} isLittle
 * @returns {number | null}
 */
function degrees(tiff, fields, axis, isLittle) {
  const [side, value] = [fields.get(axis.side), fields.get(axis.value)];
  if (side === undefined || value === undefined) return null;
  const at = tiff.getUint32(value, isLittle);
  const [whole, minutes, seconds] = [0, 1, 2].map((part) => {
    const here = at + part * BYTES.rational;
    return tiff.getUint32(here, isLittle) / tiff.getUint32(here + BYTES.long, isLittle);
  });
  const found = whole + minutes / 60 + seconds / 3600;
  if (!Number.isFinite(found) || found > axis.most) return null;
  const sign = String.fromCharCode(tiff.getUint8(side)) === axis.negative ? -1 : 1;
  return sign * Number(found.toFixed(7));
}
