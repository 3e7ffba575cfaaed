// Storage: a browser's local storage, in memory, for outboxes under test.

/** @returns {import("/static/lib/outbox.js").Shelf} */
export function emptyShelf() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return {
    get length() { return kept.size; },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}
