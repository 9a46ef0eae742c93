import { make } from "./dom.js";
import { clock, own, said } from "./story.js";

/** @import { Step } from "./story.js" */

/** The transcript: a line for each step, those of one side as a diff has them. */
export class Lines {
	/**
	 * @param {HTMLElement} element
	 * @param {(step: number) => void} go Is called with the line that was clicked.
	 */
	constructor(element, go) {
		this.element = element;
		element.addEventListener("click", (event) => {
			const line = event.target instanceof Element ? event.target.closest("li") : null;
			if (line) go([...element.children].indexOf(line));
		});
	}

	/**
	 * @param {Step[]} steps
	 * @param {boolean} twins
	 * @param {string[]} tasks
	 */
	draw(steps, twins, tasks) {
		this.element.replaceChildren(
			...steps.map((step) => {
				const line = said(step);
				const side = own(step, twins);
				const item = make(
					"li",
					`${line.level} ${side}`,
					make("span", "sign", side === "go" ? "+" : side === "python" ? "-" : " "),
					make("span", "at", clock(line.at)),
					make("b", `name lane${tasks.indexOf(line.task) % 8}`, line.task),
					make("span", "text", line.text),
				);
				if (step.moved) item.append(make("small", "moved", `${Math.abs(step.moved)} ${step.moved > 0 ? "later ↓" : "earlier ↑"}`));
				else if (line.tied) item.append(make("small", "tied", "could move"));
				return item;
			}),
		);
	}

	/** @param {number} at */
	show(at) {
		[...this.element.children].forEach((line, i) => {
			line.classList.toggle("future", i > at);
			if (i === at) line.setAttribute("aria-current", "step");
			else line.removeAttribute("aria-current");
		});
		const line = this.element.children[at];
		if (!(line instanceof HTMLElement)) return;
		const view = this.element;
		const y = line.offsetTop;
		if (y < view.scrollTop || y > view.scrollTop + view.clientHeight - line.offsetHeight) view.scrollTop = y - view.clientHeight / 2;
	}
}
