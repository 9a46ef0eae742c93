import { all, one, root } from "./dom.js";
import { done, progress, update } from "./progress.js";

/**
 * @typedef {object} State
 * @property {boolean} clone Whether the site runs beside a clone, whose runner decides.
 * @property {Record<string, string>} lessons By their folders.
 */

/** Shows how far the learner is: from the clone's runner, or what was ticked here. */
export async function ticks() {
	const places = all("[data-lesson]").filter((e) => e !== document.body);
	if (places.length === 0) return;
	/** @type {State} */
	const state = await (await fetch(`${root}state.json`)).json();
	const show = () => {
		const mine = progress().lessons;
		for (const place of places) {
			const lesson = place.dataset.lesson ?? "";
			const says = state.clone ? (state.lessons[lesson] ?? "") : mine[lesson]?.right ? "right" : "";
			const right = says === "right";
			if (place.matches("details.mistake")) continue;
			place.classList.toggle("right", right);
			const label = place.querySelector(".state");
			if (label) label.textContent = right ? "✓ right" : says === "not begun" ? "" : says;
			const after = place.querySelector(".after");
			if (after instanceof HTMLElement) after.hidden = !right;
		}
		goOn(places);
	};
	for (const box of all("input[type=checkbox]", document)) {
		const place = box.closest(".done");
		if (!(box instanceof HTMLInputElement) || !(place instanceof HTMLElement)) continue;
		const lesson = place.dataset.lesson ?? "";
		if (state.clone) {
			const label = one("label", place);
			label.replaceChildren(`The runner says when your answer is right: go run ./workshop check ${lesson}`);
			continue;
		}
		const tick = () => (box.checked = done(lesson).right);
		tick();
		addEventListener("progress", tick);
		box.addEventListener("change", () => update(lesson, (d) => (d.right = box.checked)));
	}
	addEventListener("progress", show);
	addEventListener("storage", show); // another tab
	show();
}

/**
 * Leads from the home page to the first lesson that is not right yet, once one is.
 * @param {HTMLElement[]} places
 */
function goOn(places) {
	const link = document.querySelector("a.continue");
	const next = places.find((p) => p.matches("li") && !p.classList.contains("right"))?.querySelector("a");
	const begun = places.some((p) => p.matches("li.right"));
	if (!(link instanceof HTMLAnchorElement) || !next) return;
	link.hidden = !begun;
	link.href = next.href;
	link.textContent = `Continue with ${next.textContent}`;
}
