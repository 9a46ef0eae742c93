import { clock, own, said, tasksOf } from "./story.js";

/** @import { Step } from "./story.js" */

const rowHeight = 34;
const top = 22;
let drawn = 0; // how many there are: what one draws with is not another one's, which may be hidden
const apart = 13; // at least, between two marks: lines of one instant stand beside each other

/** The timeline: a lane for each task, time across, a mark for each line. */
export class Lanes {
	/**
	 * @param {HTMLElement} element
	 * @param {(step: number) => void} go Is called with the step that was clicked.
	 */
	constructor(element, go) {
		this.element = element;
		this.id = ++drawn;
		/** @type {Step[]} */
		this.steps = [];
		/** @type {number[]} */
		this.xs = [];
		/** @type {SVGElement[]} */
		this.marks = [];
		this.twins = false;
		/** @type {Step[]} What was said before a change. */
		this.past = [];
		element.addEventListener("click", (event) => {
			const svg = element.querySelector("svg");
			if (!svg) return;
			const x = event.clientX - svg.getBoundingClientRect().left;
			let nearest = 0;
			this.xs.forEach((at, i) => {
				if (Math.abs(at - x) < Math.abs((this.xs[nearest] ?? 0) - x)) nearest = i;
			});
			go(nearest);
		});
		element.addEventListener("scroll", () => this.keepNames());
		new ResizeObserver(() => {
			if (Math.abs(element.clientWidth - this.width) > 4 && this.steps.length > 0) this.draw(this.steps, this.twins, this.past);
		}).observe(element);
		this.width = 0;
		this.room = 0; // in which time moves
		this.end = 1; // of the story
		this.at = 0;
	}

	/**
	 * @param {Step[]} steps
	 * @param {boolean} twins
	 * @param {Step[]} past
	 */
	draw(steps, twins, past) {
		this.steps = steps;
		this.twins = twins;
		this.past = past;
		this.width = this.element.clientWidth;
		const tasks = tasksOf([...steps, ...past]);
		const left = 20 + 7.4 * Math.max(4, ...tasks.map((t) => t.length));
		const end = Math.max(...[...steps, ...past].map((s) => said(s).at), 1);
		const room = Math.max(this.width - left - 26 - apart * steps.length, 260);
		this.room = room;
		this.end = end;
		this.xs = steps.map((s, i) => left + apart * i + (room * said(s).at) / end);
		const width = left + room + apart * steps.length + 26;
		const height = top + rowHeight * tasks.length + 26;
		const svg = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
		svg.append(patterns(this.id), ...this.axis(end, height));
		tasks.forEach((task, lane) => svg.append(...this.lane(task, lane)));
		svg.append(...this.behind(tasks), ...this.arrows(tasks));
		this.marks = steps.map((step, i) => mark(step, this.xs[i] ?? 0, middle(tasks.indexOf(said(step).task)), tasks.indexOf(said(step).task), own(step, twins)));
		svg.append(...this.marks);
		this.cursor = draw("line", { class: "cursor", x1: 0, x2: 0, y1: 4, y2: height - 20 });
		this.names = draw("g", { class: "names" });
		this.names.append(draw("rect", { x: 0, y: 0, width: left - 10, height }), ...tasks.map((task, lane) => text(task, { class: "name", x: 8, y: middle(lane) + 4 })));
		svg.append(this.cursor, this.names);
		this.element.replaceChildren(svg);
		this.keepNames();
		this.show(this.at);
	}

	/** The names stay in view where the rest is scrolled. */
	keepNames() {
		this.names?.setAttribute("transform", `translate(${this.element.scrollLeft} 0)`);
	}

