// API: one way to ask the gateway. A 401 leads to the sign-in; a broken line is an answer, too, never an exception.

/**
 * @typedef {{ok: boolean, status: number, body: any, detail: string}} Answer
 * `status` is 0 when nobody answered.
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
    return { ok: response.ok, status: response.status, body: parsed, detail: parsed?.detail ?? "" };
  } catch {
    return { ok: false, status: 0, body: null, detail: "" };
  }
}

/** @param {string} path */
export const get = (path) => request("GET", path);

/** An id for something that is sent once, however often it is sent. */
export const newId = () => crypto.randomUUID();
