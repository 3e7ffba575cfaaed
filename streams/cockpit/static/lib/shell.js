// Shell: lets the browser keep the pages themselves, so that they open without a line.

export function keepShell() {
  navigator.serviceWorker?.register("/static/worker.js", { scope: "/", updateViaCache: "none" })
    .catch(() => { /* a browser that keeps nothing, or no line at this moment: the next page asks again */ });
}
