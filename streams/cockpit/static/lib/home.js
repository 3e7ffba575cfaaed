// Home: the page that fits a role; everybody else has the one screen.

/** @type {Record<string, string>} */
const PAGES = { unit: "/desk", grid_worker: "/report", auditor: "/audit" };

/** @param {string | undefined} role */
export const homeOf = (role) => PAGES[role ?? ""] ?? "/";
