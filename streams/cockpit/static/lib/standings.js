// Standings: the ratings of the appraisal in an order and after a choice that somebody asked for. Pure.

/**
 * @typedef {Record<string, any>} Rating
 * @typedef {[number | null, string | null, number]} Point score, colour, sample
 * @typedef {"subject" | "score" | "change" | "sample"} Column
 * @typedef {{by: Column, down: boolean}} Order
 * @typedef {{kind: string, colour: string, text: string}} Choice empty words choose all
 * @typedef {{rating: Rating, name: string, points: Point[], change: number | null}} Line
 */

/**
 * @param {Iterable<Rating>} ratings
 * @param {Record<string, Point[]>} trends by subject
 * @param {(rating: Rating) => string} nameOf
 * @returns {Line[]}
 */
export const linesOf = (ratings, trends, nameOf) =>
  [...ratings].map((rating) => {
    const points = trends[rating.subject_code] ?? [];
    return { rating, name: nameOf(rating), points, change: changeOf(points) };
  });

/** How far the score has moved over the points that have one; null when there are not two. @param {Point[]} points */
export function changeOf(points) {
  const scores = points.map((point) => point[0]).filter((score) => score !== null);
  return scores.length < 2 ? null : /** @type {number} */ (scores[scores.length - 1]) - /** @type {number} */ (scores[0]);
}

/**
 * @param {Line[]} lines
 * @param {Order} order
 * @param {Choice} choice
 */
export function arranged(lines, order, choice) {
  const chosen = lines.filter(({ rating, name }) =>
    (!choice.kind || rating.subject_kind === choice.kind) &&
    (!choice.colour || (rating.colour ?? "none") === choice.colour) &&
    (!choice.text || name.includes(choice.text)));
  const sign = order.down ? -1 : 1;
  return chosen.sort((one, other) => {
    if (order.by === "subject") return sign * (one.rating.subject_code < other.rating.subject_code ? -1 : 1);
    const [left, right] = [one, other].map((line) => figure(line, order.by));
    // A score of one or two cases says little: whoever has enough of them comes first, whichever way.
    if (order.by === "score" && rank(one) !== rank(other)) return rank(one) - rank(other);
    // What has no figure stands last, whichever way the others stand.
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right) || (one.rating.subject_code < other.rating.subject_code ? -1 : 1);
  });
}

/** Enough data, few, or none to score by. @param {Line} line */
const rank = ({ rating }) => (rating.score === null ? 2 : rating.few_data ? 1 : 0);

/** @param {Line} line @param {Column} by @returns {number | null} */
function figure(line, by) {
  if (by === "change") return line.change;
  return (by === "sample" ? line.rating.sample : line.rating.score) ?? null;
}

/**
 * The line of a trend as SVG points, one path for each run of scores; 0 to 100 goes from bottom to top.
 * @param {Point[]} points
 * @param {number} width
 * @param {number} height
 * @returns {string}
 */
export function pathOf(points, width, height) {
  const across = points.length > 1 ? width / (points.length - 1) : 0;
  let isOn = false;
  return points.map(([score], index) => {
    const pen = isOn ? "L" : "M";
    isOn = score !== null;
    return score === null ? "" : `${pen}${(index * across).toFixed(1)} ${(height - (score / 100) * height).toFixed(1)}`;
  }).join("");
}
