import { isTyping, one } from "./dom.js";

/** The keys of every page. */
export function keys() {
	const list = /** @type {HTMLDialogElement} */ (one("#keys"));
	one("#keys-open").addEventListener("click", () => list.showModal());
	addEventListener("keydown", (event) => {
		if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
		/** @type {Record<string, string>} */
		const buttons = { "/": "#search-open", "?": "#keys-open", t: "#theme", n: "a[rel=next]", b: "a[rel=prev]" };
		const selector = buttons[event.key];
		const target = selector ? document.querySelector(selector) : null;
		if (target instanceof HTMLElement) {
			event.preventDefault();
			target.click();
		}
	});
}
