// Tabs: which tab of a browser holds the one stream, and whether what it passes on comes next. Pure.

/**
 * A `follower` hears the leader; `alone` is who waits for a leader that says nothing and has a stream of its own.
 * @typedef {"leader" | "follower" | "alone"} Role
 */

/**
 * @param {Role} role
 * @param {"granted" | "heard" | "silent"} what the lock is ours; the leader said something; it has long said nothing
 * @returns {Role}
 */
export function roleAfter(role, what) {
  if (role === "leader" || what === "granted") return "leader";
  return what === "heard" ? "follower" : "alone";
}

/** @param {Role} role */
export const hasStream = (role) => role !== "follower";

/**
 * How a frame lies to what is known here: the `next`, one that is `known`, or one before which something is missing.
 * @param {string} position `epoch:seq` of what is known
 * @param {string} told of the frame
 * @returns {"next" | "known" | "gap"}
 */
export function placeOf(position, told) {
  const [epoch, last] = parted(position);
  const [of, seq] = parted(told);
  if (of !== epoch || seq > last + 1) return "gap";
  return seq === last + 1 ? "next" : "known";
}

/** @param {string} position @returns {[string, number]} */
function parted(position) {
  const colon = position.lastIndexOf(":");
  return [position.slice(0, colon), Number(position.slice(colon + 1))];
}
