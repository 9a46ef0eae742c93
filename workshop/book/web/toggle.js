import { one } from "./dom.js";
import { keep } from "./keep.js";

/** The button that goes round: light, dark, as the system. */
export function toggleTheme() {
	const html = document.documentElement;
	one("#theme").addEventListener("click", () => {
		const dark = matchMedia("(prefers-color-scheme: dark)").matches;
		const round = dark ? ["", "light", "dark"] : ["", "dark", "light"];
		const next = round[(round.indexOf(html.dataset.theme ?? "") + 1) % round.length];
		if (next) html.dataset.theme = next;
		else delete html.dataset.theme;
		keep("theme", next || null);
	});
}
