// API: one way to ask the gateway. A 401 leads to the sign-in; a broken line is an answer, too, never an exception.

/**
 * @typedef {{ok: boolean, status: number, body: any, detail: string, at?: string}} Answer
 * `status` is 0 when nobody answered; `at` is the program's time, where the answer tells it.
 */

/**
 * @param {"GET" | "POST" | "DELETE"} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<Answer>}
 */
export async function request(method, path, body) {
  try {
    const response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
    });
    const text = await response.text();
    const parsed = text ? JSON.parse(text) : null;
    if (response.status === 401 && location.pathname !== "/sign-in") location.assign("/sign-in");
    return { ok: response.ok, status: response.status, body: parsed, detail: parsed?.detail ?? "", at: parsed?.as_of };
  } catch {
    return { ok: false, status: 0, body: null, detail: "" };
  }
}

/** @param {string} path */
export const get = (path) => request("GET", path);

/** An id for something that is sent once, however often it is sent. Without `randomUUID`, which plain http lacks. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40; // version 4
  bytes[8] = (bytes[8] & 0x3f) | 0x80; // variant of RFC 9562
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
