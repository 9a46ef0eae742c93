import { make } from "./dom.js";
import { clock, own, said } from "./story.js";
import { changed } from "./weave.js";

/** @import { Step } from "./story.js" */

/** The transcript: a line for each step, those of one side as a diff has them. */
export class Lines {
	/**
	 * @param {HTMLElement} element
	 * @param {(step: number) => void} go Is called with the line that was clicked.
	 */
	constructor(element, go) {
		this.element = element;
		/** @type {HTMLElement[]} A line for each step. */
		this.items = [];
		element.addEventListener("click", (event) => {
			const line = event.target instanceof Element ? event.target.closest("li") : null;
			const step = line ? this.items.indexOf(line) : -1;
			if (step >= 0) go(step);
		});
	}

	/**
	 * @param {Step[]} steps
	 * @param {boolean} twins
	 * @param {string[]} tasks
	 * @param {Step[]} past What was said before a change; of no change, nothing.
	 */
	draw(steps, twins, tasks, past) {
		const item = (/** @type {Step} */ step) => {
			const line = said(step);
			const side = own(step, twins);
			return make(
				"li",
				`${line.level} ${side}`,
				make("span", "sign", side === "go" ? "+" : side === "python" ? "-" : " "),
				make("span", "at", clock(line.at)),
				make("b", `name lane${tasks.indexOf(line.task) % 8}`, line.task),
				make("span", "text", line.text),
			);
		};
		const { fresh, gone } = past.length > 0 ? changed(past, steps) : { fresh: new Set(), gone: new Map() };
		const was = (/** @type {number} */ before) =>
			(gone.get(before) ?? []).map((/** @type {Step} */ step) => {
				const line = item(step);
				line.classList.add("past");
				line.append(make("small", "", "no longer said"));
				return line;
			});
		this.items = steps.map((step) => {
			const line = item(step);
			if (step.moved) line.append(make("small", "moved", `${Math.abs(step.moved)} ${step.moved > 0 ? "later ↓" : "earlier ↑"}`));
			else if (fresh.has(step)) line.append(make("small", "new", "new"));
			else if (said(step).tied) line.append(make("small", "tied", "~ could move"));
			return line;
		});
		this.element.replaceChildren(...this.items.flatMap((line, i) => [...was(i), line]), ...was(steps.length));
	}

	/** @param {number} at */
	show(at) {
		this.items.forEach((line, i) => {
			line.classList.toggle("future", i > at);
			if (i === at) line.setAttribute("aria-current", "step");
			else line.removeAttribute("aria-current");
		});
		const line = this.items[at];
		if (!line) return;
		const view = this.element;
		const y = line.offsetTop;
		if (y < view.scrollTop || y > view.scrollTop + view.clientHeight - line.offsetHeight) view.scrollTop = y - view.clientHeight / 2;
	}
}
