import { all, make, one } from "./dom.js";

/** @import { Said, Place } from "./story.js" */

/**
 * @typedef {object} Mark What is to be seen at a line.
 * @property {"speaks" | "spoke" | ""} speaks
 * @property {number} lane The speaking task's.
 * @property {number[]} lanes Those of all tasks that are there.
 * @property {HTMLElement[]} tags What is said of them.
 */

/** @typedef {Map<number, Mark>} Marks By lines. */

/**
 * @typedef {object} Text What shows a file.
 * @property {(marks: Marks) => void} mark
 * @property {(line: number) => void} scrollTo
 */

/** One program's source, in which lines are marked. */
export class Pane {
	/** @param {HTMLElement} element */
	constructor(element) {
		this.element = element;
		/** @type {"go" | "python"} */
		this.side = element.dataset.side === "python" ? "python" : "go";
		/** @type {Map<string, Text>} By the names of their files. */
		this.texts = new Map(all(".source", element).map((source) => [source.dataset.file ?? "", new Rows(source)]));
		/** The file that is shown. */
		this.file = one(".source:not([hidden])", element).dataset.file;
		/** @type {Map<string, Place>} Where each task is. */
		this.places = new Map();
		for (const tab of all("button[data-file]", element)) tab.addEventListener("click", () => this.open(tab.dataset.file ?? ""));
	}

	/**
	 * Shows one of its files.
	 * @param {string} file
	 */
	open(file) {
		if (file === this.file) return;
		this.file = file;
		for (const tab of all("button[data-file]", this.element)) tab.setAttribute("aria-pressed", String(tab.dataset.file === file));
		for (const source of all(".source", this.element)) source.hidden = source.dataset.file !== file;
	}

	/**
	 * Marks the line that speaks, and every other task's place.
	 * @param {Said | undefined} line
	 * @param {boolean} now Whether it speaks at this step, or was the last to do so.
	 * @param {string[]} tasks
	 */
	show(line, now, tasks) {
		this.places.clear();
		this.element.classList.toggle("silent", !now);
		/** @type {Map<string, Marks>} */
		const files = new Map();
		const at = (/** @type {Place | Said} */ place) => {
			const marks = files.get(place.file) ?? new Map();
			files.set(place.file, marks);
			const mark = marks.get(place.line) ?? { speaks: "", lane: 0, lanes: [], tags: [] };
			marks.set(place.line, mark);
			return mark;
		};
		if (line) {
			for (const place of line.places ?? []) this.places.set(place.task, place);
			this.places.set(line.task, { ...line, does: now ? "speaks" : "spoke last" });
			for (const places of grouped(line.places ?? [])) {
				const mark = at(places[0]);
				mark.lanes = places.slice(0, 3).map((p) => tasks.indexOf(p.task));
				mark.tags.push(tag(places, tasks));
			}
			const mark = at(line);
			mark.speaks = now ? "speaks" : "spoke";
			mark.lane = tasks.indexOf(line.task);
			if (now) {
				mark.lanes.unshift(mark.lane);
				mark.tags.unshift(make("span", `tag says ${line.level}`, make("b", `name lane${mark.lane % 8}`, line.task), ` ${line.text}`));
			}
		}
		for (const [file, text] of this.texts) text.mark(files.get(file) ?? new Map());
		if (line) this.reveal(line);
	}

	/**
	 * Shows a text in the place of a file's rows, such as an editor.
	 * @param {string} file
	 * @param {Text} text
	 */
	replace(file, text) {
		this.texts.set(file, text);
	}

	/** @param {{ file: string, line: number }} place */
	reveal(place) {
		if (!this.texts.has(place.file)) return;
		this.open(place.file);
		this.texts.get(place.file)?.scrollTo(place.line);
	}
}

/** A file's source as rows of the page. */
class Rows {
	/** @param {HTMLElement} source */
	constructor(source) {
		this.source = source;
		/** @type {HTMLElement[]} */
		this.touched = [];
	}

	/** @param {number} line */
	row(line) {
		const row = this.source.children[line - 1];
		return row instanceof HTMLElement ? row : undefined;
	}

	/** @param {Marks} marks */
	mark(marks) {
		for (const row of this.touched) {
			row.classList.remove("speaks", "spoke");
			delete row.dataset.lane;
			one(".dots", row).replaceChildren();
			one(".tags", row).replaceChildren();
		}
		this.touched = [];
		for (const [line, mark] of marks) {
			const row = this.row(line);
			if (!row) continue;
			if (mark.speaks) {
				row.classList.add(mark.speaks);
				row.dataset.lane = String(mark.lane % 8);
			}
			one(".dots", row).append(...mark.lanes.map(dot));
			one(".tags", row).append(...mark.tags);
			this.touched.push(row);
		}
	}

	/** @param {number} line */
	scrollTo(line) {
		const row = this.row(line);
		if (!row) return;
		const { source } = this;
		const top = row.offsetTop; // the source is what it is positioned in
		const margin = source.clientHeight / 4;
		if (top < source.scrollTop + margin || top > source.scrollTop + source.clientHeight - margin) {
			source.scrollTop = top - source.clientHeight / 2;
		}
	}
}

/**
 * The places by their lines.
 * @param {Place[]} places
 * @returns {Iterable<[Place, ...Place[]]>}
 */
function grouped(places) {
	/** @type {Map<string, [Place, ...Place[]]>} */
	const lines = new Map();
	for (const place of places) {
		const line = `${place.file}:${place.line}`;
		const others = lines.get(line);
		if (others) others.push(place);
		else lines.set(line, [place]);
	}
	return lines.values();
}

/** @param {number} lane */
export function dot(lane) {
	return make("i", `dot lane${lane % 8}`);
}

/**
 * Who is at a line, and what for.
 * @param {Place[]} places
 * @param {string[]} tasks
 */
function tag(places, tasks) {
	const element = make("span", "tag");
	/** @type {Map<string, Place[]>} */
	const byDoing = new Map();
	for (const p of places) byDoing.set(p.does, [...(byDoing.get(p.does) ?? []), p]);
	for (const [does, who] of byDoing) {
		const shown = who.length > 3 ? who.slice(0, 2) : who;
		shown.forEach((p, i) => element.append(i > 0 ? ", " : "", make("b", `name lane${tasks.indexOf(p.task) % 8}`, p.task)));
		if (who.length > shown.length) {
			const rest = make("b", "name", ` and ${who.length - shown.length} more`);
			rest.title = who.map((p) => p.task).join(", ");
			element.append(rest);
		}
		element.append(` ${does} `);
	}
	return element;
}
