// Draft: one report while it is being written, and the message it becomes. Pure: no DOM, no clock, no storage.

export const NUMBERS = ["deaths", "missing", "injured", "trapped"];
// What grid workers meet most; everything else is told in words.
export const COMMON = [
  "accident.fire", "accident.gas", "accident.road_traffic", "nature.flood", "nature.geological",
  "health.food_poisoning", "accident.public_facility", "society.mass_incident",
];

/**
 * @typedef {{lon: number, lat: number}} Point
 * @typedef {{
 *   report_id: string, kind: "initial" | "follow_up", refers_to: string | null,
 *   nature: "emergency" | "hazard", urgent: boolean, category: string, text: string, place: string,
 *   area_code: string, numbers: Record<string, string>, point: Point | null, photos: import("./photos.js").Photo[],
 * }} Draft
 * @typedef {{person_id: string, role: string, area_code: string}} Reporter
 */

/**
 * @param {string} reportId
 * @param {string} areaCode
 * @param {Partial<Draft>} [earlier] what a follow-up takes over
 * @returns {Draft}
 */
export const newDraft = (reportId, areaCode, earlier = {}) => ({
  report_id: reportId,
  kind: "initial",
  refers_to: null,
  nature: "emergency",
  urgent: false,
  category: "",
  text: "",
  place: "",
  area_code: areaCode,
  numbers: {},
  point: null,
  photos: [],
  ...earlier,
});

/**
 * A further report on the same event: same kind of event and place, new words and numbers.
 * @param {string} reportId
 * @param {any} sent the message it follows
 * @returns {Draft}
 */
export const followUp = (reportId, sent) =>
  newDraft(reportId, sent.area_code, {
    kind: "follow_up",
    refers_to: sent.kind === "initial" ? sent.report_id : sent.refers_to,
    nature: sent.nature,
    category: sent.category ?? "",
    place: sent.place ?? "",
  });

/**
 * What is kept of a draft may be old or spoilt: whatever does not fit is left out.
 * @param {string | null} kept
 * @param {Draft} fallback
 * @returns {Draft}
 */
export function restored(kept, fallback) {
  try {
    const found = JSON.parse(kept ?? "null");
    if (typeof found?.report_id !== "string" || typeof found.area_code !== "string") return fallback;
    return { ...fallback, ...found, photos: Array.isArray(found.photos) ? found.photos : [] };
  } catch {
    return fallback;
  }
}

/** @param {Draft} draft */
export const isEmpty = (draft) =>
  !draft.text.trim() && !draft.place.trim() && !draft.category && !draft.photos.length && Object.values(draft.numbers).every((value) => !value);

/**
 * The names of what must still be mended before it can be sent.
 * @param {Draft} draft
 * @returns {string[]}
 */
export function missing(draft) {
  const found = [];
  if (!draft.category && !draft.text.trim()) found.push("text");
  for (const name of NUMBERS) {
    const said = draft.numbers[name]?.trim();
    if (said && !/^\d{1,6}$/.test(said)) found.push(name);
  }
  return found;
}

/** The channel of a reporter, and with it the source. @param {Reporter} reporter */
const channelOf = (reporter) => (reporter.role === "grid_worker" ? "grid" : "department");

/**
 * The message. Its moment is fixed here, once: sent again it is the same.
 * @param {Draft} draft
 * @param {Reporter} reporter
 * @param {string} reportedAt RFC 3339
 */
export function messageOf(draft, reporter, reportedAt) {
  const channel = channelOf(reporter);
  const facts = Object.fromEntries(
    NUMBERS.filter((name) => draft.numbers[name]?.trim()).map((name) => [name, Number(draft.numbers[name])]),
  );
  const attachments = draft.photos.flatMap((photo) => photo.attachment ?? []);
  return {
    schema_version: 1,
    report_id: draft.report_id,
    source_id: `${channel}-${reporter.area_code}`,
    channel,
    reporter_id: reporter.person_id,
    kind: draft.kind,
    refers_to: draft.refers_to,
    nature: draft.nature,
    urgent: draft.urgent,
    category: draft.category || null,
    text: draft.text.trim() || null,
    area_code: draft.area_code,
    place: draft.place.trim() || null,
    position: draft.point ? { ...draft.point, crs: "WGS84" } : null,
    reported_at: reportedAt,
    facts,
    ...(attachments.length ? { attachments } : {}),
  };
}

/**
 * The words with the photographs that the gateway has already, and apart from them those that are still to be sent: a
 * report never waits for a photograph.
 * @param {Draft} draft
 * @returns {{words: Draft, rest: import("./photos.js").Photo[]}}
 */
export const parted = (draft) => ({
  words: { ...draft, photos: draft.photos.filter((photo) => photo.attachment) },
  rest: draft.photos.filter((photo) => !photo.attachment),
});

/**
 * The follow-up that brings the photographs of a report which went ahead of them. Its id follows from the report's.
 * @param {Draft} draft
 * @param {Reporter} reporter
 * @param {string} reportedAt RFC 3339
 */
export function photosMessage(draft, reporter, reportedAt) {
  const follows = followUp(`${draft.report_id}.photos`, messageOf(draft, reporter, reportedAt));
  return messageOf({ ...follows, text: "现场照片", point: draft.point }, reporter, reportedAt);
}
