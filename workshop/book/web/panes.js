import { all, make, one } from "./dom.js";

/** @import { Said, Place } from "./story.js" */

/** One program's source, in which lines are marked. */
export class Pane {
	/** @param {HTMLElement} element */
	constructor(element) {
		this.element = element;
		/** @type {"go" | "python"} */
		this.side = element.dataset.side === "python" ? "python" : "go";
		/** @type {HTMLElement[]} */
		this.touched = [];
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
	 * @param {string} file
	 * @param {number} line
	 * @returns {HTMLElement | undefined}
	 */
	row(file, line) {
		const source = all(".source", this.element).find((s) => s.dataset.file === file);
		const row = source?.children[line - 1];
		return row instanceof HTMLElement ? row : undefined;
	}

	/**
	 * Marks the line that speaks, and every other task's place.
	 * @param {Said | undefined} line
	 * @param {boolean} now Whether it speaks at this step, or was the last to do so.
	 * @param {string[]} tasks
	 */
	show(line, now, tasks) {
		for (const row of this.touched) {
			row.classList.remove("speaks", "spoke");
			delete row.dataset.lane;
			one(".dots", row).replaceChildren();
			one(".tags", row).replaceChildren();
		}
		this.touched = [];
		this.places.clear();
		this.element.classList.toggle("silent", !now);
		if (!line) return;
		for (const place of line.places ?? []) this.places.set(place.task, place);
		this.places.set(line.task, { ...line, does: now ? "speaks" : "spoke last" });
		for (const [row, places] of this.grouped(line.places ?? [])) {
			const dots = places.slice(0, 3).map((p) => dot(tasks.indexOf(p.task)));
			one(".dots", row).append(...dots);
			one(".tags", row).append(tag(places, tasks));
			this.touched.push(row);
		}
		const row = this.row(line.file, line.line);
		if (!row) return;
		const lane = tasks.indexOf(line.task);
		row.classList.add(now ? "speaks" : "spoke");
		row.dataset.lane = String(lane % 8);
		if (now) {
			one(".dots", row).prepend(dot(lane));
			one(".tags", row).prepend(make("span", `tag says ${line.level}`, make("b", `name lane${lane % 8}`, line.task), ` ${line.text}`));
		}
		this.touched.push(row);
		this.open(line.file);
		this.scrollTo(row);
	}

	/**
	 * The places by their rows.
	 * @param {Place[]} places
	 * @returns {Map<HTMLElement, Place[]>}
	 */
	grouped(places) {
		/** @type {Map<HTMLElement, Place[]>} */
		const rows = new Map();
		for (const place of places) {
			const row = this.row(place.file, place.line);
			if (row) rows.set(row, [...(rows.get(row) ?? []), place]);
		}
		return rows;
	}

	/** @param {Place} place */
	reveal(place) {
		this.open(place.file);
		const row = this.row(place.file, place.line);
		if (row) this.scrollTo(row);
	}

	/** @param {HTMLElement} row */
	scrollTo(row) {
		const source = row.parentElement;
		if (!source) return;
		const top = row.offsetTop; // the source is what it is positioned in
		const margin = source.clientHeight / 4;
		if (top < source.scrollTop + margin || top > source.scrollTop + source.clientHeight - margin) {
			source.scrollTop = top - source.clientHeight / 2;
		}
	}
}

/** @param {number} lane */
function dot(lane) {
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
