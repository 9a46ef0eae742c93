// A wrong answer of the catalogue runs in the tab: what the tests say to it, and
// what it does beside the solution, as lanes.
import { ask, inWords } from "./bench.js";
import { all, one, root } from "./dom.js";
import { showVerdict } from "./verdict.js";

export function gallery() {
	for (const place of all(".mistake .lab")) {
		const button = one("button", place);
		button.addEventListener("click", () => run(place, button));
	}
}

/** @type {WeakMap<HTMLElement, AbortController>} What runs, by its place. */
const running = new WeakMap();

/**
 * @param {HTMLElement} place
 * @param {HTMLElement} button
 */
async function run(place, button) {
	const busy = running.get(place);
	if (busy) return busy.abort(new Error("Cancelled."));
	const { signal } = running.set(place, new AbortController()).get(place) ?? {};
	const says = one(".says", place);
	const { exercise: lesson = "", whole = "" } = place.dataset;
	const hears = inWords((what) => (says.textContent = what));
	button.textContent = "Cancel";
	try {
		const answer = await source(whole);
		const verdict = await ask({ call: "check", args: [lesson, answer] }, hears, signal);
		says.textContent = `${verdict.summary}.`;
		showVerdict(verdict, one(".found", place), () => {}, (said, run) => ask({ call: "beside", args: [lesson, said.names[0], run] }, () => {}).catch(() => null), "This answer");
	} catch (error) {
		says.textContent = error instanceof Error ? error.message : String(error);
	} finally {
		running.delete(place);
		button.textContent = "Run it here";
	}
}

/**
 * The text of an answer, from the page of its exercise's wrong answers.
 * @param {string} whole Where it stands.
 */
async function source(whole) {
	const [path = "", id = ""] = whole.split("#");
	const page = new DOMParser().parseFromString(await (await fetch(`${root}${path}`)).text(), "text/html");
	return page.getElementById(id)?.nextElementSibling?.textContent ?? "";
}
