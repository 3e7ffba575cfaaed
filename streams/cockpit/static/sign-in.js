// Sign-in: a name and a password for a session cookie; then on to the page that fits the role.
import { request } from "/static/lib/api.js";
import { homeOf } from "/static/lib/home.js";
import { keepShell } from "/static/lib/shell.js";

/** @type {Record<number, string>} */
const SAID = {
  401: "账号或口令不对 Wrong account or password",
  429: "尝试过于频繁，请一分钟后再试 Too many attempts: try again in a minute",
};

keepShell();

const form = /** @type {HTMLFormElement} */ (document.getElementById("form"));
const problem = /** @type {HTMLElement} */ (document.getElementById("problem"));

if (new URLSearchParams(location.search).get("link") === "over") {
  document.getElementById("over")?.classList.remove("hidden");
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = new FormData(form);
  problem.textContent = "";
  const answer = await request("POST", "/api/session", {
    person_id: fields.get("person_id"),
    password: fields.get("password"),
  });
  if (answer.ok) {
    location.assign(homeOf(answer.body.someone.role));
  } else {
    problem.textContent = SAID[answer.status] ?? answer.detail;
  }
});
