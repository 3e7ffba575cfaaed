// Worker: keeps the pages of one version for when there is no line. With a line every page and script comes fresh from
// the gateway, so that an update is never hidden; answers of the API are never kept. The gateway writes before this
// text which files there are and their version, so that another version is another worker.

const scope = /** @type {any} */ (self);
/** @type {{version: string, pages: Record<string, string>, files: string[]}} */
const shell = scope.SHELL;
const NAME = `fenghuo.shell.${shell.version}`;
const NO_GATEWAY = [502, 503, 504];
const PATIENCE_MS = 5_000;
const SHORT_PATIENCE_MS = 500;
const HANGING_MS = 15_000;

scope.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(keepAll().then(() => scope.skipWaiting()));
});

scope.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(forgetOthers().then(() => scope.clients.claim()));
});

scope.addEventListener("fetch", (/** @type {any} */ event) => {
  const kept = keptPath(event.request);
  if (kept) event.respondWith(freshElseKept(event.request, kept));
});

async function keepAll() {
  const cache = await caches.open(NAME);
  await cache.addAll(shell.files.map((path) => new Request(path, { cache: "reload" })));
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name)));
}

/** @param {Request} request @returns {string | null} the file that stands in for it, if any */
function keptPath(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return null;
  if (request.mode === "navigate") return shell.pages[url.pathname] ?? null;
  return shell.files.includes(url.pathname) ? url.pathname : null;
}

/** @param {Request} request @param {string} path */
async function freshElseKept(request, path) {
  const answer = fetch(request);
  const fresh = await Promise.race([answer.catch(() => null), patience()]);
  if (fresh === undefined) hangsUntil = Date.now() + HANGING_MS;
  if (fresh && !NO_GATEWAY.includes(fresh.status)) return fresh;
  const kept = await (await caches.open(NAME)).match(path);
  return kept ?? answer.catch(() => Response.error());
}

// A line that hangs is waited for once, and not for every file of a page one after the other.
let hangsUntil = 0;

/** @returns {Promise<undefined>} */
const patience = () =>
  new Promise((resolve) => {
    setTimeout(resolve, Date.now() < hangsUntil ? SHORT_PATIENCE_MS : PATIENCE_MS);
  });