	/**
	 * The ticks of the axis: the seconds stand where time moves.
	 * @param {number} end
	 * @param {number} height
	 */
	*axis(end, height) {
		const seconds = end / 1e9;
		const every = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60].find((s) => seconds / s <= 10) ?? 120;
		for (let i = 0; i * every <= seconds + 1e-9; i++) {
			const x = this.xOf(i * every * 1e9);
			yield draw("line", { class: "grid", x1: x, x2: x, y1: top - 8, y2: height - 22 });
			yield text(`${+(i * every).toFixed(1)}s`, { class: "axis", x, y: height - 8, "text-anchor": "middle" });
		}
	}

	/**
	 * Where a moment is, between the marks round it.
	 * @param {number} at
	 */
	xOf(at) {
		const after = this.steps.findIndex((s) => said(s).at >= at);
		if (after < 0) { // the run before the change took longer
			const [x = 0, rest] = [this.xs.at(-1), this.steps.at(-1)];
			return x + (rest ? (this.room * (at - said(rest).at)) / this.end : 0);
		}
		if (after === 0) return this.xs[0] ?? 0;
		const [a, b] = [this.steps[after - 1], this.steps[after]];
		const [xa = 0, xb = 0] = [this.xs[after - 1], this.xs[after]];
		if (!a || !b || said(b).at === said(a).at) return xb;
		return xa + ((xb - xa) * (at - said(a).at)) / (said(b).at - said(a).at);
	}

	/**
	 * @param {string} task
	 * @param {number} lane
	 */
	*lane(task, lane) {
		const y = middle(lane);
		const of = this.steps.flatMap((s, i) => (said(s).task === task ? [i] : []));
		for (const [n, i] of of.entries()) {
			const next = of[n + 1];
			const step = this.steps[i];
			if (next === undefined || !step) continue;
			const [x = 0, end = 0] = [this.xs[i], this.xs[next]];
			const kind = said(step).waiting ? `waits${this.id}-${lane % 8}` : "";
			yield draw("rect", { class: `span lane${lane % 8} ${kind}`, x, y: y - 4, width: end - x, height: 8, ...(kind && { fill: `url(#${kind})` }) });
		}
	}

	/**
	 * The run before a change: a pale mark for each line, a little below its lane.
	 * @param {string[]} tasks
	 */
	*behind(tasks) {
		/** @type {Map<string, number>} */
		const last = new Map();
		for (const step of this.past) {
			const line = said(step);
			const [x, y] = [this.xOf(line.at), middle(tasks.indexOf(line.task)) + 11];
			const from = last.get(line.task);
			if (from !== undefined) yield draw("line", { class: "past", x1: from, x2: x, y1: y, y2: y });
			const mark = draw("circle", { class: "past", cx: x, cy: y, r: 3.5 });
			mark.append(text(`before: ${clock(line.at)} ${line.task}: ${line.text}`, {}, "title"));
			yield mark;
			last.set(line.task, x);
		}
	}

	/**
	 * From each line that acts on a task to where that one answers.
	 * @param {string[]} tasks
	 */
	*arrows(tasks) {
		for (const [i, step] of this.steps.entries()) {
			const line = step.go;
			if (!line?.to) continue;
			for (const task of Array.isArray(line.to) ? line.to : [line.to]) {
				const lane = tasks.indexOf(task);
				if (lane < 0 || task === line.task) continue;
				const answer = this.steps.findIndex((s, j) => j > i && said(s).task === task && said(s).at === line.at);
				const [x = 0, xTo = 0] = [this.xs[i], this.xs[answer < 0 ? i : answer]];
				const [y, yTo] = [middle(tasks.indexOf(line.task)), middle(lane)];
				const down = Math.sign(yTo - y);
				const [from, to] = [y + down * 6, yTo - down * 9];
				yield draw("path", { class: "arrow", "marker-end": `url(#head${this.id})`, d: `M${x} ${from}C${x} ${(from + to) / 2} ${xTo} ${(from + to) / 2} ${xTo} ${to}` });
			}
		}
	}

	/**
	 * Moves the cursor to a step, or on its way to the next one.
	 * @param {number} at
	 * @param {number} [way] From 0 to 1.
	 */
	show(at, way = 0) {
		if (at !== this.at || way === 0) {
			this.marks.forEach((m, i) => {
				m.classList.toggle("future", i > at);
				m.classList.toggle("now", i === at);
			});
		}
		this.at = at;
		const x = this.xs[at] ?? 0;
		const on = x + ((this.xs[at + 1] ?? x) - x) * way;
		this.cursor?.setAttribute("transform", `translate(${on} 0)`);
		const view = this.element;
		if (on < view.scrollLeft + 60 || on > view.scrollLeft + view.clientWidth - 60) view.scrollLeft = on - view.clientWidth / 2;
	}
}

/** @param {number} lane */
const middle = (lane) => top + rowHeight * lane + rowHeight / 2;

/**
 * The sign of a line: round for what happens, a diamond for a cancellation, a
 * cross for a failure; with a minus or plus where one side says it alone.
 * @param {Step} step
 * @param {number} x
 * @param {number} y
 * @param {number} lane
 * @param {string} side
 */
function mark(step, x, y, lane, side) {
	const line = said(step);
	const group = draw("g", { class: `mark lane${lane % 8} ${line.level} ${side && `only ${side}`}` });
	group.append(text(`${clock(line.at)} ${line.task}: ${line.text}`, {}, "title"));
	if (line.level === "error") group.append(draw("path", { d: `M${x - 5} ${y - 5}l10 10m0 -10l-10 10` }));
	else if (line.level === "warn") group.append(draw("path", { d: `M${x} ${y - 7}l7 7l-7 7l-7 -7z` }));
	else group.append(draw("circle", { cx: x, cy: y, r: 5 }));
	if (side) group.append(text(side === "go" ? "+" : "−", { class: "sign", x, y: y - 9, "text-anchor": "middle" }));
	return group;
}

/** @param {number} id */
function patterns(id) {
	const defs = draw("defs", {});
	for (let lane = 0; lane < 8; lane++) {
		const pattern = draw("pattern", { id: `waits${id}-${lane}`, class: `lane${lane}`, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
		pattern.append(draw("rect", { width: 6, height: 6, class: "pale" }), draw("rect", { width: 2, height: 6, class: "full" }));
		defs.append(pattern);
	}
	const head = draw("marker", { id: `head${id}`, viewBox: "0 0 8 8", refX: 6, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" });
	head.append(draw("path", { d: "M0 0L8 4L0 8z", class: "head" }));
	defs.append(head);
	return defs;
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @returns {SVGElement}
 */
function draw(tag, attributes) {
	const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
	for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
	return /** @type {SVGElement} */ (element);
}

/**
 * @param {string} content
 * @param {Record<string, string | number>} attributes
 */
function text(content, attributes, tag = "text") {
	const element = draw(tag, attributes);
	element.textContent = content;
	return element;
}
