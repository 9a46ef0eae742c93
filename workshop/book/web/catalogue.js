import { all, make, one, root } from "./dom.js";
import { token } from "./follow.js";
import { showRun } from "./verdict.js";

/** @import { RunLine } from "./engine.js" */

/**
 * @typedef {[number, number, string, number?, boolean?]} Spoken When, in microseconds, the task's place among the tasks, the text, its level, and whether it waits from here on.
 *
 * @typedef {object} Failing What failing.go makes of a run.
 * @property {string} [test] Missing where no test tells its run.
 * @property {string} [scenario]
 * @property {number} wrong
 * @property {number} same So many lines of the solution's run are the answer's.
 * @property {string[]} tasks
 * @property {Spoken[]} lines
 * @property {Spoken[]} solution Those behind the same ones.
 * @property {number} [before]
 * @property {number} [after]
 */

/**
 * The run of a mistake, when its entry is first opened.
 * @param {HTMLElement} entry
 */
async function run(entry) {
	const place = one(".failing", entry);
	if (place.childElementCount > 0) return;
	const live = "live" in document.body.dataset;
	const own = live ? token() : null;
	if (live && !own) {
		place.replaceChildren(make("p", "", "To see its run, open the address that go run ./workshop book has printed."));
		return;
	}
	place.replaceChildren(make("p", "", own ? "The tests run on this answer, and then on the solution …" : "The run comes …"));
	try {
		const response = await fetch(`${root}mistakes/${entry.id}.json`, own ? { headers: { "X-Workshop-Token": own } } : {});
		if (!response.ok) throw new Error((await response.text()).trim());
		draw(place, await response.json());
	} catch (error) {
		place.replaceChildren(make("p", "", `There is no picture of its run: ${error instanceof Error ? error.message : error}.`));
	}
}

/**
 * @param {HTMLElement} place
 * @param {Failing} failing
 */
function draw(place, { test, scenario, wrong, same, tasks, lines, solution, before = 0, after = 0 }) {
	if (!test) {
		place.replaceChildren(make("p", "", "It has no picture: the test that finds it tells no run in virtual time."));
		return;
	}
	/** @returns {RunLine} */
	const line = (/** @type {Spoken} */ [at, task, text, level = 0, waiting = false]) => ({ at: at * 1000, task: tasks[task] ?? "", text, level, waiting });
	const mine = lines.map(line);
	const figure = make("figure", "run");
	place.replaceChildren(figure);
	const cut = before || after ? ` Of a long run, this is what stands around the mistake: ${before} lines before it and ${after} after it are left out.` : "";
	const alike = same === mine.length && solution.length === 0 ? " Both runs say the same: what the test finds, no task says." : "";
	showRun(figure, `The run of the test “${test}”${scenario ? `: ${scenario}` : ""}.${alike}${cut}`, [
		["The mistake", mine, wrong],
		["The solution", solution.length > 0 || same > 0 ? [...mine.slice(0, same), ...solution.map(line)] : [], same < mine.length ? wrong : -1],
	]);
}

/** The filter of the catalogue of mistakes; what it shows stands in the address. */
export function catalogue() {
	const entries = all("details.mistake");
	const form = one("form.filter");
	const count = one("#count");
	/** @param {string} id */
	const field = (id) => /** @type {HTMLInputElement | HTMLSelectElement} */ (one(`#${id}`, form));
	const fields = { words: field("filter"), kind: field("kind"), construct: field("construct"), lesson: field("lesson") };

	const texts = new Map(entries.map((entry) => [entry, `${one("summary", entry).textContent} ${one(".says", entry).textContent} ${entry.dataset.constructs}`.toLowerCase()]));

	const show = () => {
		const words = fields.words.value.toLowerCase().split(/\s+/).filter(Boolean);
		let shown = 0;
		for (const entry of entries) {
			const { kind = "", constructs = "", lesson = "" } = entry.dataset;
			const fits =
				(!fields.kind.value || kind === fields.kind.value) &&
				(!fields.construct.value || constructs.split(" ").includes(fields.construct.value)) &&
				(!fields.lesson.value || lesson === fields.lesson.value) &&
				words.every((word) => texts.get(entry)?.includes(word));
			entry.hidden = !fits;
			if (fits) shown++;
		}
		count.textContent = shown === 1 ? "1 mistake" : `${shown} mistakes`;
	};
	const read = () => {
		const id = decodeURIComponent(location.hash.slice(1));
		const entry = id && document.getElementById(id);
		if (entry instanceof HTMLDetailsElement) {
			entry.open = true;
			entry.scrollIntoView();
			return;
		}
		const asked = new URLSearchParams(id);
		for (const [name, input] of Object.entries(fields)) input.value = asked.get(name) ?? "";
		show();
	};
	form.addEventListener("input", () => {
		show();
		const asked = new URLSearchParams();
		for (const [name, input] of Object.entries(fields)) if (input.value) asked.set(name, input.value);
		history.replaceState(null, "", asked.size > 0 ? `#${asked}` : location.pathname);
	});
	if (document.querySelector(".catalogue[data-runs]")) {
		for (const entry of entries) entry.addEventListener("toggle", () => /** @type {HTMLDetailsElement} */ (entry).open && run(entry));
	}
	form.addEventListener("submit", (event) => event.preventDefault());
	addEventListener("hashchange", read);
	read();
	show();
}
