import { isTyping, make, one } from "./dom.js";

/** @type {[string[], string][]} */
const list = [
	[["n", "b"], "next page, page before"],
	[["/"], "search"],
	[["t"], "light, dark, as the system"],
	[["→", "←"], "player: a step forward, back"],
	[["Space"], "player: play, pause"],
	[["Home", "End"], "player: the first line, the last"],
	[["1", "4", "0"], "player: speed 1×, 4×, ¼×"],
	[["o"], "player: another order"],
	[["c"], "player: change both programs and run them"],
	[["Ctrl-Enter"], "in an editor: run it, or check it"],
	[["Esc", "Tab"], "in an editor: leave it"],
	[["p"], "present the lesson"],
	[["PageDown", "PageUp"], "present: turn the slide"],
	[["s"], "present: open the notes"],
	[["Esc"], "present: end"],
	[["?"], "this list"],
];

/** What the dialog shows: made here, so that a page does not carry it. */
function content() {
	const close = make("button", "", "Close");
	close.setAttribute("value", "close");
	const form = make("form", "", make("h2", "", "Keys"), close);
	form.setAttribute("method", "dialog");
	const rows = list.flatMap(([keys, means]) => [make("dt", "", ...keys.map((key) => make("kbd", "", key))), make("dd", "", means)]);
	return [form, make("dl", "", ...rows)];
}

/** The keys of every page. */
export function keys() {
	const dialog = /** @type {HTMLDialogElement} */ (one("#keys"));
	dialog.append(...content());
	one("#keys-open").addEventListener("click", () => dialog.showModal());
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
