// Forbidden: what an account sees on a page that is not its own: that in words, and the way to the page that is.
import { byId, el } from "./dom.js";
import { homeOf } from "./home.js";
import { onLanguage, t } from "./i18n.js";

/**
 * Takes the place of the page's content, for good.
 * @param {string} word what this account may not
 * @param {string | undefined} role
 */
export function forbid(word, role) {
  for (const part of byId("main").children) part.classList.add("hidden");
  const place = el("section", { id: "forbidden", class: "sheet panel forbidden", role: "alert" });
  byId("main").append(place);
  const draw = () => {
    const home = homeOf(role);
    const way = home === location.pathname ? el("p", { text: t("no-page") }) : el("p", {}, el("a", { href: home, text: t("to-my-page") }));
    place.replaceChildren(el("p", { text: t(word) }), way);
  };
  onLanguage(draw);
  draw();
}
