// Home: the page that fits a role, and whom a page serves at all. The gateway decides; this only saves the asking.

/** @type {Record<string, string>} */
const PAGES = { unit: "/desk", grid_worker: "/report", auditor: "/audit" };
const REPORTS = ["grid_worker", "unit", "duty_officer", "commander"];
const READS_INCIDENTS = ["duty_officer", "commander", "supervisor"];

/** Everybody without a page of their own has the one screen. @param {string | undefined} role */
export const homeOf = (role) => PAGES[role ?? ""] ?? "/";

/** @param {string} role */
export const mayReport = (role) => REPORTS.includes(role);

/** @param {string | undefined} role undefined: the installation itself */
export const readsIncidents = (role) => role === undefined || READS_INCIDENTS.includes(role);
