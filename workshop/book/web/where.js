import { make } from "./dom.js";

/** @import { Pane } from "./panes.js" */

/**
 * Lists each task with the line where it is now, also those that the panes do not show at this moment.
 * @param {HTMLElement} element
 * @param {Pane[]} panes
 * @param {string[]} tasks
 */
export function where(element, panes, tasks) {
	const items = tasks.flatMap((task, lane) => {
		const buttons = panes.flatMap((pane) => {
			const place = pane.places.get(task);
			if (!place) return [];
			const button = make("button", "", `${place.file}:${place.line}`);
			button.setAttribute("type", "button");
			button.addEventListener("click", () => pane.reveal(place));
			return [make("span", "place", button, ` ${place.does}`)];
		});
		return buttons.length === 0 ? [] : [make("li", "", make("b", `name lane${lane % 8}`, task), ...buttons)];
	});
	element.replaceChildren(...items);
}
